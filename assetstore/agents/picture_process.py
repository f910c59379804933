"""Decodes pictures of documents, in a process of their own."""

import atexit
import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

from assetstore.agents.picture_child import ANSWER, REQUEST
from assetstore.errors import AssetstoreError

# How many seconds a picture may take, whatever the process does.
PATIENCE = 30.0
# So many pictures a process decodes before another one is started.
_MOST_PICTURES = 500
_LONGEST = 64 << 20
_COMMAND = ("-P", "-m", "assetstore.agents.picture_child")


class PictureProcess:
    """A process that decodes pictures, started when the first one is there.

    One that a picture kills, or that a picture keeps busy, is replaced by another.

    Args:
        command: What it runs: the arguments of Python.
        patience: How many seconds a picture may take.
    """

    def __init__(self, command: Sequence[str] = _COMMAND, patience: float = PATIENCE):
        self._command = tuple(command)
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._pictures = 0
        self._lock = threading.Lock()

    def small_copy(self, data: bytes, pixels: int) -> bytes:
        """Make a small PNG of a picture.

        Args:
            data: The picture, of any kind.
            pixels: How long its longer side is to be at most.

        Raises:
            AssetstoreError: It cannot be decoded, or not within the limits.
        """
        if len(data) > _LONGEST:
            raise _refused(f"it is longer than {_LONGEST >> 20} MiB")
        with self._lock:
            if self._pictures >= _MOST_PICTURES:
                self._stop()
            self._pictures += 1
            is_png, body = self._answer(REQUEST.pack(pixels, len(data)) + data)
        if not is_png:
            raise _refused(body.decode("utf-8", "replace"))
        return body

    def _answer(self, request: bytes) -> tuple[bool, bytes]:
        process = self._process or self._start()
        given, out = process.stdin, process.stdout
        assert given is not None  # noqa: S101 for the type checker
        assert out is not None  # noqa: S101 for the type checker
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._patience, end)
        timer.start()
        try:
            given.write(request)
            given.flush()
            head = out.read(ANSWER.size)
            is_png, size = ANSWER.unpack(head) if len(head) == ANSWER.size else (0, 0)
            body = out.read(size) if 0 < size <= _LONGEST else b""
        except OSError:  # it is gone
            size, body = 0, b""
        finally:
            timer.cancel()
        if not size or len(body) != size:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)  # it may be about to end by itself
            raise _refused(_why(self._stop(), late=late.is_set()))
        return bool(is_png), body

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            self._process = subprocess.Popen(  # noqa: S603 our own interpreter
                [sys.executable, *self._command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as e:
            raise AssetstoreError(
                f"the process that decodes pictures cannot be started: {e.strerror}"
            ) from e
        atexit.register(self.close)
        return self._process

    def _stop(self) -> int:
        """End the process; how it ended."""
        process, self._process, self._pictures = self._process, None, 0
        atexit.unregister(self.close)
        if process is None:
            return 0
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # what it did not read any more
                    stream.close()
        return process.wait()

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._stop()


def _refused(why: str) -> AssetstoreError:
    return AssetstoreError(f"the picture cannot be shown: {why}")


def _why(code: int, *, late: bool) -> str:
    """Say how a process ended that did not answer."""
    if late or -code == getattr(signal, "SIGXCPU", None):
        return "its decoder took too long"
    how = f"signal {-code}" if code < 0 else f"code {code}"
    return f"its decoder broke down ({how})"


_PROCESS = PictureProcess()


def small_copy(data: bytes, pixels: int) -> bytes:
    """Make a small PNG of a picture, in the process that all share.

    Raises:
        AssetstoreError: It cannot be decoded, or not within the limits.
    """
    return _PROCESS.small_copy(data, pixels)
