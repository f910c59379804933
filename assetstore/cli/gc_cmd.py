"""``assetstore gc``."""

from pathlib import Path

import click

from assetstore.cli.command import Outcome, Run, define, pass_run
from assetstore.cli.values import DURATION

EXAMPLES = """\
Examples:
  assetstore gc --dry-run
  assetstore gc --grace 0
  assetstore gc --scan ~/.codex/sessions
"""


@define(examples=EXAMPLES)
@click.option("-n", "--dry-run", is_flag=True, help="Only show what would be removed.")
@click.option(
    "--grace",
    type=DURATION,
    default="14d",
    show_default=True,
    help="Leave alone what was written more recently.",
)
@click.option(
    "--scan",
    "scans",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Keep also what placeholders in this file or folder name. Repeatable.",
)
@pass_run
def gc(run: Run, /, dry_run: bool, grace: float, scans: tuple[Path, ...]) -> Outcome:
    """Remove what no document needs any more.

    What a document needs is in the store's manifests, whether or not the document
    is still there: 'forget' it first. Safe beside running archives and restores.
    """
    from assetstore.cli.store_views import gc_outcome
    from assetstore.store.gc import collect

    with run.store() as store, run.progress() as progress:
        report = collect(
            store, grace=grace, dry_run=dry_run, scan=scans, progress=progress
        )
    return gc_outcome(report)
