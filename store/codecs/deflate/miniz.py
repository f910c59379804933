"""The deflate streams of miniz, bit for bit, at its levels 1 and 6.

Source: RFC 1951 and the algorithm of miniz's tdefl, as in the Rust crate
miniz_oxide. The streams were compared with those of cramjam 2.14.0.

miniz remembers places in 16 bits, so that a chain may lead to a place 64 KiB later
than the one that was entered; this is kept.
"""

from collections import Counter

from assetstore.store.codecs.deflate.blocks import (
    DISTANCE,
    MATCH,
    STATIC_DISTANCES,
    STATIC_LITERALS,
    BlockWriter,
    dynamic_header,
    symbol_counts,
    trimmed,
)
from assetstore.store.codecs.deflate.blocks import extra_bits as extra
from assetstore.store.codecs.deflate.huffman import codes, moffat_lengths

_WINDOW = 1 << 15
_MASK = _WINDOW - 1
_WRAP = 0xFFFF
_SHORTEST = 3
_LONGEST = 258
_FAR = 8 << 10
_ENOUGH = 128  # a match as long as this is not delayed
_CHUNK = 4096  # what level 1 reads at once; no match goes beyond
_BUFFER = (64 << 10) - 8
_OUTPUT = 32 << 10  # what the caller of miniz takes at once, in cramjam
_CHECKED = 31 << 10
_PROBES = (44, 12)  # level 6: plainly, and after a match of 32 or more


def compress(raw: bytes, *, level: int, flush: bool) -> bytes:
    """A raw deflate stream, as miniz makes it of ``raw`` given all at once.

    Args:
        raw: What to compress.
        level: 1 or 6.
        flush: Whether a sync flush comes before the end.

    Raises:
        ValueError: The level is another.
    """
    if level not in (1, 6):
        raise ValueError(f"no such level: {level}")
    encoder = _MinizEncoder(raw)
    if level == 1:
        encoder.fast()
    else:
        encoder.normal()
    return encoder.finish(flush)


class _MinizEncoder:
    def __init__(self, raw: bytes):
        self._raw = raw
        self._writer = BlockWriter(raw, 0)
        self._tokens: list[int] = []
        self._start = 0  # of the block
        self._told = 0  # bytes that its tokens stand for
        self._held = 0  # bytes of the window
        self._matches = 0

    def finish(self, flush: bool) -> bytes:
        if flush:
            if self._told:
                self._block(last=False)
            self._writer.stored(0, 0, last=False)
        self._block(last=True)
        return self._writer.finish()

    def _literal(self, byte: int) -> None:
        self._tokens.append(byte)
        self._told += 1

    def _match(self, length: int, distance: int) -> None:
        self._tokens.append(MATCH - _SHORTEST + length | distance << DISTANCE)
        self._told += length
        self._matches += 1

    def _buffered(self) -> int:
        """Bytes in miniz's buffer of tokens, with a byte of flags for each eight."""
        count = len(self._tokens)
        return count + 2 * self._matches + 1 + count // 8

    def fast(self) -> None:
        """Level 1: one place is tried, and a match is taken at once."""
        raw = self._raw
        heads = [0] * 4096
        at = 0
        space = _OUTPUT - 2  # the stream's header of zlib goes first
        while at < len(raw):
            end = min(at + _CHUNK, len(raw))
            self._held = min(self._held, _WINDOW - (end - at))
            while at < end:
                length = 1
                if end - at >= 4:
                    three = int.from_bytes(raw[at : at + 3], "little")
                    key = (three ^ three >> 17) & 4095
                    distance = (at - heads[key]) & _WRAP
                    heads[key] = at & _WRAP
                    if 0 < distance <= self._held:
                        length = _common(
                            raw, at - distance, at, min(end - at, _LONGEST)
                        )
                        if length == _SHORTEST and distance >= _FAR:
                            length = 1
                if length >= _SHORTEST:
                    self._match(length, distance)
                else:
                    length = 1
                    self._literal(raw[at])
                at += length
                self._held = min(self._held + length, _WINDOW)
                if self._buffered() > _BUFFER:
                    written = self._writer.size
                    self._block(last=False)
                    space -= self._writer.size - written
                    if space < 0:  # miniz returns, and reads on when called again
                        space = _OUTPUT
                        break

    def normal(self) -> None:
        """Level 6: chains are searched, and a match waits for a longer one."""
        raw = self._raw
        size = len(raw)
        heads = [0] * _WINDOW
        chain = [0] * _WINDOW
        entered = at = 0
        kept = kept_distance = 0  # the match that waits, at the byte before
        while at < size:
            ahead = min(_LONGEST, size - at)
            while entered < at + ahead - 2:
                key = raw[entered] << 10 ^ raw[entered + 1] << 5 ^ raw[entered + 2]
                key &= _MASK
                chain[entered & _MASK] = heads[key]
                heads[key] = entered & _WRAP
                entered += 1
            self._held = min(self._held, _WINDOW - ahead)
            length, distance = self._longest(chain, at, ahead, kept or 2)
            if (length == _SHORTEST and distance >= _FAR) or at & _MASK == distance:
                length = distance = 0
            step = 1
            if kept and length <= kept:
                self._match(kept, kept_distance)
                step = kept - 1
                kept = 0
            else:
                if kept:
                    self._literal(raw[at - 1])
                if not distance:
                    self._literal(raw[at])
                elif length >= _ENOUGH:
                    self._match(length, distance)
                    step = length
                    kept = 0
                else:
                    kept, kept_distance = length, distance
            at += step
            self._held = min(self._held + step, _WINDOW)
            buffered = self._buffered()
            if buffered > _BUFFER or (
                self._told > _CHECKED and buffered * 115 >> 7 >= self._told
            ):
                self._block(last=False, at=at)
        if kept:
            self._match(kept, kept_distance)

    def _longest(
        self, chain: list[int], at: int, ahead: int, length: int
    ) -> tuple[int, int]:
        """A match longer than ``length``, and its distance, or 0."""
        raw, held = self._raw, self._held
        found = 0
        if length >= ahead:
            return length, found
        left = _PROBES[length >= 32]
        tail = raw[at + length - 1 : at + length + 1]
        first = raw[at : at + 2]
        place = at
        while True:
            left -= 1
            if not left:
                return length, found
            # A probe follows the chain up to three places, as the macro written three
            # times in a row does, and ends at the first that agrees at the end.
            for _ in range(3):
                place = chain[place & _MASK]
                distance = (at - place) & _WRAP
                if not place or distance > held:
                    return length, found
                other = at - distance
                if raw[other + length - 1 : other + length + 1] == tail:
                    break
            else:
                continue
            if not distance:
                return length, found
            if raw[other : other + 2] != first:
                continue
            common = _common(raw, other, at, ahead)
            if common > length:
                length, found = common, distance
                if length == ahead:
                    return length, found
                tail = raw[at + length - 1 : at + length + 1]

    def _block(self, last: bool, at: int | None = None) -> None:
        """Write the tokens as a block; store it if they take as many bytes."""
        tokens, start, told = self._tokens, self._start, self._told
        at = start + told if at is None else at
        counts = Counter(tokens)
        if told < 48:
            digits = self._writer.digits(
                "10", "", counts, tokens, STATIC_LITERALS, STATIC_DISTANCES, last
            )
        else:
            literals, distances = symbol_counts(counts)
            literal_lengths = moffat_lengths(literals, 15)
            distance_lengths = moffat_lengths(distances, 15)
            digits = self._writer.digits(
                "01",
                _header(literal_lengths, distance_lengths),
                counts,
                tokens,
                codes(literal_lengths),
                codes(distance_lengths),
                last,
            )
        full = told > 32 and self._writer.whole(digits) + 1 >= told
        if full and at - start <= self._held:
            self._writer.stored(start, start + told, last)
        else:
            self._writer.put(digits)
        tokens.clear()
        self._start += told
        self._told = self._matches = 0


def _common(raw: bytes, other: int, at: int, most: int) -> int:
    """Count the bytes that are alike at two places."""
    length = 0
    while length < most and raw[other + length] == raw[at + length]:
        length += 1
    return length


def _header(literals: list[int], distances: list[int]) -> str:
    """A dynamic block's code lengths, as miniz sends them."""
    literals = trimmed(literals, 257)
    distances = trimmed(distances, 1)
    runs = _runs(literals + distances)
    return dynamic_header(len(literals), len(distances), runs, moffat_lengths)


def _runs(lengths: list[int]) -> list[tuple[int, str]]:
    """Code lengths as symbols with extra bits; runs pass from table to table."""
    runs: list[tuple[int, str]] = []
    before = -1
    at = 0
    while at < len(lengths):
        length = lengths[at]
        if length and length != before:
            runs.append((length, ""))
            before = length
            at += 1
            continue
        most = 6 if length else 138
        end = at + 1
        while end < len(lengths) and end - at < most and lengths[end] == length:
            end += 1
        count = end - at
        if count < 3:
            runs += [(length, "")] * count
        elif length:
            runs.append((16, extra(count - 3, 2)))
        elif count <= 10:
            runs.append((17, extra(count - 3, 3)))
        else:
            runs.append((18, extra(count - 11, 7)))
        before = length
        at = end
    return runs
