"""``assetstore stats``."""

from assetstore.cli.command import Outcome, Run, define, pass_run

EXAMPLES = """\
Examples:
  assetstore stats
  assetstore stats --json | jq .result.disk_bytes
"""


@define(examples=EXAMPLES)
@pass_run
def stats(run: Run, /) -> Outcome:
    """Show what the store holds and what that saves."""
    from assetstore.cli.store_views import stats_outcome
    from assetstore.store.stats import stats as count

    with run.store() as store:
        return stats_outcome(count(store), store=run.store_path)
