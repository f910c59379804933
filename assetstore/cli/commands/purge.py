"""``assetstore purge``."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assetstore.cli.asking import ask, yes_option
from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import BLOB_OR_FILE
from assetstore.cli.options import dry_run_option
from assetstore.errors import UsageError

if TYPE_CHECKING:
    from assetstore.progress import Progress
    from assetstore.purge_targets import Chosen
    from assetstore.store.purge.purge import PurgeReport
    from assetstore.store.store import Store

EXAMPLES = """\
Examples:
  assetstore purge -n 1f3a9c           which documents, packs and bytes
  assetstore purge 1f3a9c
  assetstore purge as1:mZ0c1xUqkP3vTq8yX2bN4dLw5Rs --yes
  assetstore purge session.jsonl       all pictures of an archived document
  assetstore purge secret.png --scan ~/.codex/sessions
  assetstore purge --lift 1f3a9c       it may be archived again

Backups, snapshots and copies of the store keep what they hold, and so does a file
that still embeds the picture; --scan names those. A disk may keep bytes that were
deleted (see SECURITY.md).
"""


@define(examples=EXAMPLES)
@click.argument(
    "names", nargs=-1, required=True, type=BLOB_OR_FILE, metavar="HASH|FILE..."
)
@dry_run_option("Only show what would go.")
@yes_option
@click.option(
    "--shared",
    is_flag=True,
    help="Of a document, purge also the pictures that other documents need.",
)
@click.option(
    "--scan",
    "scans",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Name the files here that still embed a picture. Repeatable.",
)
@click.option("--lift", is_flag=True, help="Let what was purged be archived again.")
@pass_run
def purge(
    run: Run,
    /,
    names: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    shared: bool,
    scans: tuple[Path, ...],
    lift: bool,
) -> Outcome:
    """Take pictures out of the store for good, whatever holds them.

    HASH is the beginning of a blob's id in hexadecimal, as 'ls --blobs' shows it, or
    a placeholder; FILE is an archived document, or a picture. Packs are rewritten at
    once, whatever the grace period. Documents keep their placeholders; 'restore' says
    that these were purged, and --allow-missing restores the rest. What was purged is
    not archived again: it stays in the document that has it, until --lift.
    """
    from assetstore import purge_targets
    from assetstore.cli.views.purge import lift_outcome, purge_outcome
    from assetstore.store.purge import purge as engine

    if lift and (dry_run or shared or scans):
        raise UsageError("--lift goes with no option but HASHes")
    with run.store() as store, run.progress() as progress:
        chosen = purge_targets.choose(store, names, shared=shared or lift)
        if lift:
            purged = store.purged()
            lifted = [id for id in chosen.ids if id in purged]
            engine.lift(store, lifted)
            return lift_outcome(lifted)
        if not dry_run and not yes and chosen.ids:
            _ask(run, store, chosen, progress)
        report = engine.purge(store, chosen.ids, dry_run=dry_run, progress=progress)
        if not dry_run:
            named = {d for picture in report.pictures for d in picture.documents}
            problems = purge_targets.sweep_drafts(store, named)
            report = replace(report, notes=(*report.notes, *problems))
        found = purge_targets.still_embedded(store, chosen.ids, scans, progress)
        return purge_outcome(report, chosen.shared, list(found) if scans else [])


def _ask(run: Run, store: "Store", chosen: "Chosen", progress: "Progress") -> None:
    """Show what goes, and ask.

    Raises:
        UsageError: There is nobody to be asked.
        AssetstoreError: The answer is no.
    """
    from assetstore.cli.output import Output
    from assetstore.cli.views.purge import view_purge
    from assetstore.store.purge.purge import purge as engine

    def show() -> None:
        report: PurgeReport = engine(store, chosen.ids, dry_run=True, progress=progress)
        output = Output(
            out=sys.stderr,
            err=sys.stderr,
            json=False,
            verbosity=max(0, run.verbosity),
            color=run.given.get("color", "auto"),
        )
        view_purge(report, chosen.shared, [], output)

    ask(
        run,
        show,
        "This cannot be undone. Go on?",
        why="a purge cannot be undone",
        look="See what goes with --dry-run",
        otherwise="nothing was purged",
    )
