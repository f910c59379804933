"""Reading documents by position, in constant memory, without mapping them.

A mapped file that somebody truncates kills the process (SIGBUS); a read of it
is merely short.
"""

import builtins
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import stringzilla as sz
from blake3 import blake3

from assetstore.errors import SourceChanged, SourceRefused
from assetstore.files.closing import Closing
from assetstore.files.sharing import open_file

CHUNK = 1 << 20
# Windows has none.
_PREAD: Callable[[int, int, int], bytes] | None = getattr(os, "pread", None)


class RandomAccess(Protocol):
    """A document, or one made of it, that is read by position.

    Attributes:
        name: What errors call it.
        size: How many bytes it has.
    """

    name: str
    size: int

    def read_into(self, view: memoryview, offset: int) -> int:
        """Fill ``view`` from ``offset``; fewer bytes only at the end."""

    def read(self, offset: int, length: int) -> bytes:
        """Read up to ``length`` bytes from ``offset``, fewer only at the end."""

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Read from ``start`` to ``end`` in pieces of at most 1 MiB."""


class Decoded(RandomAccess, Protocol):
    """The text of a file that is in another encoding, in UTF-8."""

    raw: "Source"
    encoding: str

    def measure(self) -> None:
        """Decode all of the file, as it is now; UnicodeDecodeError: it is another."""


_SECOND = 1_000_000_000
# How long a file system may take one time for, in nanoseconds, if it is no coarse one.
_TICK = 20_000_000


class Source(Closing):
    """A regular file, opened once and read by position: its bytes, or its text.

    Args:
        fd: The open file.
        name: What errors call it.
        decoded: What is read in place of its own bytes (`text`).

    Attributes:
        size: Bytes it had when it was opened; nothing behind that is read.
        stat: What the file system said of it then.
        encoding: What its text is decoded from; "": its own bytes are read.
        raw: The same file, read as its own bytes.
    """

    def __init__(self, fd: int, name: str, decoded: Decoded | None = None):
        self.fd = fd
        self.name = name
        self._decoded = decoded
        self.encoding = "" if decoded is None else decoded.encoding
        self.raw = self if decoded is None else decoded.raw
        self.stat = os.fstat(fd)
        self.size = self.stat.st_size if decoded is None else decoded.size

    @classmethod
    def open(cls, path: Path, name: str = "") -> "Source":
        """Open a document.

        Args:
            path: The file.
            name: What errors call it; "": by its path.

        Raises:
            SourceRefused: It is not a regular file (a link, a FIFO, a device).
            HeldOpen: Another program lets nobody read it (Windows).
            OSError: It cannot be opened.
        """
        if path.is_symlink():
            raise SourceRefused(
                f"{path} is a symbolic link",
                hint=f"Name the file itself: {os.path.realpath(path)}",
                path=str(path),
            )
        # A device is not even opened: some act on that.
        if not stat.S_ISREG(os.stat(path, follow_symlinks=False).st_mode):
            raise SourceRefused(f"{path} is not a regular file", path=str(path))
        fd = open_file(path)
        source = cls(fd, name or str(path))
        if not stat.S_ISREG(source.stat.st_mode):
            source.close()
            raise SourceRefused(f"{path} is not a regular file", path=str(path))
        return source

    def settle(self) -> None:
        """Wait until whatever is written to the file from now on shows in its times.

        Times have ticks: what is written within the one in which the file was written
        before leaves them as they are. A file whose times are whole seconds may be on a
        file system that counts by two of them (FAT). Text is decoded again then.
        """
        if self._decoded is not None:
            self._settle_text(self._decoded)
            return
        for _ in range(3):  # who writes all the time is noticed by that
            last = max(self.stat.st_mtime_ns, self.stat.st_ctime_ns)
            coarse = not (self.stat.st_ctime_ns % _SECOND or last % _SECOND)
            tick = 2 * _SECOND if coarse else _TICK
            left = last + tick - time.time_ns()
            if left <= 0 or left > tick:  # or the clock was put back
                return
            time.sleep(left / _SECOND)
            self.stat = os.fstat(self.fd)
            self.size = self.stat.st_size

    def _settle_text(self, decoded: Decoded) -> None:
        before = self.raw.stat
        self.raw.settle()
        if self.raw.stat is not before:
            try:
                decoded.measure()
            except UnicodeDecodeError:
                raise SourceChanged(f"{self.name} changed", path=self.name) from None
            self.stat, self.size = self.raw.stat, decoded.size

    def read_into(self, view: memoryview, offset: int) -> int:
        """Fill ``view`` from ``offset``; fewer bytes only at the end.

        Raises:
            SourceChanged: The file has become shorter.
        """
        if self._decoded is not None:
            return self._decoded.read_into(view, offset)
        want = min(len(view), self.size - offset)
        got = 0
        while got < want:
            n = read_at(self.fd, view[got:want], offset + got)
            if n == 0:
                raise SourceChanged(f"{self.name} became shorter", path=self.name)
            got += n
        return max(got, 0)

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``, fewer only at the end."""
        if self._decoded is not None:
            return self._decoded.read(offset, length)
        want = max(0, min(length, self.size - offset))
        # At once and without a copy, since small reads are many.
        if _PREAD is not None and len(text := _PREAD(self.fd, want, offset)) == want:
            return text
        buffer = bytearray(want)
        self.read_into(memoryview(buffer), offset)
        return bytes(buffer)

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` to ``end`` in pieces of at most 1 MiB."""
        return pieces_of(self, start, end)

    def blake3(self) -> bytes:
        """The hash of all its bytes."""
        digest = blake3()
        for piece in self.pieces(0, self.size):
            digest.update(piece)
        return digest.digest()

    def close(self) -> None:
        """Close the file. Doing so twice is allowed."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = self.raw.fd = -1


class Overlay:
    """Reads a source, some of whose bytes read as others.

    Args:
        source: The source, which must stay open.
        at: Where the other bytes begin.
        text: They.
        length: How many bytes they stand for; None: as many as they are.
    """

    def __init__(self, source: Source, at: int, text: bytes, length: int | None = None):
        self._source, self._at, self._text = source, at, text
        self._longer = len(text) - (len(text) if length is None else length)
        self.name, self.size = source.name, source.size + self._longer

    def read_into(self, view: memoryview, offset: int) -> int:
        """Fill ``view`` from ``offset``; fewer bytes only at the end."""
        done, end = 0, self._at + len(self._text)
        while done < len(view):
            at = offset + done
            if at < self._at:
                part = view[done : done + self._at - at]
                got = self._source.read_into(part, at)
            elif at < end:
                text = self._text[at - self._at :][: len(view) - done]
                view[done : done + len(text)] = text
                got = len(text)
            else:
                got = self._source.read_into(view[done:], at - self._longer)
            if not got:
                break
            done += got
        return done

    def read(self, offset: int, length: int) -> bytes:
        """Read up to ``length`` bytes from ``offset``, fewer only at the end."""
        buffer = bytearray(max(0, min(length, self.size - offset)))
        self.read_into(memoryview(buffer), offset)
        return bytes(buffer)

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Read from ``start`` to ``end`` in pieces of at most 1 MiB."""
        return pieces_of(self, start, end)


def pieces_of(source: RandomAccess, start: int, end: int) -> Iterator[bytes]:
    """Read what lies between two offsets in pieces of at most 1 MiB."""
    while start < end:
        piece = source.read(start, min(CHUNK, end - start))
        if not piece:
            return
        yield piece
        start += len(piece)


class Joined:
    """Reads the beginnings of some sources, one behind the other.

    Args:
        parts: The sources, which must stay open, and how many bytes of each.
    """

    def __init__(self, parts: Sequence[tuple[RandomAccess, int]]):
        self.name, self.size = parts[-1][0].name, 0
        self._parts: list[tuple[int, RandomAccess, int]] = []
        for source, length in parts:
            self._parts.append((self.size, source, length))
            self.size += length

    def read_into(self, view: memoryview, offset: int) -> int:
        """Fill ``view`` from ``offset``; fewer bytes only at the end."""
        done = 0
        for start, source, length in self._parts:
            at = offset + done - start
            if done < len(view) and 0 <= at < length:
                done += source.read_into(view[done : done + length - at], at)
        return done

    def read(self, offset: int, length: int) -> bytes:
        """Read up to ``length`` bytes from ``offset``, fewer only at the end."""
        buffer = bytearray(max(0, min(length, self.size - offset)))
        self.read_into(memoryview(buffer), offset)
        return bytes(buffer)

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Read from ``start`` to ``end`` in pieces of at most 1 MiB."""
        return pieces_of(self, start, end)


def read_at(fd: int, view: memoryview, offset: int) -> int:
    """One positioned read into ``view``; 0 at the end of the file."""
    if hasattr(os, "preadv"):
        return os.preadv(fd, [view], offset)
    os.lseek(fd, offset, os.SEEK_SET)
    data = os.read(fd, len(view))
    view[: len(data)] = data
    return len(data)


def same(pieces: Iterable[bytes | memoryview], source: Source) -> bool:
    """Tell whether pieces, put together, are exactly a source's bytes."""
    buffer = _buffer(source)
    view = memoryview(buffer)
    read = have = at = 0
    for piece in pieces:
        size, done = len(piece), 0
        while done < size:
            if at == have:
                have, at = source.read_into(view, read), 0
                read += have
                if have == 0:
                    return False
            n = min(size - done, have - at)
            part = piece if n == size else memoryview(piece)[done : done + n]
            if not buffer.startswith(part, at):
                return False
            done, at = done + n, at + n
    return read - have + at == source.size


def _buffer(source: RandomAccess) -> bytearray:
    """A buffer of 1 MiB, or as long as a shorter source: it is filled with zeros."""
    return bytearray(max(1, min(CHUNK, source.size)))


class Window:
    """A view of a source that slides forward over one reused buffer.

    Attributes:
        buf: The buffer; only its first ``have`` bytes mean something.
        base: Offset in the source of the buffer's first byte.
        have: How many bytes are there.
        end: Offset behind the last one.
        at_eof: Whether that is the end of the source.
    """

    def __init__(self, source: RandomAccess):
        self.source = source
        self.buf = _buffer(source)
        self.view = memoryview(self.buf)
        self.base = self.have = self.end = 0
        self.at_eof = False
        self.slide(0)

    def slide(self, offset: int) -> None:
        """Make ``offset`` the first byte in the buffer, and fill it."""
        kept = self.end - offset
        if 0 < kept <= self.have:
            if offset > self.base:
                self.buf[:kept] = self.buf[self.have - kept : self.have]
        else:
            kept = 0
        self.base, self.have = offset, kept
        self.have += self.source.read_into(self.view[kept:], offset + kept)
        self.end = offset + self.have
        self.at_eof = self.end >= self.source.size

    def find(self, needle: bytes, start: int, end: int | None = None) -> int:
        """Offset in the source of the next ``needle`` in the buffer, or -1.

        Args:
            needle: At least two bytes.
            start: Offset in the source to begin at.
            end: Offset behind the last byte that it may have; None: the buffer's end.
        """
        base = self.base
        have = self.have if end is None else min(self.have, end - base)
        i: int = sz.find(self.view, needle, start - base, have)
        return i + base if i >= 0 else -1

    def find_each(self, needles: Sequence[bytes], start: int, end: int) -> list[int]:
        """Find where each of some strings stands next in the buffer; -1: nowhere.

        Args:
            needles: Each at least two bytes.
            start: Offset in the source to begin at.
            end: Offset behind the last byte that they may begin with.
        """
        view, base, have, find = self.view, self.base, self.have, sz.find
        front, over = start - base, end - base - 1
        found = [find(view, n, front, min(have, over + len(n))) for n in needles]
        return [i + base if i >= 0 else -1 for i in found]

    def search(self, pattern: re.Pattern[builtins.bytes], start: int, end: int) -> int:
        """Offset in the source of a pattern's next match in the buffer, or -1.

        Args:
            pattern: The pattern.
            start: Offset in the source to begin at.
            end: Offset behind the last byte that it may have.
        """
        have = min(self.have, end - self.base)
        match = pattern.search(self.view, start - self.base, have)
        return match.start() + self.base if match else -1

    def match(
        self, pattern: re.Pattern[builtins.bytes], start: int
    ) -> re.Match[builtins.bytes] | None:
        """A pattern's match at an offset in the buffer."""
        return pattern.match(self.view, start - self.base, self.have)

    def bytes(self, start: int, end: int) -> bytes:
        """A copy of what lies between two offsets, as far as it is here."""
        return bytes(self.view[start - self.base : min(end - self.base, self.have)])
