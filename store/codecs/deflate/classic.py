"""The deflate streams of classic zlib, bit for bit.

Source: RFC 1951 and the behaviour of zlib's deflate.c, as observed.
"""

from collections.abc import Iterator

from assetstore.store.codecs.deflate.blocks import DISTANCE, FIXED, MATCH, BlockWriter

DEFAULT, FILTERED, HUFFMAN, RLE = range(4)

_SHORTEST = 3
_LONGEST = 258
_AHEAD = _LONGEST + _SHORTEST + 1
_TOO_FAR = 4096
_PIECE = 1 << 16

# For each level: the match from which the search is cut to a quarter, the one
# from which it is not delayed (or, up to level 3, not entered in the chains),
# the one that ends a search, and the longest chain that is searched.
_LEVELS = (
    (0, 0, 0, 0),
    (4, 4, 8, 4),
    (4, 5, 16, 8),
    (4, 6, 32, 32),
    (4, 4, 16, 16),
    (8, 16, 32, 32),
    (8, 16, 128, 128),
    (8, 32, 128, 256),
    (32, 128, 258, 1024),
    (32, 258, 258, 4096),
)


def compress(
    raw: bytes, *, level: int, mem_level: int, strategy: int, window_bits: int = 15
) -> bytes:
    """A raw deflate stream, as zlib makes it of ``raw`` given all at once.

    Args:
        raw: What to compress.
        level: 1 to 9.
        mem_level: 1 to 9.
        strategy: `DEFAULT`, `FILTERED`, `HUFFMAN`, `RLE` or `FIXED`.
        window_bits: 8 to 15; zlib takes 8 for 9.

    Raises:
        ValueError: A parameter is out of its range.
    """
    if not 1 <= level <= 9:
        raise ValueError(f"no such level: {level}")
    if not 1 <= mem_level <= 9:
        raise ValueError(f"no such memory level: {mem_level}")
    if not DEFAULT <= strategy <= FIXED:
        raise ValueError(f"no such strategy: {strategy}")
    if not 8 <= window_bits <= 15:
        raise ValueError(f"no such window: {window_bits}")
    encoder = _Encoder(raw, level, mem_level, strategy, max(9, window_bits))
    if strategy == HUFFMAN:
        encoder.literals()
    elif strategy == RLE:
        encoder.runs()
    elif level <= 3:
        encoder.greedy()
    else:
        encoder.lazy()
    return encoder.writer.finish()


class _Encoder:
    def __init__(
        self, raw: bytes, level: int, mem_level: int, strategy: int, window_bits: int
    ):
        self.writer = BlockWriter(raw, strategy)
        self._raw = raw
        self._good, self._lazy, self._nice, self._chain = _LEVELS[level]
        self._filtered = strategy == FILTERED
        self._window = 1 << window_bits
        self._hash_bits = mem_level + 7
        self._limit = (1 << (mem_level + 6)) - 1  # tokens in a block
        self._tokens: list[int] = []
        self._start = 0  # of the block
        self._base = 0  # of the window

    def _edge(self, ahead: int) -> int:
        """Where zlib next moves its window.

        Args:
            ahead: It reads on where no more bytes than this are left.
        """
        end = self._base + 2 * self._window
        return max(end - _AHEAD, min(len(self._raw), end) - ahead)

    def _flush(self, at: int, last: bool = False) -> None:
        self.writer.write(
            self._tokens,
            self._start,
            at,
            storable=self._start >= self._base,
            last=last,
        )
        self._tokens.clear()
        self._start = at

    def literals(self) -> None:
        """No matches at all."""
        raw, limit = self._raw, self._limit
        edge = self._edge(0)
        for at in range(limit, len(raw) + 1, limit):
            if edge < at:
                self._base += self._window
                edge = self._edge(0)
            self._tokens.extend(raw[at - limit : at])
            self._flush(at)
        if edge <= len(raw):
            self._base += self._window
        self._tokens.extend(raw[self._start :])
        self._flush(len(raw), last=True)

    def runs(self) -> None:
        """Only matches with the byte before."""
        raw, limit, tokens = self._raw, self._limit, self._tokens
        size = len(raw)
        match = MATCH - _SHORTEST + (1 << DISTANCE)
        edge = self._edge(_LONGEST)
        at = 0
        while at < size:
            if at >= edge:
                self._base += self._window
                edge = self._edge(_LONGEST)
            byte = raw[at]
            length = 0
            if at and raw[at - 1] == byte and raw[at : at + 3] == bytes([byte]) * 3:
                run = raw[at : at + _LONGEST]
                length = len(run) - len(run.lstrip(run[:1]))
            if length:
                tokens.append(match + length)
                at += length
            else:
                tokens.append(byte)
                at += 1
            if len(tokens) == limit:
                self._flush(at)
        if at >= edge:
            self._base += self._window
        self._flush(size, last=True)

    def _hashes(self) -> Iterator[int]:
        """For each place with three bytes: which chain it belongs to."""
        raw, bits = self._raw, self._hash_bits
        shift = (bits + 2) // 3
        mask = (1 << bits) - 1
        first = [byte << 2 * shift & mask for byte in range(256)]
        second = [byte << shift & mask for byte in range(256)]
        for at in range(0, len(raw) - 2, _PIECE):
            piece = raw[at : at + _PIECE + 2]
            for a, b, c in zip(piece, piece[1:], piece[2:], strict=False):
                yield first[a] ^ second[b] ^ c

    def lazy(self) -> None:
        raw, limit, tokens = self._raw, self._limit, self._tokens
        size = len(raw)
        mask = self._window - 1
        max_distance = self._window - _AHEAD
        max_chain, good, lazy, nice = self._chain, self._good, self._lazy, self._nice
        filtered = self._filtered
        heads = [-1] * (1 << self._hash_bits)
        chain = []
        for at, key in enumerate(self._hashes()):
            chain.append(heads[key])
            heads[key] = at
        chain += [-1] * (size - len(chain))
        base = 0
        edge = self._edge(_AHEAD - 1)
        at = 0
        length = 2
        start = 0
        available = False
        while True:
            if at >= edge:
                self._base = base = base + self._window
                edge = self._edge(_AHEAD - 1)
            if at >= size:
                break
            before, before_start = length, start
            length = 2
            other = chain[at]
            if other > base and before < lazy and at - other <= max_distance:
                length = before
                ahead = min(size - at, _LONGEST)
                enough = min(nice, ahead)
                left = max_chain >> 2 if before >= good else max_chain
                far = max(at - max_distance, base)
                if length < ahead:
                    prefix = raw[at : at + length + 1]
                    tail = raw[at + length]
                    while True:
                        if (
                            raw[other + length] == tail
                            and raw[other : other + length + 1] == prefix
                        ):
                            start = other
                            length += 1
                            while (
                                length < ahead
                                and raw[other + length] == raw[at + length]
                            ):
                                length += 1
                            if length >= enough:
                                break
                            prefix = raw[at : at + length + 1]
                            tail = raw[at + length]
                        other = chain[other]
                        left -= 1
                        if other <= far or not left:
                            break
                if length > ahead:
                    length = ahead
                if length <= 5 and (
                    filtered or (length == 3 and at - start > _TOO_FAR)
                ):
                    length = 2
            if before >= 3 and length <= before:
                tokens.append(MATCH - 3 + before | at - 1 - before_start << DISTANCE)
                at += before - 1
                available = False
                length = 2
                if len(tokens) == limit:
                    self._flush(at)
            elif available:
                tokens.append(raw[at - 1])
                if len(tokens) == limit:
                    self._flush(at)
                at += 1
            else:
                available = True
                at += 1
        if available:
            tokens.append(raw[size - 1])
        self._flush(size, last=True)

    def greedy(self) -> None:
        raw, limit, tokens = self._raw, self._limit, self._tokens
        size = len(raw)
        max_distance = self._window - _AHEAD
        max_chain, longest_entered, nice = self._chain, self._lazy, self._nice
        heads = [-1] * (1 << self._hash_bits)
        keys = list(self._hashes())
        chain = [-1] * size
        base = 0
        edge = self._edge(_AHEAD - 1)
        at = 0
        start = 0
        while True:
            if at >= edge:
                self._base = base = base + self._window
                edge = self._edge(_AHEAD - 1)
            if at >= size:
                break
            length = 2
            if at < size - 2:
                key = keys[at]
                other = chain[at] = heads[key]
                heads[key] = at
                if other > base and at - other <= max_distance:
                    ahead = min(size - at, _LONGEST)
                    enough = min(nice, ahead)
                    left = max_chain
                    far = max(at - max_distance, base)
                    prefix = raw[at : at + length + 1]
                    tail = raw[at + length]
                    while True:
                        if (
                            raw[other + length] == tail
                            and raw[other : other + length + 1] == prefix
                        ):
                            start = other
                            length += 1
                            while (
                                length < ahead
                                and raw[other + length] == raw[at + length]
                            ):
                                length += 1
                            if length >= enough:
                                break
                            prefix = raw[at : at + length + 1]
                            tail = raw[at + length]
                        other = chain[other]
                        left -= 1
                        if other <= far or not left:
                            break
            if length >= 3:
                tokens.append(MATCH - 3 + length | at - start << DISTANCE)
                end = at + length
                if length <= longest_entered and end <= size - 3:
                    for inside in range(at + 1, end):
                        key = keys[inside]
                        chain[inside] = heads[key]
                        heads[key] = inside
                at = end
            else:
                tokens.append(raw[at])
                at += 1
            if len(tokens) == limit:
                self._flush(at)
        self._flush(size, last=True)
