"""A program in a terminal of its own, for clients that take a picture nowhere else."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

_CONTROL = re.compile(rb"\x1b(?:\[[0-9;?]*[a-zA-Z]|[()][A-Z0-9]|\][^\x07]*\x07)")
_LINES, _COLUMNS = 40, 120


class Terminal:
    """A running program, what it wrote, and its keyboard.

    Attributes:
        text: All that it wrote, without what moves the cursor.
    """

    def __init__(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str]
    ):
        self._here, there = pty.openpty()
        fcntl.ioctl(
            there, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0)
        )
        self._process = subprocess.Popen(
            words,
            cwd=folder,
            env={**environment, "TERM": "xterm"},
            stdin=there,
            stdout=there,
            stderr=there,
            start_new_session=True,
        )
        os.close(there)
        self._written = b""

    @property
    def text(self) -> str:
        """All that it wrote, without what moves the cursor."""
        return _CONTROL.sub(b"", self._written).decode("utf-8", "replace")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._here, keys.encode())

    def wait(self, words: str, seconds: float = 60) -> None:
        """Wait until it wrote some words.

        Raises:
            RuntimeError: It did not, or ended.
        """
        end = time.monotonic() + seconds
        while words not in self.text:
            if time.monotonic() > end or not self._read(0.2):
                raise RuntimeError(f"it never wrote {words!r}: {self.text[-2000:]}")

    def pause(self, seconds: float) -> None:
        """Let it work for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._read(0.1):
            pass

    def _read(self, seconds: float) -> bool:
        if select.select([self._here], [], [], seconds)[0]:
            try:
                self._written += os.read(self._here, 1 << 16)
            except OSError:  # nobody is at the other end any more
                return False
        return True

    def close(self) -> None:
        """Wait for its end, which something that was typed brought about."""
        try:
            end = time.monotonic() + 20
            while self._process.poll() is None and time.monotonic() < end:
                self._read(0.1)
        finally:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()
            os.close(self._here)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
