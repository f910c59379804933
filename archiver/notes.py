"""What a manifest is to note of an archived form."""

from collections.abc import Iterator
from typing import TypedDict

from assetstore.archiver.draft import Drafted
from assetstore.documents.placeholders import find_placeholders
from assetstore.files.source import Source
from assetstore.store.format.manifest import Left
from assetstore.store.format.notes import LastLine, Lines, NotedPlace, Notes, Replaced
from assetstore.store.format.placeholder import LENGTH, parse_placeholder


class Noted(TypedDict):
    """What a manifest notes; as its attributes."""

    notes: Notes
    last: LastLine | None
    replaced: Replaced | None
    left: Left | None


def noted(drafted: Drafted, source: Source, slim: Source) -> Noted:
    """Collect what to note of an archived form.

    Args:
        drafted: What became of the document.
        source: The document.
        slim: The archived form.

    Returns:
        The placeholders that no archive put there. Of a log, all, and its last line:
        what is its own is found again after an edit; and what tells whether the
        archived form took the document's place. And what stayed in it.
    """
    log, changed, stays = drafted.appends, drafted.changed, drafted.stays
    lines = Lines(slim)  # the last line goes on counting where the notes end
    return {
        "notes": Notes.of(_places(drafted, slim), slim, lines),
        "last": LastLine.of(slim, lines) if log else None,
        "replaced": Replaced.of(source, drafted.first) if log and changed else None,
        "left": Left(stays.size, stays.reasons) if stays.count else None,
    }


def _places(drafted: Drafted, slim: Source) -> Iterator[NotedPlace]:
    known = {noted >> 1: bool(noted & 1) for noted in drafted.noted}
    if drafted.appends:
        kept = set(drafted.kept)
        for offset, prefix in find_placeholders(slim):
            own, new = offset not in known, offset not in kept
            yield NotedPlace(offset, prefix, own or known[offset], own, new)
        return
    for offset, flag in known.items():
        name = parse_placeholder(slim.read(offset, LENGTH))
        assert name is not None  # noqa: S101 for the type checker
        yield NotedPlace(offset, name, flag)
