"""Progress on a terminal."""

import threading
import time
from typing import TYPE_CHECKING, Any, TextIO

import click

from assetstore.cli.output import harmless

if TYPE_CHECKING:
    from tqdm import tqdm

# Seconds before a bar appears: short work draws none, and does not pay for the
# import of the library that draws it.
PATIENCE = 0.25


class TerminalProgress:
    """A bar with bytes and the time left, for work that takes a while.

    Args:
        stream: Where to draw; a terminal, if ``bar``.
        bar: Whether to draw.
        messages: Whether to write messages.
    """

    def __init__(self, *, stream: TextIO, bar: bool, messages: bool):
        self._stream = stream
        self._wanted = bar
        self._messages = messages
        self._bar: tqdm[Any] | None = None
        self._total: int | None = None
        self._label = ""
        self._done = 0
        self._since = time.monotonic()

    def start(self, total_bytes: int | None, label: str) -> None:
        """Begin a stretch of work, ending the one before."""
        self.close()
        self._total, self._label, self._done = total_bytes, label, 0
        self._since = time.monotonic()

    def advance(self, n: int) -> None:
        """Count ``n`` more bytes as done."""
        if not self._wanted:
            return
        self._done += n
        if self._bar is not None:
            self._bar.update(n)
        elif time.monotonic() - self._since >= PATIENCE:
            self._draw()

    def message(self, text: str) -> None:
        """Write a sentence above the bar."""
        if not self._messages:
            return
        if self._bar is not None:
            self._bar.clear()
        click.echo(harmless(text), file=self._stream)
        if self._bar is not None:
            self._bar.refresh()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _draw(self) -> None:
        from tqdm import tqdm

        # Neither a lock shared with other processes nor a thread that watches.
        tqdm.set_lock(threading.RLock())
        tqdm.monitor_interval = 0
        self._bar = tqdm(
            total=self._total,
            initial=self._done,
            desc=self._label,
            unit="B",
            unit_scale=True,
            unit_divisor=1024,
            file=self._stream,
            leave=False,
            dynamic_ncols=True,
        )
        self._bar.start_t -= time.monotonic() - self._since
