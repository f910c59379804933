"""``assetstore repair``."""

from pathlib import Path

import click

from assetstore.cli.command import Outcome, Run, define, pass_run

EXAMPLES = """\
Examples:
  assetstore repair -n                          what is wrong, and what could be done
  assetstore repair
  assetstore repair --from ~/backup/sessions    files that still embed the pictures
  assetstore repair --from /mnt/copy/store      another copy of the store
"""


@define(examples=EXAMPLES)
@click.option("-n", "--dry-run", is_flag=True, help="Change nothing.")
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
@pass_run
def repair(
    run: Run, /, dry_run: bool, sources: tuple[Path, ...], set_aside_manifests: bool
) -> Outcome:
    """Put right what is damaged in the store, as far as that is possible.

    Reads everything; writes the index anew where it is wrong; moves damaged packs to
    the store's quarantine, and what is whole in them to new packs; puts manifests
    right where it is proven what they said; and looks for lost pictures in what
    --from names. Exits with 4 while anything is lost, and names each document
    concerned. Safe beside running archives and collections.
    """
    from assetstore.archiver.heal import backups, healers
    from assetstore.cli.store_views import repair_outcome
    from assetstore.store.config import check_owner
    from assetstore.store.recovery import mend_config, repair

    check_owner(run.store_path, run.trusted(run.store_path))
    config = mend_config(run.store_path, dry_run=dry_run)
    with run.store() as store, run.progress() as progress, backups(sources) as copies:
        own = [path for path in (store.root, store.cache_dir) if path is not None]
        report = repair(
            store,
            healers=lambda: healers(sources, without=own, progress=progress),
            backups=copies,
            set_aside_manifests=set_aside_manifests,
            dry_run=dry_run,
            config=config,
            progress=progress,
        )
    return repair_outcome(report)
