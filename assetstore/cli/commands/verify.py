"""``assetstore verify``."""

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.values import SUBSET
from assetstore.errors import UsageError

EXAMPLES = """\
Examples:
  assetstore verify
  assetstore verify --read-data
  assetstore verify --read-data-subset 1/7     a seventh, another one each day
  assetstore verify --rebuild-index            after an index was lost
"""


@define(examples=EXAMPLES)
@click.option("--read-data", is_flag=True, help="Read, decode and hash every blob.")
@click.option(
    "--read-data-subset",
    "subset",
    type=SUBSET,
    help="Do so for a part of the packs: n/m, or 5% or 10GiB chosen at random.",
)
@click.option(
    "--rebuild-index",
    is_flag=True,
    help="First write the indexes anew from the packs.",
)
@pass_run
def verify(
    run: Run, /, read_data: bool, subset: str | None, rebuild_index: bool
) -> Outcome:
    """Check the store for missing and damaged data.

    Compares indexes, packs and manifests; exits with 4 if anything is wrong, and
    names the documents that it concerns. Changes nothing without --rebuild-index.
    """
    from assetstore.cli.views.store import verify_outcome
    from assetstore.store.check import verify as check
    from assetstore.store.repair.index import rebuild_index as rebuild

    if read_data and subset:
        raise UsageError("--read-data reads all: give it or --read-data-subset")
    with run.store() as store, run.progress() as progress:
        rebuilt = rebuild(store, progress) if rebuild_index else None
        report = check.verify(
            store, read_data=read_data, subset=subset, progress=progress
        )
    return verify_outcome(report, rebuilt)
