"""Replacements that are killed, in this process."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from assetstore.files import replace as replacing
from assetstore.files.draft_names import is_temporary
from assetstore.files.exchange import exchange
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft
from assetstore.files.source import Source


class Killed(BaseException):
    pass


def end(draft: Draft) -> None:
    """What becomes of a draft whose process is killed."""
    os.close(draft._fd)


def killed_at(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let so many files be put in their places, and kill what puts the next one."""
    real: Callable[[Draft, Source], None] = Draft.replace
    left = [count]

    def replace(draft: Draft, source: Source) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        real(draft, source)

    monkeypatch.setattr(Draft, "replace", replace)


def replaced(path: Path) -> None:
    """Replace a document."""
    with Source.open(path) as source, Draft(path) as draft:
        draft.write(b"new")
        draft.replace(source)


def killed(
    document: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    exchanged: bool,
    beside: Iterable[Path] = (),
) -> Path:
    """Kill a replacement of a document when names are, or are to be, exchanged.

    Args:
        document: The document.
        monkeypatch: For the moment of it.
        exchanged: Whether they are.
        beside: Other files that are there.

    Returns:
        What is left beside the document.
    """

    def kill(one: Path, other: Path) -> bool:
        if exchanged:
            exchange(one, other)
        raise Killed

    with monkeypatch.context() as change:
        change.setattr(replacing, "exchange", kill)
        change.setattr(Draft, "close", end)
        with pytest.raises(Killed):
            replaced(document)
    (left,) = set(document.parent.iterdir()) - {document, *beside}
    assert is_temporary(left.name)
    assert Sweeper().may_be_taken_back(document, None)
    return left
