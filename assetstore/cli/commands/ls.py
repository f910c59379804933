"""``assetstore ls``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import KnownPath
from assetstore.errors import UsageError

EXAMPLES = """\
Examples:
  assetstore ls
  assetstore ls ~/.codex/sessions --state changed
  assetstore ls --blobs
  assetstore ls --json | jq -r '.result.documents[].path'

States: present (as it was archived), changed (since then), missing (moved or
deleted; its media stay in the store until 'forget'), restored (needs nothing).
"""


@define(examples=EXAMPLES)
@click.argument("paths", nargs=-1, type=KnownPath(path_type=Path), metavar="[PATH]...")
@click.option("--blobs", is_flag=True, help="List the media blobs instead.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["present", "changed", "missing", "restored"]),
    help="List only documents in this state. Repeatable.",
)
@pass_run
def ls(
    run: Run, /, paths: tuple[Path, ...], blobs: bool, states: tuple[str, ...]
) -> Outcome:
    """List the documents in the store, or its blobs.

    With PATH, list only that document or those below that folder.
    """
    from assetstore.cli.views import files as views
    from assetstore.documents.blobs import media_blobs
    from assetstore.documents.catalog import list_documents

    if blobs and (paths or states):
        raise UsageError("--blobs goes neither with PATH nor with --state")
    with run.store() as store:
        if blobs:
            return views.blobs_outcome(media_blobs(store))
        return views.documents_outcome(
            d for d in list_documents(store, paths) if not states or d.state in states
        )
