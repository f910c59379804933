"""``assetstore repair``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import BLOB
from assetstore.cli.options import dry_run_option
from assetstore.errors import UsageError

EXAMPLES = """\
Examples:
  assetstore repair -n                          what is wrong, and what could be done
  assetstore repair
  assetstore repair --from ~/backup/sessions    files that still embed the pictures
  assetstore repair --from /mnt/copy/store      another copy of the store
  assetstore repair --accept-loss 5f0c21        it is lost for good; warn no more
"""


@define(examples=EXAMPLES)
@dry_run_option("Change nothing.")
@click.option(
    "--from",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Look for what is lost in this file, folder or store. Repeatable.",
)
@click.option(
    "--set-aside-manifests",
    is_flag=True,
    help="Move manifests that stay damaged to the quarantine, so that gc runs again; "
    "it then removes what only they name.",
)
@click.option(
    "--accept-loss",
    is_flag=True,
    help="Accept that BLOB, or all that stays lost, is lost for good: 'ls' and "
    "'verify' list it from then on, and nothing fails for it.",
)
@click.argument("blobs", nargs=-1, type=BLOB, metavar="[BLOB]...")
@pass_run
def repair(
    run: Run,
    /,
    dry_run: bool,
    sources: tuple[Path, ...],
    set_aside_manifests: bool,
    accept_loss: bool,
    blobs: tuple[str, ...],
) -> Outcome:
    """Put right what is damaged in the store, as far as that is possible.

    Reads everything; writes the index anew where it is wrong; moves damaged packs to
    the store's quarantine, and what is whole in them to new packs; puts manifests
    right where it is proven what they said; and looks for lost pictures in what
    --from names. Exits with 4 while anything is lost, and names each document
    concerned. Safe beside running archives and collections.
    """
    from assetstore.archiver.find_lost import backups, healers
    from assetstore.cli.stores import trusted
    from assetstore.cli.views.store import repair_outcome
    from assetstore.documents.upkeep import repair
    from assetstore.store.config import check_owner
    from assetstore.store.repair.repair import mend_config

    if blobs and not accept_loss:
        raise UsageError("BLOB goes with --accept-loss")
    check_owner(run.store_path, trusted(run.store_path))
    seen = run.known_stores.at(run.store_path)
    id = seen.id if seen is not None else ""
    config = mend_config(run.store_path, dry_run=dry_run, id=id)
    with run.store() as store, run.progress() as progress, backups(sources) as copies:
        own = [path for path in (store.root, store.cache_dir) if path is not None]
        report = repair(
            store,
            healers=lambda: healers(sources, without=own, progress=progress),
            backups=copies,
            set_aside_manifests=set_aside_manifests,
            accept=blobs if accept_loss else None,
            dry_run=dry_run,
            config=config,
            progress=progress,
        )
    return repair_outcome(report)
