"""``assetstore run``."""

import sys
from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import JOB
from assetstore.cli.options import dry_run_option

EXAMPLES = """\
Examples:
  assetstore run                  what is due: this is what the timer calls
  assetstore run codex            this job, whether it is due or not
  assetstore run -n               what would be done
  assetstore run -v --now         everything, with a summary

Jobs are in the configuration ('assetstore config show'); those for the agents found
on this machine are built in. 'assetstore schedule install' sets a timer up.
"""


@define(examples=EXAMPLES)
@click.argument("jobs", nargs=-1, type=JOB, metavar="[JOB]...")
@dry_run_option()
@click.option("--now", is_flag=True, help="Do what is not due yet, too.")
@click.option(
    "--metrics",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write figures for Prometheus' textfile collector here.",
)
@pass_run
def run(
    run: Run, /, jobs: tuple[str, ...], dry_run: bool, now: bool, metrics: Path | None
) -> Outcome:
    """Do what is due: archive, collect garbage, check the store.

    Says nothing when all is well, unless on a terminal or with -v. Files in use wait
    for a later run; a run that was killed is finished by the next one; while one is
    at work, another ends at once with exit code 11.
    """
    import os

    from assetstore.cli.views.run import run_outcome
    from assetstore.config.load import with_metrics
    from assetstore.jobs.run import Runner

    config = run.config(project=False, jobs=True)
    if metrics is not None:
        config = with_metrics(config, os.path.abspath(metrics))
    with run.progress() as progress:
        runner = Runner(
            config,
            state=run.state_path,
            store=run.stored_at(config),
            progress=progress,
            opener=run.open_at,
            environ=os.environ,
        )
        report = runner.run(jobs, now=now, dry_run=dry_run)
    return run_outcome(report, quiet=not (dry_run or sys.stdout.isatty()))
