"""Whether an encoder can have made a stream, told by the stream's first tokens.

Encoders that differ in what they search for choose other matches after a few hundred
bytes. So an encoder gets as many scanlines as the first tokens of the stream stand
for, and a few more, since none looks further ahead; what it makes of them must begin
with these tokens, though the Huffman code is another one.
"""

import zlib
from collections.abc import Callable, Hashable

import numpy as np

from assetstore.store.codecs.bits import (
    BitReader,
    BitWriter,
    Codebook,
    fixed_lengths,
    read_lengths,
)
from assetstore.store.codecs.inflate import Opening, opening

# How many matches, and bytes, are compared: a few, then more.
_FEW = 200, 16 << 10
_MORE = 3000, 192 << 10
# No encoder's choice depends on what is further ahead: miniz reads 4096 bytes at once.
_AHEAD = 6 << 10
# A stream's beginning that holds so many tokens.
_HEAD = 24 << 10
# What is stored though it becomes so much smaller, no encoder tried to compress.
_SHRINKS = 0.8


class Trial:
    """A stream, and how its beginning is compared with what encoders make.

    Attributes:
        stream: The stream.
        raw: The scanlines that it holds.
        row: Bytes of one of them.
    """

    def __init__(self, stream: bytes, raw: bytes, row: int):
        self.stream = stream
        self.raw = raw
        self.row = row
        known = opening(stream[:_HEAD], _MORE[0])
        self._opening = known if known is not None and known.size <= len(raw) else None
        self._cuts: dict[int, bytes] = {}
        self._begins: dict[Hashable, bool] = {}
        self._differ = 0

    @property
    def only_runs(self) -> bool:
        """Tell whether all matches, as far as is known, repeat the byte before."""
        known = self._opening
        return known is None or bool((known.distances == 1).all())

    @property
    def is_plain(self) -> bool:
        """Tell whether the first block is stored though it could be compressed."""
        known = self._opening
        if known is None or not known.stored:
            return False
        part = self.raw[: known.size]
        return len(zlib.compress(part, 1)) < len(part) * _SHRINKS

    def begins(self, name: Hashable, compress: Callable[[bytes], bytes]) -> bool:
        """Tell whether an encoder chooses the first tokens; True: it cannot be told.

        Args:
            name: What encoders that choose alike are called; one of them is tried.
            compress: Makes a whole zlib stream.
        """
        if name not in self._begins:
            self._begins[name] = self._is_alike(compress)
        return self._begins[name]

    def _is_alike(self, compress: Callable[[bytes], bytes]) -> bool:
        known = self._opening
        if known is None or known.stored:
            return True
        few, more = _first(known, *_FEW), _first(known, *_MORE)
        return (few.size == more.size or self._chooses(few, compress)) and (
            self._chooses(more, compress)
        )

    def _chooses(self, known: Opening, compress: Callable[[bytes], bytes]) -> bool:
        end = -(-(known.size + _AHEAD) // self.row) * self.row
        made = compress(self.raw[:end])
        bits = BitReader(made)
        bits.take(17)
        kind = bits.take(2)
        if kind == 0:
            return True
        book = Codebook(*(fixed_lengths() if kind == 1 else read_lengths(bits)))
        wanted = self._written(known, book, bits.at & 7)
        if wanted is None:
            return False
        first = bits.at >> 3
        here = bytearray(made[first : first + len(wanted)])
        if not here:
            return False
        here[0] &= -1 << (bits.at & 7) & 0xFF
        return bytes(here[:-1]) == wanted[:-1]

    def is_made(self, made: bytes) -> bool:
        """Tell whether an encoder made the stream; remember where it did not."""
        if made == self.stream:
            return True
        size = min(len(made), len(self.stream))
        differ = np.frombuffer(made, np.uint8, size) != np.frombuffer(
            self.stream, np.uint8, size
        )
        self._differ = int(differ.argmax()) if differ.any() else size
        return False

    def cut(self, size: int) -> bytes | None:
        """The scanlines of the beginning that another encoder failed at.

        Args:
            size: How many bytes of the stream beyond that place hold them.

        Returns:
            None where none failed yet, or these would be most scanlines.
        """
        known = self._opening
        told = known is not None and not known.stored
        if told and not self._differ:
            return None
        if len(self.stream) < 2 * (end := self._differ + size):
            return None
        if end not in self._cuts:
            have = len(zlib.decompressobj().decompress(self.stream[:end]))
            self._cuts = {end: self.raw[: max(have // self.row, 1) * self.row]}
        return self._cuts[end]

    def _written(self, known: Opening, book: Codebook, shift: int) -> bytes | None:
        """Tokens in another Huffman code; None where it lacks one."""
        starts = np.cumsum(known.runs + known.lengths) - known.lengths
        data = np.frombuffer(self.raw, np.uint8, known.size)
        literal = np.ones(known.size, np.int8)
        # A match takes its first two places.
        edges = np.zeros(known.size + 1, np.int8)
        edges[starts] = 1
        edges[starts + known.lengths] -= 1
        literal -= np.cumsum(edges[:-1], dtype=np.int8)
        fields, widths = book.literal[data], book.literal_width[data]
        fields[starts], widths[starts] = book.lengths(known.lengths)
        fields[starts + 1], widths[starts + 1] = book.distances(known.distances)
        literal[starts] = literal[starts + 1] = 1
        chosen = literal.view(np.bool_)
        widths = widths[chosen]
        if not widths.all():
            return None
        writer = BitWriter()
        writer.put(0, shift)
        writer.put_all(fields[chosen], widths)
        return writer.finish()


def _first(known: Opening, matches: int, size: int) -> Opening:
    """The first matches of an opening, and no more bytes than there may be."""
    ends = np.cumsum(known.runs + known.lengths)
    count = max(1, min(matches, int(np.searchsorted(ends, size, "right"))))
    if count >= len(ends):
        return known
    return Opening(
        stored=False,
        runs=known.runs[:count],
        lengths=known.lengths[:count],
        distances=known.distances[:count],
        size=int(ends[count - 1]),
    )
