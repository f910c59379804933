"""What Cline, Roo and Kilo, in an editor, show of a task (``ui_messages.json``).

A message has a list of data URIs, which are shown, and sent if the message is sent
again: the first that goes ends the list, and begins another one of a name that they
do not know. What they send otherwise (``api_conversation_history.json``) has parts of
the Messages API. From their sources.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path, PurePath

from assetstore.errors import SourceInUse
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.formats import shapes
from assetstore.formats.base import Candidate, Spelling, Treatment
from assetstore.formats.beside import Beside, Nothing
from assetstore.formats.text import Json, is_json

_FILES = ("ui_messages.json", "api_conversation_history.json")
# A lock without a sign of life for so many seconds is nobody's.
_STALE = 31.0


class BesideTask(Nothing):
    """The folder that Roo makes beside a file while it writes that, as its lock."""

    def owns(self, path: Path) -> bool:
        """Tell whether a file is one of a task."""
        return path.name in _FILES

    def replace(self, draft: Draft, source: Source) -> None:
        """Replace a file, and hold its lock meanwhile."""
        with _held(draft.target):
            super().replace(draft, source)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    lock = path.with_name(f"{path.name}.lock")
    try:
        lock.mkdir()
    except FileExistsError:
        if _is_alive(lock):
            raise SourceInUse(
                f"{path} is held by its client, which writes it now",
                hint="Close the task first.",
                path=str(path),
            ) from None
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError):  # its client may have taken it for a stale one
            lock.rmdir()


def _is_alive(lock: Path) -> bool:
    """Tell whether somebody touched a lock just now."""
    try:
        return time.time() - os.lstat(lock).st_mtime < _STALE
    except FileNotFoundError:
        return False


class ClineUi(Json):
    """``tasks/*/ui_messages.json``."""

    name = "cline-tasks"
    beside: Beside = BesideTask()

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell by its name."""
        return path.name == "ui_messages.json" and is_json(head)

    def treat(self, found: Candidate) -> Treatment | None:
        """End a list of pictures where the first one goes."""
        place = found.place
        listed = place is not None and place.inner.key == b"images"
        if place is None or not listed or place.escapes:
            return super().treat(found)
        if found.kind is Spelling.MEMBER or not isinstance(place.key, int):
            return super().treat(found)
        return replace(shapes.ended_list(place), any_size=False)


CLINE_UI = ClineUi()
