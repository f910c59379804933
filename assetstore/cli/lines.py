"""Progress and messages as lines of JSON on standard error, for programs.

docs/json.md and the schema that ships with the package describe them.
"""

import time
from collections.abc import Callable
from typing import Any, TextIO

from assetstore.cli.output import dumps, when
from assetstore.version import __version__

SCHEMA = "assetstore-progress/1"

# Seconds between two lines on how far the work is.
PAUSE = 0.2


class EventLines:
    """Writes lines of JSON.

    Args:
        stream: Standard error.
        command: Tells the command's name, which is not known from the beginning.
        clock: Seconds that only grow.
        now: Seconds since 1970.
    """

    def __init__(
        self,
        stream: TextIO,
        command: Callable[[], str],
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ):
        self._stream = stream
        self._command = command
        self._clock = clock
        self._now = now
        self._began = clock()
        self._begun = False

    def write(self, event: str, **facts: Any) -> None:
        """Write a line; the first one says which command it is."""
        if not self._begun:
            self._begun = True
            self._put(
                {
                    "event": "begin",
                    "schema": SCHEMA,
                    "version": __version__,
                    "command": self._command() or None,
                    "time": when(self._now()),
                }
            )
        seconds = round(self._clock() - self._began, 3)
        self._put({"event": event, "seconds": seconds, **facts})

    def _put(self, line: dict[str, Any]) -> None:
        self._stream.write(dumps(line) + "\n")
        self._stream.flush()


class LineProgress:
    """A `Progress` that writes lines.

    Args:
        lines: Where they go.
        clock: Seconds that only grow.
    """

    def __init__(
        self, lines: EventLines, *, clock: Callable[[], float] = time.monotonic
    ):
        self._lines = lines
        self._clock = clock
        self._total: int | None = None
        self._done = 0
        self._told: int | None = None
        self._last = 0.0

    def start(self, total_bytes: int | None, label: str) -> None:
        """Begin a stretch of work, ending the one before."""
        self.close()
        self._total, self._done, self._told = total_bytes, 0, 0
        self._last = self._clock()
        self._lines.write("start", label=label, total_bytes=total_bytes)

    def advance(self, n: int) -> None:
        """Count ``n`` more bytes as done."""
        self._done += n
        if self._clock() - self._last >= PAUSE:
            self._tell()

    def message(self, text: str) -> None:
        """Pass on a sentence."""
        self._lines.write("message", text=text)

    def close(self) -> None:
        """Say how far it came, if that was not said."""
        if self._told is not None and self._told != self._done:
            self._tell()
        self._told = None

    def _tell(self) -> None:
        self._last, self._told = self._clock(), self._done
        self._lines.write("progress", done_bytes=self._done, total_bytes=self._total)
