"""A log of what the program does, with times: ``--debug``.

What it does with files, processes and connections is told by the interpreter itself, by
audit events, so that nothing is left out which somebody forgot to log.
"""

import contextlib
import os
import platform
import re
import stat
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

from assetstore.cli.output import printable
from assetstore.errors import UsageError
from assetstore.progress import Progress
from assetstore.version import __version__

# What is told of the events of the interpreter; all their arguments, in order.
_EVENTS = (
    "fcntl.flock",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "shutil.copyfile",
    "shutil.move",
    "shutil.rmtree",
    "socket.connect",
    "sqlite3.connect",
    "subprocess.Popen",
)
# How a log begins.
_BEGUN = re.compile(rb" *\d+\.\d{3}  version       assetstore ")
_LOG = os.O_RDWR | os.O_CREAT
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"):
    _LOG |= getattr(os, _flag, 0)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# The interpreter's own files, and those of packages, say nothing about a store.
_INSTALLED = tuple(
    {f"{os.path.abspath(p)}{os.sep}" for p in (sys.prefix, sys.base_prefix)}
)
_PACKAGE = f"{Path(__file__).resolve().parents[1]}{os.sep}"


class DebugLog:
    """The log.

    Args:
        write: Takes a kind of event and words on it.
        clock: Seconds that only grow.
        close: Called at the end.
    """

    def __init__(
        self,
        write: Callable[[str, str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        close: Callable[[], None] = lambda: None,
    ):
        self._close = close
        self._write = write
        self.clock = clock
        self._inside = False
        self._closed = False

    def begin(self, words: Sequence[str]) -> None:
        """Say what runs where, and hear of what the interpreter does from now on."""
        self.log(
            "version", f"assetstore {__version__}, Python {sys.version.split()[0]}"
        )
        self.log("platform", platform.platform())
        self.log("called", " ".join(map(repr, words)))
        self.log("folder", os.getcwd())
        sys.addaudithook(self._heard)

    def log(self, kind: str, text: str) -> None:
        """Write a line, unless it is one about writing a line."""
        if self._inside or self._closed:
            return
        self._inside = True
        try:
            self._write(kind, printable(text))
        except (OSError, ValueError):  # nothing depends on it
            self._closed = True
        finally:
            self._inside = False

    def end(self, code: int) -> None:
        """Say how it ended and what it took; nothing is logged after this."""
        used = f"exit code {code}; {time.process_time():.3f} s of processor time"
        if sys.platform != "win32":
            import resource

            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            unit = 1 if sys.platform == "darwin" else 1024
            used += f", at most {most * unit >> 20} MiB of memory"
        self.log("end", used)
        self._closed = True
        with contextlib.suppress(OSError):
            self._close()

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An event of the interpreter; this cannot be taken away again."""
        if self._closed or self._inside:
            return
        if event == "open":
            name, _, flags = arguments
            if isinstance(name, str | bytes) and not _is_installed(os.fsdecode(name)):
                how = "write" if flags & _WRITES else "read"
                self.log(how, os.fsdecode(name))
        elif event in _EVENTS:
            self.log(event, " ".join(map(_shown, arguments)))


def _is_installed(name: str) -> bool:
    return name.startswith((*_INSTALLED, _PACKAGE))


def _shown(argument: object) -> str:
    if isinstance(argument, bytes):
        return os.fsdecode(argument)
    if isinstance(argument, list | tuple):
        return " ".join(map(_shown, argument))
    return "" if argument in (-1, None) else str(argument)


def to_stream(
    stream: TextIO, *, clock: Callable[[], float] = time.monotonic
) -> Callable[[str, str], None]:
    """Make what writes lines with the seconds since now."""
    began = clock()

    def write(kind: str, text: str) -> None:
        stream.write(f"{clock() - began:9.3f}  {kind:<12}  {text}\n")
        stream.flush()

    return write


def to_file(path: Path) -> TextIO:
    """The file of a log, anew; only for its owner, for it names files.

    Raises:
        UsageError: Something else is there, which is left as it is.
        OSError: It cannot be made.
    """
    fd = os.open(path, _LOG, 0o600)
    try:
        seen = os.fstat(fd)
        begun = os.read(fd, 64) if stat.S_ISREG(seen.st_mode) else None
        if begun is None or not (begun == b"" or _BEGUN.match(begun)):
            raise UsageError(
                f"{path} is no log that --debug-file wrote",
                hint="Name another file, or remove that one.",
                path=str(path),
            )
        os.ftruncate(fd, 0)
        os.lseek(fd, 0, os.SEEK_SET)
    except BaseException:
        os.close(fd)
        raise
    return os.fdopen(fd, "w", encoding="utf-8", errors="backslashreplace")


class LoggedProgress:
    """A `Progress` that another one follows, and that says how long its parts took."""

    def __init__(self, inner: Progress, log: DebugLog):
        self._inner = inner
        self._log = log
        self._label = ""
        self._began = 0.0
        self._done = 0

    def start(self, total_bytes: int | None, label: str) -> None:
        """Begin a stretch of work, ending the one before."""
        self._finish()
        self._label, self._began, self._done = label, self._log.clock(), 0
        of = "" if total_bytes is None else f", {total_bytes:,} bytes"
        self._log.log("start", f"{label}{of}")
        self._inner.start(total_bytes, label)

    def advance(self, n: int) -> None:
        """Count ``n`` more bytes as done."""
        self._done += n
        self._inner.advance(n)

    def message(self, text: str) -> None:
        """Pass on a sentence."""
        self._log.log("message", text)
        self._inner.message(text)

    def close(self) -> None:
        """End the work."""
        self._finish()
        self._inner.close()

    def _finish(self) -> None:
        if self._label:
            took = self._log.clock() - self._began
            self._log.log(
                "done", f"{self._label}: {self._done:,} bytes in {took:.3f} s"
            )
            self._label = ""
