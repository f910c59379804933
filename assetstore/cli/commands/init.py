"""``assetstore init``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.errors import UsageError

EXAMPLES = """\
Examples:
  assetstore init                        the store that all commands use
  assetstore init /mnt/backup/pictures   another one, for --store
  assetstore init --force DIR            where a store was that is lost for good

'archive' makes the store at its first use, too. It never does where a store was
seen before: an empty folder may be the mount point of a disk that is not mounted.
"""


@define(examples=EXAMPLES)
@click.argument(
    "folder",
    required=False,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="[DIR]",
)
@click.option(
    "--force",
    is_flag=True,
    help="Give up a store that was seen here and is gone, and begin anew. One that "
    "is here is never touched.",
)
@click.option(
    "--forget",
    is_flag=True,
    help="Only forget that a store was seen here; make nothing.",
)
@pass_run
def init(run: Run, /, folder: Path | None, force: bool, forget: bool) -> Outcome:
    """Make a store.

    DIR and the folders above it are made where they are missing; by default it is
    the folder that all commands use.
    """
    from assetstore.cli.stores import trusted
    from assetstore.cli.views.store import init_outcome
    from assetstore.opening import make_store

    if force and forget:
        raise UsageError("--force goes not with --forget")
    if folder is not None and run.given.get("store"):
        raise UsageError("give DIR or --store")
    place = (folder or run.store_path).absolute()
    if forget:
        known = run.known_stores.forget(place)
        return init_outcome(place, forgot=known)
    store, made = make_store(
        place,
        known=run.known_stores,
        force=force,
        trust=trusted,
        tell=lambda label, text: run.remarks.append((label, text)),
    )
    with store:
        usual = not run.given.get("store") and place == run.store_path.absolute()
        return init_outcome(place, id=store.id, made=made, usual=usual)
