"""``assetstore stats``."""

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples:
  assetstore stats
  assetstore stats --types
  assetstore stats --json | jq .result.disk_bytes
"""


@define(examples=EXAMPLES)
@click.option(
    "--types",
    is_flag=True,
    help="Show media by type and codec, and how long restoring one takes. Reads the "
    "beginning of each.",
)
@pass_run
def stats(run: Run, /, types: bool) -> Outcome:
    """Show what the store holds and what that saves."""
    from assetstore.cli.views.store import stats_outcome
    from assetstore.store.stats import stats as count

    with run.store() as store:
        return stats_outcome(count(store, types=types), store=run.store_path)
