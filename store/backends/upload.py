"""A file on its way into a local store."""

import errno
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from assetstore.errors import StoreWriteError
from assetstore.files.durable import sync_file
from assetstore.files.owner import NEW_FILE, give
from assetstore.files.sharing import is_held, patiently, remove
from assetstore.store.backends.temp import Scratch

# Pieces are gathered up to this many bytes, or this many pieces (IOV_MAX is 1024).
_GATHER = 1 << 19
_MOST_PIECES = 512
# Without positioned reads (Windows), seek and read must not be torn apart.
_SEEKING = threading.Lock()


class LocalUpload:
    """An object being written to a temporary file.

    Attributes:
        target: Where it will be.
        size: How many bytes were written.
    """

    def __init__(self, target: Path, scratch: Scratch):
        self.target = target
        self.size = 0
        self._scratch = scratch
        self._part: Path | None = None
        self._fd = -1
        self._held: list[bytes | memoryview] = []
        self._held_size = 0
        self._written = 0
        self._changes = 0
        self._synced = 0
        self._syncer: threading.Thread | None = None
        self._error: OSError | None = None

    def write(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Append pieces; small ones are gathered first."""
        for piece in pieces:
            self._held_size += len(piece)
        self._held += pieces
        self.size = self._written + self._held_size
        if self._held_size >= _GATHER or len(self._held) >= _MOST_PIECES:
            self._flush()

    def _flush(self) -> None:
        if not self._held:
            return
        pieces, self._held, self._held_size = self._held, [], 0
        self._changes += 1
        try:
            if self._part is None:
                self._part = self._scratch.new_file()
                self._fd = os.open(self._part, NEW_FILE, 0o600)
                give(self._fd, self._part.parent)
            self._written = write_at(self._fd, pieces, self._written)
        except OSError as e:
            self._error = e
            raise write_failed(e, self.target) from e

    def patch(self, offset: int, data: bytes) -> None:
        """Overwrite bytes."""
        self._flush()
        self._changes += 1
        try:
            write_at(self._fd, [data], offset)
        except OSError as e:
            self._error = e
            raise write_failed(e, self.target) from e

    def read_into(self, offset: int, view: memoryview) -> int:
        """Read back."""
        if offset + len(view) > self._written:
            self._flush()
        return read_at(self._fd, view, offset) if self._fd >= 0 else 0

    def sync(self) -> None:
        """Start a sync in the background, unless one is running."""
        self._flush()
        if self._fd < 0 or self._synced == self._changes or self._error:
            return
        if self._syncer is None or not self._syncer.is_alive():
            self._join()
            self._syncer = threading.Thread(target=self._sync, daemon=True)
            self._syncer.start()

    def _sync(self) -> None:
        changes = self._changes
        try:
            sync_file(self._fd)
            self._synced = changes
        except OSError as e:
            self._error = e

    def _join(self) -> None:
        if self._syncer is not None:
            self._syncer.join()
            self._syncer = None

    def settle(self) -> None:
        """Wait until everything that was written is durable.

        Raises:
            StoreWriteError: It is not, now or before; the upload is lost.
        """
        self._flush()
        self._join()
        if self._error is None and self._synced != self._changes:
            self._sync()
        if self._error is not None:
            raise write_failed(self._error, self.target) from self._error

    def place(self) -> None:
        """Give the file its name.

        Raises:
            FileExistsError: The name is taken.
            FileNotFoundError: The folder is missing.
            OSError: It did not work for another reason.
        """
        if self._part is None:
            # Nothing in it (a tomb): needs no temporary file, so no room either.
            fd = os.open(self.target, NEW_FILE, 0o600)
            try:
                give(fd, self.target.parent)
            finally:
                os.close(fd)
            return
        self._close()
        link(self._part, self.target)

    def supersede(self) -> None:
        """Put the file in the place of what has its name.

        Raises:
            OSError: It did not work.
        """
        assert self._part is not None  # noqa: S101 for the type checker
        self._close()
        part = self._part
        patiently(lambda: part.replace(self.target), replaces=True)
        self._part = None

    def abort(self) -> None:
        """Throw the file away."""
        self._join()
        self._held, self._held_size = [], 0
        self._close()
        if self._part is not None:
            remove(self._part)

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def link(part: Path, target: Path) -> None:
    """Move a file to a name that nothing has yet.

    Raises:
        FileExistsError: Something has it.
    """
    if sys.platform == "win32":
        patiently(lambda: part.rename(target))  # which refuses there
        return
    try:
        os.link(part, target)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:
        # No hard links here (exFAT). Names are random: nothing races for one.
        if target.exists():
            raise FileExistsError(str(target)) from None
        part.rename(target)
    else:
        part.unlink()


def write_at(fd: int, pieces: Sequence[bytes | memoryview], offset: int) -> int:
    """Write pieces one behind the other; returns the offset behind them."""
    if not hasattr(os, "pwritev"):
        with _SEEKING:
            os.lseek(fd, offset, os.SEEK_SET)
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    n = os.write(fd, rest)
                    rest, offset = rest[n:], offset + n
        return offset
    queue: list[bytes | memoryview] = [piece for piece in pieces if len(piece)]
    while queue:
        n = os.pwritev(fd, queue[:_MOST_PIECES], offset)
        offset += n
        done = 0
        while done < len(queue) and n >= len(queue[done]):
            n -= len(queue[done])
            done += 1
        del queue[:done]
        if n:
            queue[0] = memoryview(queue[0])[n:]
    return offset


def read_at(fd: int, view: memoryview, offset: int) -> int:
    """Fill a view from an offset; fewer bytes only at the end of the file."""
    got = 0
    while got < len(view):
        rest = view[got:] if got else view
        if hasattr(os, "preadv"):
            n = os.preadv(fd, [rest], offset + got)
        else:
            with _SEEKING:
                os.lseek(fd, offset + got, os.SEEK_SET)
                data = os.read(fd, len(rest))
            n = len(data)
            rest[:n] = data
        if n == 0:
            break
        got += n
    return got


def write_failed(error: OSError, path: Path) -> StoreWriteError:
    """The error to raise where the system refused to write."""
    hint = "Check the store's permissions and its disk."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "Free some space on the store's disk, or choose another with --store."
    elif is_held(error):
        hint = "Another program has the file open: wait for it, and try again."
    return StoreWriteError(
        f"cannot write to the store: {error.strerror or error}",
        hint=hint,
        path=str(path),
    )
