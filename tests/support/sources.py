"""A document in memory, which is read by position."""

from collections.abc import Iterator

from assetstore.files.source import CHUNK


class BytesSource:
    """Bytes, as `RandomAccess`."""

    def __init__(self, data: bytes, name: str = "memory"):
        self.name, self.size = name, len(data)
        self._data = data

    def read_into(self, view: memoryview, offset: int) -> int:
        """Fill ``view`` from ``offset``; fewer bytes only at the end."""
        part = self._data[offset : offset + len(view)]
        view[: len(part)] = part
        return len(part)

    def read(self, offset: int, length: int) -> bytes:
        """Read up to ``length`` bytes from ``offset``."""
        return self._data[offset : offset + length]

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Read from ``start`` to ``end`` in pieces of at most 1 MiB."""
        for at in range(start, min(end, self.size), CHUNK):
            yield self._data[at : min(end, at + CHUNK)]
