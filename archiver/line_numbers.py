"""On which line of a document something stands."""

import stringzilla as sz

from assetstore.files.source import Source


class LineCounter:
    """Numbers the lines of a document, for offsets that are asked for in order.

    Args:
        source: The document. It is read, up to the last offset, once.
    """

    def __init__(self, source: Source):
        self._source = source
        self._at = 0
        self._line = 1

    def of(self, offset: int) -> int:
        """The number of the line that an offset is in, from 1."""
        for piece in self._source.pieces(self._at, offset):
            self._line += sz.count(piece, b"\n")
        self._at = max(self._at, offset)
        return self._line
