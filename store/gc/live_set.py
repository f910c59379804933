"""A set of blob ids that may be larger than memory."""

import heapq
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import IO

from assetstore.store.format.blob import BlobId, Ref

_ID = 32
# So many ids are gathered in memory, and then become a run: some 8 MiB.
_MOST = 1 << 16
# How many ids of a run are read at once.
_BLOCK = 128
_AT_ONCE = 64 * _BLOCK


class _Run:
    """Ids in a file, sorted; the first one of each block is known."""

    def __init__(self, file: IO[bytes], start: int, ids: Iterable[BlobId]):
        self._file, self._start = file, start
        self._firsts: list[BlobId] = []
        self.count = 0
        file.seek(start)
        block: list[bytes] = []
        for id in ids:
            if not block:
                self._firsts.append(id)
            block.append(id)
            self.count += 1
            if len(block) == _BLOCK:
                file.write(b"".join(block))
                block.clear()
        file.write(b"".join(block))

    @property
    def end(self) -> int:
        return self._start + self.count * _ID

    def __contains__(self, id: BlobId) -> bool:
        block = bisect_right(self._firsts, id) - 1
        if block < 0:
            return False
        ids = self._read(block * _BLOCK, _BLOCK)
        at = bisect_left(ids, id)
        return at < len(ids) and ids[at] == id

    def __iter__(self) -> Iterator[BlobId]:
        for number in range(0, self.count, _AT_ONCE):
            yield from self._read(number, _AT_ONCE)

    def _read(self, number: int, count: int) -> list[BlobId]:
        count = min(count, self.count - number)
        self._file.seek(self._start + number * _ID)
        data = self._file.read(count * _ID)
        return [BlobId(data[i : i + _ID]) for i in range(0, len(data), _ID)]


class LiveSet:
    """A set of blob ids that may be larger than memory.

    An external sort by merging: what is added is gathered, becomes a sorted run in a
    private file when there is much of it, and runs are merged into one before they are
    looked at (Knuth, The Art of Computer Programming, volume 3, section 5.4).

    Raises:
        OSError: From each method: the temporary folder is full, or fails.
    """

    def __init__(self) -> None:
        self._new: set[BlobId] = set()
        self._file: IO[bytes] | None = None
        self._runs: list[_Run] = []

    def add(self, refs: Iterable[Ref]) -> None:
        """Mark blobs."""
        self._new.update([id for _, id in refs])
        if len(self._new) >= _MOST:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 closed by `close`
            self._runs.append(_Run(self._file, self._end(), sorted(self._new)))
            self._new.clear()

    def __contains__(self, id: object) -> bool:
        if id in self._new:
            return True
        if not isinstance(id, bytes):
            return False
        self._merge()
        return any(BlobId(id) in run for run in self._runs)

    def __iter__(self) -> Iterator[BlobId]:
        """The ids, sorted. Nothing may be added meanwhile."""
        self._merge()
        yield from _once(heapq.merge(*self._runs, sorted(self._new)))

    def _end(self) -> int:
        return self._runs[-1].end if self._runs else 0

    def _merge(self) -> None:
        """Make one run of all."""
        if len(self._runs) < 2 or self._file is None:
            return
        file = tempfile.TemporaryFile()  # noqa: SIM115 closed by `close`
        try:
            self._runs = [_Run(file, 0, _once(heapq.merge(*self._runs)))]
        except BaseException:
            file.close()
            raise
        self._file.close()
        self._file = file

    def close(self) -> None:
        """Forget everything."""
        self._new.clear()
        self._runs.clear()
        if self._file is not None:
            self._file.close()


def _once(ids: Iterable[BlobId]) -> Iterator[BlobId]:
    """Give each of what is sorted once."""
    last = None
    for id in ids:
        if id != last:
            yield id
        last = id
