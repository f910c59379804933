"""Deflate blocks: which of the three kinds zlib chooses, and their bits.

A token is an int: a literal's byte, or a match as ``256 + length - 3`` with its
distance shifted left by `DISTANCE`. Source: RFC 1951, section 3.2.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from assetstore.store.codecs.deflate.huffman import code_lengths, codes

DISTANCE = 9
MATCH = 256
FIXED = 4
_MASK = (1 << DISTANCE) - 1
_END = 256
LENGTH_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_REPEAT_BITS = {16: 2, 17: 3, 18: 7}


def extra_bits(value: int, bits: int) -> str:
    """Extra bits as they are sent: the lowest first."""
    return f"{value:0{bits}b}"[::-1] if bits else ""


def _length_table() -> list[tuple[int, str]]:
    """For each length from 3: its symbol and extra bits."""
    table: list[tuple[int, str]] = []
    for code in range(28):
        bits = max(0, code // 4 - 1)
        table += [(257 + code, extra_bits(value, bits)) for value in range(1 << bits)]
    table[255] = (285, "")
    return table


_LENGTHS = _length_table()
_LITERAL_EXTRA = [0] * 257 + [max(0, code // 4 - 1) for code in range(28)] + [0]
_DISTANCE_EXTRA = [max(0, code // 2 - 1) for code in range(30)]
_STATIC_LENGTHS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8
STATIC_LITERALS = codes(_STATIC_LENGTHS)
STATIC_DISTANCES = [f"{code:05b}" for code in range(30)]


def _distance(distance: int) -> tuple[int, int, int]:
    """A distance's symbol, extra bits' value and count."""
    rest = distance - 1
    if rest < 4:
        return rest, 0, 0
    bits = rest.bit_length() - 2
    return 2 * bits + (rest >> bits), rest & ((1 << bits) - 1), bits


class BlockWriter:
    """Writes blocks one after the other.

    Args:
        raw: What is compressed.
        strategy: zlib's; only `FIXED` matters here.
    """

    def __init__(self, raw: bytes, strategy: int):
        self._raw = raw
        self._fixed = strategy == FIXED
        self._out = bytearray()
        self._bits = ""  # fewer than 8, not yet in _out

    def write(
        self, tokens: Sequence[int], start: int, end: int, *, storable: bool, last: bool
    ) -> None:
        """One block, of the kind that is smallest by zlib's reckoning.

        Args:
            tokens: What the block says.
            start: Where in ``raw`` that begins.
            end: Where it ends.
            storable: Whether zlib's window still holds all of it.
            last: Whether the stream ends with it.
        """
        counts = Counter(tokens)
        literals, distances = symbol_counts(counts)
        literal_lengths = code_lengths(literals, 15)
        distance_lengths = code_lengths(distances, 15)
        header = _header(literal_lengths, distance_lengths)
        extra = _cost(literals, _LITERAL_EXTRA) + _cost(distances, _DISTANCE_EXTRA)
        dynamic = len(header) + extra
        dynamic += _cost(literals, literal_lengths)
        dynamic += _cost(distances, distance_lengths)
        static = extra + _cost(literals, _STATIC_LENGTHS) + 5 * sum(distances)
        dynamic_size = (dynamic + 10) >> 3
        static_size = (static + 10) >> 3
        is_static = static_size <= dynamic_size or self._fixed
        size = static_size if is_static else dynamic_size
        if storable and end - start + 4 <= size:
            self.stored(start, end, last)
            return
        if is_static:
            digits = self.digits(
                "10", "", counts, tokens, STATIC_LITERALS, STATIC_DISTANCES, last
            )
        else:
            digits = self.digits(
                "01",
                header,
                counts,
                tokens,
                codes(literal_lengths),
                codes(distance_lengths),
                last,
            )
        self.put(digits)

    def finish(self) -> bytes:
        """The whole stream; the last byte is filled with zeros."""
        self.put("0" * (-len(self._bits) % 8))
        return bytes(self._out)

    def put(self, digits: str) -> None:
        """Send bits."""
        digits = self._bits + digits
        whole = len(digits) & ~7
        self._bits = digits[whole:]
        if whole:
            number = int(digits[whole - 1 :: -1], 2)
            self._out += number.to_bytes(whole >> 3, "little")

    @property
    def size(self) -> int:
        """Whole bytes sent so far."""
        return len(self._out)

    def whole(self, digits: str) -> int:
        """Count the whole bytes that could be sent with these bits."""
        return (len(self._bits) + len(digits)) >> 3

    def stored(self, start: int, end: int, last: bool) -> None:
        """A block of bytes as they are."""
        self.put("100" if last else "000")
        self.put("0" * (-len(self._bits) % 8))
        length = end - start
        self._out += length.to_bytes(2, "little")
        self._out += (length ^ 0xFFFF).to_bytes(2, "little")
        self._out += self._raw[start:end]

    def digits(
        self,
        kind: str,
        header: str,
        counts: Counter[int],
        tokens: Sequence[int],
        literals: Sequence[str],
        distances: Sequence[str],
        last: bool,
    ) -> str:
        """The bits of a block that is coded.

        Args:
            kind: The block's type, as sent.
            header: Its code lengths, as sent.
            counts: How often each token occurs.
            tokens: What the block says.
            literals: The codes of literals and lengths.
            distances: The codes of distances.
            last: Whether the stream ends with it.
        """
        digits: dict[int, str] = {}
        for token in counts:
            if token < MATCH:
                digits[token] = literals[token]
            else:
                symbol, extra = _LENGTHS[(token & _MASK) - MATCH]
                code, value, bits = _distance(token >> DISTANCE)
                digits[token] = (
                    literals[symbol] + extra + distances[code] + extra_bits(value, bits)
                )
        parts = ["1" if last else "0", kind, header]
        parts += map(digits.__getitem__, tokens)
        parts.append(literals[_END])
        return "".join(parts)


def symbol_counts(counts: Counter[int]) -> tuple[list[int], list[int]]:
    """Count how often each symbol of the two alphabets occurs."""
    literals = [0] * 286
    distances = [0] * 30
    literals[_END] = 1
    for token, count in counts.items():
        if token < MATCH:
            literals[token] = count
        else:
            literals[_LENGTHS[(token & _MASK) - MATCH][0]] += count
            distances[_distance(token >> DISTANCE)[0]] += count
    return literals, distances


def _cost(counts: Sequence[int], bits: Sequence[int]) -> int:
    return sum(map(int.__mul__, counts, bits))


def _header(literals: list[int], distances: list[int]) -> str:
    """A dynamic block's code lengths, as zlib sends them."""
    literals = trimmed(literals, 257)
    distances = trimmed(distances, 1)
    runs = _runs(literals) + _runs(distances)
    return dynamic_header(len(literals), len(distances), runs, code_lengths)


def dynamic_header(
    literals: int,
    distances: int,
    runs: Sequence[tuple[int, str]],
    assign: Callable[[list[int], int], list[int]],
) -> str:
    """The code lengths of a dynamic block, as sent (RFC 1951, section 3.2.7).

    Args:
        literals: How many literals and lengths have one.
        distances: How many distances have.
        runs: Them all, as symbols of the third alphabet with their extra bits.
        assign: Gives that alphabet's code lengths for its counts, and their limit.
    """
    counts = [0] * 19
    for symbol, _ in runs:
        counts[symbol] += 1
    lengths = assign(counts, 7)
    digits = codes(lengths)
    kept = 19
    while kept > 4 and not lengths[LENGTH_ORDER[kept - 1]]:
        kept -= 1
    parts = [extra_bits(literals - 257, 5), extra_bits(distances - 1, 5)]
    parts.append(extra_bits(kept - 4, 4))
    parts += (extra_bits(lengths[symbol], 3) for symbol in LENGTH_ORDER[:kept])
    for symbol, extra in runs:
        parts += (digits[symbol], extra)
    return "".join(parts)


def trimmed(lengths: list[int], least: int) -> list[int]:
    """Lengths without the zeros at the end, but at least so many."""
    end = len(lengths)
    while end > least and not lengths[end - 1]:
        end -= 1
    return lengths[:end]


def _runs(lengths: list[int]) -> list[tuple[int, str]]:
    """Code lengths as symbols of the third alphabet with their extra bits."""
    runs: list[tuple[int, str]] = []
    before = -1
    at = 0
    while at < len(lengths):
        length = lengths[at]
        if length:
            most, least = (6, 3) if length == before else (7, 4)
        else:
            most, least = 138, 3
        end = at + 1
        while end < len(lengths) and end - at < most and lengths[end] == length:
            end += 1
        count = end - at
        if count < least:
            runs += [(length, "")] * count
        elif length:
            if length != before:
                runs.append((length, ""))
                count -= 1
            runs.append((16, extra_bits(count - 3, 2)))
        elif count <= 10:
            runs.append((17, extra_bits(count - 3, 3)))
        else:
            runs.append((18, extra_bits(count - 11, 7)))
        before = length
        at = end
    return runs
