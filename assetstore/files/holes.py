"""Holes in files: long runs of NUL that take no room on a disk."""

import os

# What file systems keep as one: a shorter run would become no hole.
BLOCK = 4096
_NOTHING = bytes(BLOCK)


def find_holes(piece: memoryview, offset: int) -> list[tuple[int, int]]:
    """Find the runs of whole blocks of NUL in a piece of a file.

    A document that has holes is read as if these bytes were there. Whoever writes them
    may let the disk leave them out again.

    Args:
        piece: The piece, of bytes.
        offset: Where it begins in the file.

    Returns:
        Where each run begins and ends in the piece.
    """
    first = -offset % BLOCK
    heads = bytes(piece[first::BLOCK])
    found: list[tuple[int, int]] = []
    at = heads.find(0)
    while at >= 0:
        start = first + at * BLOCK
        end = start + BLOCK
        if bytes(piece[start:end]) == _NOTHING:
            if found and found[-1][1] == start:
                start = found.pop()[0]
            found.append((start, end))
        at = heads.find(0, at + 1)
    return found


class SparseWriter:
    """Writes a file from its beginning, and leaves holes where blocks hold nothing."""

    def __init__(self) -> None:
        self._size = 0
        # How many NULs behind the last block are not written: more may follow.
        self._held = 0
        self._real = 0  # the file's length so far

    def write(self, fd: int, piece: bytes | bytearray | memoryview) -> None:
        """Append a piece.

        Raises:
            OSError: It cannot be written.
        """
        view = memoryview(piece)
        if self._held:
            view = memoryview(bytes(self._held) + view)
        start, done = self._size - self._held, 0
        for begin, end in find_holes(view, start) if len(view) >= BLOCK else ():
            _write(fd, view[done:begin])
            os.lseek(fd, end - begin, os.SEEK_CUR)
            done = end
        self._size = start + len(view)
        rest = self._size % BLOCK
        ends = rest > 0 and len(view) > 0 and not view[-1]
        self._held = rest if ends and bytes(view[-rest:]) == bytes(rest) else 0
        _write(fd, view[done : len(view) - self._held])
        if done < len(view) - self._held:
            self._real = self._size - self._held

    def end(self, fd: int) -> None:
        """Give a file the length of what was written.

        Raises:
            OSError: It cannot have it.
        """
        if self._real < self._size:
            os.ftruncate(fd, self._size)
            self._real = self._size


def _write(fd: int, view: memoryview) -> None:
    while view:
        view = view[os.write(fd, view) :]
