"""``assetstore optimize``."""

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.options import dry_run_option, refuse_given
from assetstore.cli.values import DURATION

EXAMPLES = """\
Examples:
  assetstore optimize --dry-run
  assetstore optimize --time-limit 10m
  assetstore optimize --max-effort 9
  assetstore optimize --to raw           every blob as its own bytes again

After '--to raw', 'assetstore run' codes everything again, unless the configuration
has 'every = 0' in [optimize].
"""


@define(examples=EXAMPLES, table="optimize")
@dry_run_option("Change nothing; code a part, and say what all would come to.")
@click.option(
    "--max-effort",
    type=click.IntRange(1, 9),
    default=5,
    show_default=True,
    metavar="N",
    help="From 1, the fastest, to 9, the smallest. What was coded with less is coded "
    "anew.",
)
@click.option(
    "--time-limit",
    type=DURATION,
    help="Stop after this time; the next call goes on.  [default: none]",
)
@click.option(
    "--to",
    type=click.Choice(["raw"]),
    metavar="raw",
    help="Rather than code anything, write all that is coded as its own bytes, so that "
    "the store can be read without the extra 'codecs'.",
)
@pass_run
def optimize(
    run: Run,
    /,
    dry_run: bool,
    max_effort: int,
    time_limit: float | None,
    to: str | None,
) -> Outcome:
    """Code the pictures in a store smaller.

    Archiving keeps pictures as they are; this finds what is alike in them. Every
    picture still comes back byte for byte: a pack is replaced when all of it was
    decoded and compared. Can be stopped at any moment. Needs some more
    packages (docs/install.md); where they are not installed, it says how to install
    them.
    """
    from assetstore.cli.views.store import optimize_outcome
    from assetstore.store.optimize.optimize import optimize as run_optimize
    from assetstore.store.optimize.to_raw import to_raw

    if to is not None:
        refuse_given(["max_effort"], "--to raw")
        with run.store() as store, run.progress() as progress:
            report = to_raw(
                store, dry_run=dry_run, time_limit=time_limit, progress=progress
            )
        return optimize_outcome(report)
    with run.store() as store, run.progress() as progress:
        report = run_optimize(
            store,
            effort=max_effort,
            dry_run=dry_run,
            time_limit=time_limit,
            progress=progress,
        )
    return optimize_outcome(report)
