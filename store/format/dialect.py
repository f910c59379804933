r"""How a blob's bytes are spelt in a document, in a reversible way.

A dialect is a base (raw bytes, base64 or URL-safe base64), line breaks put into
that text, a table of bytes that are written in another way (``/`` as ``\/``,
``+`` as ``%2B``, ``<`` as ``%3C``) and a correction of the last few bytes (missing
or doubled padding, stray bits in the last quantum). Encoding a blob in a dialect
gives one text; a dialect is used only where that text is the document's own.

JSON in JSON needs no rule of its own: the table holds whatever stands there.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pybase64

Base = Literal["raw", "base64", "base64url"]

_PIECE = 3 << 17
_BREAK = b"\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One reversible spelling.

    Attributes:
        base: What the blob's bytes are turned into first.
        wrap: Characters in a line; 0: one line. Counted before ``subs``.
        first: Characters in the first line, which may follow a head.
        sep: What stands between two lines.
        subs: Pairs (byte of the base text, bytes written for it).
        cut: How many bytes of the finished text are dropped from its end.
        tail: What stands there instead.
    """

    base: Base = "base64"
    wrap: int = 0
    first: int = 0
    sep: bytes = b""
    subs: tuple[tuple[int, bytes], ...] = ()
    cut: int = 0
    tail: bytes = b""

    @property
    def plain(self) -> bool:
        """Tell whether this is unbroken padded base64, the common case."""
        return self == PLAIN

    def to_json(self) -> str | dict[str, Any]:
        """The JSON form: a name, or an object with what differs from it."""
        record: dict[str, Any] = {}
        if self.wrap:
            record["wrap"] = [self.first, self.wrap, self.sep.decode("latin-1")]
        if self.subs:
            record["subs"] = {chr(b): t.decode("latin-1") for b, t in self.subs}
        if self.cut or self.tail:
            record["tail"] = [self.cut, self.tail.decode("latin-1")]
        return {"base": self.base, **record} if record else self.base

    @classmethod
    def from_json(cls, record: Any) -> "Dialect":
        """Parse `to_json`'s form.

        Raises:
            ValueError: It is not such a form.
        """
        if isinstance(record, str):
            record = {"base": record}
        if not isinstance(record, dict) or not record.keys() <= _KEYS:
            raise ValueError("unknown dialect")
        base = record.get("base")
        first, wrap, sep = record.get("wrap", (0, 0, ""))
        cut, tail = record.get("tail", (0, ""))
        numbers = (first, wrap, cut)
        if base not in ("raw", "base64", "base64url") or not all(
            type(n) is int and 0 <= n < 1 << 40 for n in numbers
        ):
            raise ValueError("bad dialect")
        if bool(wrap) != bool(sep) or (first and not wrap):
            raise ValueError("bad line breaks in a dialect")
        subs = tuple(
            sorted((ord(b), _bytes(t)) for b, t in record.get("subs", {}).items())
        )
        if any(b > 255 for b, _ in subs):
            raise ValueError("bad table in a dialect")
        return cls(
            base=base,
            wrap=wrap,
            first=first,
            sep=_bytes(sep),
            subs=subs,
            cut=cut,
            tail=_bytes(tail),
        )

    def encode(self, pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
        """The text of a blob, in pieces.

        Args:
            pieces: The blob's bytes; each piece but the last has a length that
                is a multiple of three.
        """
        if self == PLAIN:
            for piece in pieces:
                yield pybase64.b64encode(piece)
            return
        text = self._substituted(self._broken(self._based(pieces)))
        yield from self._corrected(text) if self.cut or self.tail else text

    def _based(self, pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
        for piece in pieces:
            if self.base == "raw":
                yield bytes(piece)
            elif self.base == "base64":
                yield pybase64.b64encode(piece)
            else:
                yield pybase64.urlsafe_b64encode(piece)

    def _broken(self, texts: Iterable[bytes]) -> Iterator[bytes]:
        """Put a mark (a byte no base64 text has) where lines end."""
        if not self.wrap:
            yield from texts
            return
        wrap, room, begun = self.wrap, self.first, False
        for text in texts:
            lines = []
            if begun and room == 0 and text:
                lines.append(b"")
                room = wrap
            begun = True
            lines.append(text[:room])
            lines += [text[i : i + wrap] for i in range(room, len(text), wrap)]
            room = (room if len(lines) < 2 else wrap) - len(lines[-1])
            yield _BREAK.join(lines)

    def _substituted(self, texts: Iterable[bytes]) -> Iterator[bytes]:
        if self.base == "raw":
            table = dict(self.subs)
            if not table:
                yield from texts
                return
            for digits in (HEX, UPPER_HEX):
                if self.subs == digits.subs:
                    upper = digits is UPPER_HEX
                    for text in texts:
                        written = text.hex()
                        yield (written.upper() if upper else written).encode()
                    return
            spelt = {bytes((byte,)): spelling for byte, spelling in table.items()}
            pattern = re.compile(b"([" + re.escape(bytes(table)) + b"])")
            for text in texts:
                pieces = pattern.split(text)
                pieces[1::2] = map(spelt.__getitem__, pieces[1::2])
                yield b"".join(pieces)
            return
        # Each spelling is marked before the next byte is looked at: a spelling
        # may hold bytes that have spellings of their own.
        for text in texts:
            parts = text
            marks = []
            for number, (byte, spelling) in enumerate(self.subs, 1):
                mark = b"\x01%c" % (0x80 + number)
                parts = parts.replace(bytes((byte,)), mark)
                marks.append((mark, spelling))
            for mark, spelling in marks:
                parts = parts.replace(mark, spelling)
            yield parts.replace(_BREAK, self.sep) if self.wrap else parts

    def _corrected(self, texts: Iterable[bytes]) -> Iterator[bytes]:
        held = b""
        for text in texts:
            held += text
            if len(held) > self.cut:
                keep = len(held) - self.cut
                yield held[:keep]
                held = held[keep:]
        yield self.tail


_KEYS = {"base", "wrap", "subs", "tail"}
PLAIN = Dialect()
RAW = Dialect(base="raw")
# Every byte written as two digits, in lower or in upper case.
HEX = Dialect(base="raw", subs=tuple((b, b"%02x" % b) for b in range(256)))
UPPER_HEX = Dialect(base="raw", subs=tuple((b, b"%02X" % b) for b in range(256)))


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ValueError("bytes are written as a Latin-1 string")
    return text.encode("latin-1")
