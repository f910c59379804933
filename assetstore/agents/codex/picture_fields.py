"""Placeholders where a client reads pictures, in logs of older versions of assetstore.

These left one for each picture in the list of an older client's message. Where such a
message was edited, the client sent the list, and wrote down what it sent: a thread
that the API refuses for good. Nothing may stand there but a picture, so the log gets
its pictures back, those that the client took over, too; then it is archived as today.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from assetstore.agents.codex import state
from assetstore.agents.lines import lines_of
from assetstore.files.replace import Draft, absolute
from assetstore.files.source import Source
from assetstore.restore.restore import RestoreOptions, Restorer
from assetstore.store.format.placeholder import MARK
from assetstore.store.store import Store

_PLACEHOLDER = rb"(as1:[A-Za-z0-9_-]{27})(?=\")"
_FIELD = rb"\"image_url\"\s*:\s*\""
_IN_FIELD = re.compile(rb"(" + _FIELD + rb")" + _PLACEHOLDER)
# Other records may have lists of that name, and fields of others, that no client sends.
_MESSAGE = b'"user_message"'
_LIST = re.compile(rb"\"images\"\s*:\s*\[[^\[\]]*\]")
_IN_LIST = re.compile(rb"(\")" + _PLACEHOLDER)
# Longer lines are not looked at: what an older version left is no picture any more.
_LONGEST = 64 << 20


def put_pictures_back(store: Store, path: Path) -> bool:
    """Put pictures where their placeholders must not stand; whether there were some.

    The log's own come back with all others of it. What the client took over from them
    is a picture that somebody sent, and becomes that. What the store does not know
    stays.

    Raises:
        SourceInUse: The client has the thread loaded.
        AssetstoreError: It did not work; the log is as it was, or has its pictures.
        OSError: The same.
    """
    pictures = _Pictures(store)
    if not any(_asks(pictures, line) for line in _lines(path)):
        return False
    Restorer(store, RestoreOptions()).in_place(path)
    with (
        store.doc_lock(absolute(path)),
        Source.open(path) as source,
        Draft(absolute(path)) as draft,
    ):
        changed = False
        for start, length in lines_of(source):
            line = source.read(start, length) if length <= _LONGEST else b""
            if MARK in line and _asks(pictures, line):
                whole = _filled(pictures, line)
                changed |= whole != line
                draft.write(whole)
            else:
                for piece in source.pieces(start, start + length):
                    draft.write(piece)
        if changed:
            state.replace(draft, source)
    return True


class _Pictures:
    """What placeholders stand for that name a picture by itself."""

    def __init__(self, store: Store):
        self._restorer = Restorer(store, RestoreOptions())

    @lru_cache(maxsize=16)  # noqa: B019 it lives as long as its log is worked on
    def of(self, placeholder: bytes) -> bytes:
        """The data URI; "": there is none, or nobody knows."""
        text = self._restorer.of_bytes(placeholder, "a placeholder")
        return text if text.startswith(b"data:") else b""


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a log that may hold placeholders, but for very long ones."""
    with Source.open(path) as source:
        for start, length in lines_of(source):
            if length <= _LONGEST and MARK in (line := source.read(start, length)):
                yield line


def _asks(pictures: _Pictures, line: bytes) -> bool:
    """Tell whether a placeholder of a picture stands where the client reads one."""
    found = [match[2] for match in _IN_FIELD.finditer(line)]
    for list_ in _LIST.finditer(line) if _MESSAGE in line else ():
        found += [match[2] for match in _IN_LIST.finditer(list_[0])]
    return any(pictures.of(placeholder) for placeholder in found)


def _filled(pictures: _Pictures, line: bytes) -> bytes:
    def picture(found: re.Match[bytes]) -> bytes:
        return found[1] + (pictures.of(found[2]) or found[2])

    line = _IN_FIELD.sub(picture, line)
    if _MESSAGE not in line:
        return line
    return _LIST.sub(lambda found: _IN_LIST.sub(picture, found[0]), line)
