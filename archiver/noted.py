"""What a manifest is to note of an archived form."""

from collections.abc import Iterator

from assetstore.archiver.draft import Drafted
from assetstore.files.source import Source
from assetstore.store.notes import LastLine, Notes, Place
from assetstore.store.placeholder import LENGTH, parse_placeholder
from assetstore.store.rebuild import find_placeholders


def noted(drafted: Drafted, slim: Source) -> tuple[Notes, LastLine | None]:
    """What to note of the placeholders in an archived form.

    Args:
        drafted: What became of the document.
        slim: The archived form.

    Returns:
        Those that no archive put there; of a log, all, and its last line: what is its
        own is found again after an edit.
    """
    last = LastLine.of(slim) if drafted.appends else None
    return Notes.of(_places(drafted, slim), slim), last


def _places(drafted: Drafted, slim: Source) -> Iterator[Place]:
    known = {noted >> 1: bool(noted & 1) for noted in drafted.noted}
    if drafted.appends:
        for offset, prefix in find_placeholders(slim):
            own = offset not in known
            yield Place(offset, prefix, own or known[offset], own)
        return
    for offset, flag in known.items():
        name = parse_placeholder(slim.read(offset, LENGTH))
        assert name is not None  # noqa: S101 for the type checker
        yield Place(offset, name, flag)
