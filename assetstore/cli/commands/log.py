"""``assetstore log``."""

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples:
  assetstore log
  assetstore log -l 100 --failed
  assetstore log --json | jq -c '.result.runs[]'
"""


@define(examples=EXAMPLES)
@click.option(
    "-l",
    "--lines",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="The newest N runs.",
)
@click.option("--failed", is_flag=True, help="Only runs that did not succeed.")
@pass_run
def log(run: Run, /, lines: int, failed: bool) -> Outcome:
    """Show what past runs did: files, bytes saved, errors.

    The log is bounded: the oldest runs drop out of it.
    """
    from assetstore.cli.views.run import log_outcome
    from assetstore.jobs.run import run_log

    runs = run_log(run.state_path).runs()
    every = len(runs)
    if failed:
        runs = [found for found in runs if found["result"] not in ("ok", "running")]
    return log_outcome(runs[-lines:], every=every)
