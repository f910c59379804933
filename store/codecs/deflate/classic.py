"""The deflate streams of classic zlib, bit for bit.

Source: RFC 1951 and the algorithm of zlib's deflate.c and trees.c: hash chains,
lazy matches, a window of twice its size that moves by half. The streams were
compared with those of zlib 1.2.13. By their sources, 1.2.11 to 1.3.1 choose the
same matches, blocks and codes, except that 1.2.11 may store or code a block
differently with the strategy `FIXED`. Builds with other hashes or matchers
(zlib-ng, Chromium's, Cloudflare's, Intel's) are not classic in this sense.

Level 0 is missing: where zlib cuts stored blocks depends on its caller's buffers.
"""

from array import array
from bisect import bisect_left, bisect_right

from assetstore.store.codecs.deflate.blocks import DISTANCE, FIXED, MATCH, BlockWriter

DEFAULT, FILTERED, HUFFMAN, RLE = range(4)

_SHORTEST = 3
_LONGEST = 258
_AHEAD = _LONGEST + _SHORTEST + 1
_TOO_FAR = 4096
_PIECE = 1 << 16
_FORGET = 1 << 19
# Places looked at one by one at first: all that `greedy` looks at, whose chains lack
# some of the places that a search of the window finds.
_WALK = 32
_DENSE = 16  # bytes that are searched in the time of looking at one place

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
    encoder = _ClassicEncoder(raw, level, mem_level, strategy, max(9, window_bits))
    if strategy == HUFFMAN:
        encoder.literals()
    elif strategy == RLE:
        encoder.runs()
    elif level <= 3:
        encoder.greedy()
    else:
        encoder.lazy()
    return encoder.writer.finish()


class _ClassicEncoder:
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
        """Return where zlib next moves its window.

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

    def _hashes(self) -> "array[int]":
        """For each place with three bytes: which chain it belongs to."""
        raw, bits = self._raw, self._hash_bits
        shift = (bits + 2) // 3
        mask = (1 << bits) - 1
        first = [byte << 2 * shift & mask for byte in range(256)]
        second = [byte << shift & mask for byte in range(256)]
        keys = array("H")
        for at in range(0, len(raw) - 2, _PIECE):
            piece = raw[at : at + _PIECE + 2]
            triples = zip(piece, piece[1:], piece[2:], strict=False)
            keys.extend([first[a] ^ second[b] ^ c for a, b, c in triples])
        return keys

    def _slide(self, chains: list[list[int]]) -> None:
        """Move the window; now and then, forget what it has left behind."""
        self._base += self._window
        if self._base % _FORGET == 0:
            for places in chains:
                del places[: bisect_left(places, self._base)]

    def greedy(self) -> None:
        """Take each match at once; few places inside matches are entered."""
        raw, limit, tokens = self._raw, self._limit, self._tokens
        size = len(raw)
        max_distance = self._window - _AHEAD
        max_chain, longest_entered, nice = self._chain, self._lazy, self._nice
        chains: list[list[int]] = [[] for _ in range(1 << self._hash_bits)]
        keys = self._hashes()
        edge = self._edge(_AHEAD - 1)
        base = at = start = 0
        while True:
            if at >= edge:
                self._slide(chains)
                base = self._base
                edge = self._edge(_AHEAD - 1)
            if at >= size:
                break
            length = 2
            if at < size - 2:
                places = chains[keys[at]]
                if places and (last := places[-1]) > base and at - last <= max_distance:
                    far = max(at - max_distance, base)
                    length, start = _longest(raw, at, places, far, max_chain, 2, nice)
                places.append(at)
            if length >= 3:
                tokens.append(MATCH - 3 + length | at - start << DISTANCE)
                end = at + length
                if length <= longest_entered and end <= size - 3:
                    for inside in range(at + 1, end):
                        chains[keys[inside]].append(inside)
                at = end
            else:
                tokens.append(raw[at])
                at += 1
            if len(tokens) == limit:
                self._flush(at)
        self._flush(size, last=True)

    def lazy(self) -> None:
        """Take a match only if none that begins a byte later is longer."""
        raw, limit, tokens = self._raw, self._limit, self._tokens
        size = len(raw)
        max_distance = self._window - _AHEAD
        max_chain, good, lazy, nice = self._chain, self._good, self._lazy, self._nice
        shortest = 6 if self._filtered else 3
        chains: list[list[int]] = [[] for _ in range(1 << self._hash_bits)]
        keys = self._hashes()
        edge = self._edge(_AHEAD - 1)
        base = at = start = 0
        length = 2
        available = False  # the byte before is not yet told
        while True:
            if at >= edge:
                self._slide(chains)
                base = self._base
                edge = self._edge(_AHEAD - 1)
            if at >= size:
                break
            before, before_start = length, start
            length = 2
            if at < size - 2:
                places = chains[keys[at]]
                if (
                    before < lazy
                    and places
                    and (last := places[-1]) > base
                    and at - last <= max_distance
                ):
                    far = max(at - max_distance, base)
                    left = max_chain >> 2 if before >= good else max_chain
                    length, start = _longest(raw, at, places, far, left, before, nice)
                    if length < shortest or (length == 3 and at - start > _TOO_FAR):
                        length = 2
                places.append(at)
            if before >= 3 and length <= before:
                tokens.append(MATCH - 3 + before | at - 1 - before_start << DISTANCE)
                end = at - 1 + before
                for inside in range(at + 1, min(end, size - 2)):
                    chains[keys[inside]].append(inside)
                at = end
                available = False
                length = 2
                if len(tokens) == limit:
                    self._flush(at)
                continue
            if available:
                tokens.append(raw[at - 1])
                if len(tokens) == limit:
                    self._flush(at)
            available = True
            at += 1
        if available:
            tokens.append(raw[size - 1])
        self._flush(size, last=True)


def _longest(
    raw: bytes, at: int, places: list[int], far: int, left: int, length: int, nice: int
) -> tuple[int, int]:
    """The longest match at a place, the nearest of several.

    Args:
        raw: What is compressed.
        at: Where the match shall begin.
        places: Where bytes with the same hash stand, the nearest last, which is
            always looked at.
        far: Places up to here, but for the nearest, are out of reach.
        left: How many places may be looked at.
        length: What a match has to exceed.
        nice: The length that ends the search.

    Returns:
        The length and where the match begins; (``length``, 0) if none is longer.
    """
    ahead = min(len(raw) - at, _LONGEST)
    if length >= ahead:
        return length, 0
    if nice > ahead:
        nice = ahead
    start = 0
    wanted = raw[at : at + length + 1]
    tail = wanted[length]
    end = len(places)
    begin = max(0, end - left)
    walked = max(begin, end - _WALK)
    while True:
        for other in places[walked:end][::-1]:
            if (
                raw[other + length] == tail
                and raw[other : other + length + 1] == wanted
            ):
                if other <= far and other != places[-1]:
                    return length, start
                start = other
                length += 1
                while length < ahead and raw[other + length] == raw[at + length]:
                    length += 1
                if length >= nice:
                    return length, start
                wanted = raw[at : at + length + 1]
                tail = wanted[length]
        if walked == begin:
            return length, start
        end = walked
        begin = bisect_right(places, far, begin, end)
        if end == begin:
            return length, start
        nearest, farthest = places[end - 1], places[begin]
        if end - begin > (nearest - farthest) // _DENSE:
            break
        walked = begin
    # All that is left begins with the same bytes, so that a search finds it too.
    while True:
        other = raw.rfind(wanted, farthest, nearest + length + 1)
        if other < 0:
            return length, start
        start = nearest = other
        length += 1
        while length < ahead and raw[other + length] == raw[at + length]:
            length += 1
        if length >= nice:
            return length, start
        wanted = raw[at : at + length + 1]
