"""``assetstore ls``."""

from pathlib import Path

import click

from assetstore.cli import listing
from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import KnownPath
from assetstore.cli.values import MOMENT, SIZE
from assetstore.errors import UsageError

EXAMPLES = """\
Examples:
  assetstore ls
  assetstore ls ~/.codex/sessions --state changed
  assetstore ls --sort size --limit 10          the ten that were largest
  assetstore ls --since 7d --larger 1MiB
  assetstore ls --blobs --sort size
  assetstore ls --json | jq -r '.result.documents[].path'

States: present (as it was archived), changed (since then), missing (moved or
deleted; its media stay in the store until 'forget'), restored (needs nothing),
stream (came from standard input; its media stay until 'forget', too).
"""


@define(examples=EXAMPLES)
@click.argument("paths", nargs=-1, type=KnownPath(path_type=Path), metavar="[PATH]...")
@click.option("--blobs", is_flag=True, help="List the media blobs instead.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["present", "changed", "missing", "restored", "stream"]),
    help="List only documents in this state. Repeatable.",
)
@click.option(
    "--since", type=MOMENT, help="Only what was archived then or later: a date, or 7d."
)
@click.option("--until", type=MOMENT, help="Only what was archived before.")
@click.option(
    "--larger", type=SIZE, help="Only what is larger, as it was before archiving."
)
@click.option(
    "--sort",
    type=click.Choice(list(listing.DOCUMENT_KEYS | listing.BLOB_KEYS)),
    help="Numbers and times: the largest first. Documents by path (the default), size, "
    "now, payloads, since or state; blobs by id (the default), size, stored or type.",
)
@click.option("-r", "--reverse", is_flag=True, help="In the opposite order.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N."
)
@pass_run
def ls(
    run: Run,
    /,
    paths: tuple[Path, ...],
    blobs: bool,
    states: tuple[str, ...],
    since: float | None,
    until: float | None,
    larger: int | None,
    sort: str | None,
    reverse: bool,
    limit: int | None,
) -> Outcome:
    """List the documents in the store, or its blobs.

    With PATH, list only that document or those below that folder.
    """
    from assetstore.cli.views import files as views
    from assetstore.documents.blobs import media_blobs
    from assetstore.documents.catalog import list_documents

    if blobs and (paths or states or since is not None or until is not None):
        raise UsageError("--blobs goes with --larger, --sort, --reverse and --limit")
    order = listing.Order(sort, reverse=reverse, limit=limit, blobs=blobs)
    with run.store() as store:
        if blobs:
            media = (b for b in media_blobs(store) if larger is None or b.size > larger)
            return views.blobs_outcome(media, order)
        documents = (
            document
            for document in list_documents(store, paths)
            if (not states or document.state in states)
            and (since is None or document.archived >= since)
            and (until is None or document.archived < until)
            and (larger is None or document.source_size > larger)
        )
        return views.documents_outcome(documents, order)
