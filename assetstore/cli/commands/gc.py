"""``assetstore gc``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.options import dry_run_option
from assetstore.cli.values import DURATION, PERCENT

EXAMPLES = """\
Examples:
  assetstore gc --dry-run
  assetstore gc --grace 0
  assetstore gc --grace 0 --max-unused 0           nothing dead stays
  assetstore gc --scan ~/.codex/sessions
  assetstore gc --missing-for 90d --dry-run -v     every decision, with its reason
"""


@define(examples=EXAMPLES, table="gc")
@dry_run_option("Only show what would be removed.")
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
@click.option(
    "--keep-last",
    type=click.IntRange(min=1),
    metavar="N",
    help="Keep so many of a document's newest states.",
)
@click.option(
    "--keep-within",
    type=DURATION,
    help="Keep states of a document younger than this. With neither of these, every "
    "state is kept that no newer one covers.",
)
@click.option(
    "--missing-for",
    type=DURATION,
    help="Forget documents that have been gone for so long. [default: never]",
)
@click.option(
    "--max-unused",
    type=PERCENT,
    help="Rewrite packs until what is dead in them is no more than this, compared "
    "with what lives; 0: leave nothing dead, nor what was made from it (pictures that "
    "others are coded from, dictionaries, the quarantine). [default: those that are "
    "30 % dead]",
)
@click.option(
    "--force",
    is_flag=True,
    help="Also where everything would go, or no manifest is left that says what "
    "documents need.",
)
@pass_run
def gc(
    run: Run,
    /,
    dry_run: bool,
    grace: float,
    scans: tuple[Path, ...],
    keep_last: int | None,
    keep_within: float | None,
    missing_for: float | None,
    max_unused: float | None,
    force: bool,
) -> Outcome:
    """Remove what no document needs any more.

    What a document needs is in the store's manifests, whether or not the document
    is still there: 'forget' it first, or give --missing-for. A document out of reach
    (on a disk that is not mounted, say) is not gone. Safe beside running archives
    and restores. Refuses, with exit code 16, where everything would go and no document
    was restored or forgotten, and where the records of all documents are lost.
    """
    from contextlib import nullcontext

    from assetstore.cli.views.store import gc_outcome
    from assetstore.documents.missing import Missing, missing_file
    from assetstore.documents.upkeep import collect
    from assetstore.store.gc.retention import Retention, never

    with run.store() as store, run.progress() as progress:
        gone = (
            nullcontext(never)
            if missing_for is None
            else Missing(
                missing_file(run.state_path, store),
                missing_for,
                now=store.clock(),
                dry_run=dry_run,
            )
        )
        with gone as is_gone:
            report = collect(
                store,
                grace=grace,
                dry_run=dry_run,
                scan=scans,
                retention=Retention(keep_last=keep_last, keep_within=keep_within),
                gone=is_gone,
                max_unused=max_unused,
                force=force,
                progress=progress,
            )
    return gc_outcome(report)
