"""What makes a deflate stream again, exactly.

A stream that an encoder wrote is kept as that encoder's parameters. Which
encoder it was is not known: the likely ones are tried, each first on the stream's
beginning. A recipe is good only where what it makes is the stream.
"""

import contextlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.codecs import fdeflate, tokens
from assetstore.store.codecs.binary import FieldReader, Fields
from assetstore.store.codecs.deflate import classic, miniz, proof

# Encoders by the number that a recipe calls them.
ZLIB, ZLIB_NG, MINIZ, FDEFLATE, TOKENS = 1, 2, 3, 4, 5
_NAMES = {ZLIB: "zlib", ZLIB_NG: "zlib-ng", MINIZ: "cramjam"}
# How much of a stream is tried first: more than a block of zlib's, or of miniz's.
_EARLY = 40 << 10
_EARLY_MINIZ = 256 << 10
_COMPARED = 16 << 10
_LEVELS = {0: (1,), 1: (2, 3, 4, 5), 2: (6,), 3: (9, 8, 7)}
# By what it writes into the stream's second byte, as zlib would.
_MINIZ_LEVELS = {0: (1,), 1: (2, 3), 2: (6, 5, 4, 7, 8), 3: (9, 10)}
# More scanlines are not given to an encoder one by one.
_MOST_ROWS = 1 << 17


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a stream is made.

    Attributes:
        encoder: Whose parameters these are.
        parameters: They: for zlib and zlib-ng level, memLevel, strategy and window
            bits; for miniz level and whether it was flushed before its end; for
            the others none.
        start: The stream's first two bytes; for fdeflate what of its header is not
            as always; else its tokens.
    """

    encoder: int
    parameters: tuple[int, ...]
    start: bytes

    def write(self, out: Fields, written: str) -> None:
        """Add it, and its encoder's version, to a stored form."""
        out.number(self.encoder)
        out.string(self.start)
        out.string(written.encode())
        out.number(len(self.parameters))
        for value in self.parameters:
            out.number(value)

    @classmethod
    def read(cls, fields: FieldReader) -> "tuple[Recipe, str]":
        """Take it, and its encoder's version, from a stored form.

        Raises:
            DamagedBlob: There is none.
        """
        encoder, start = fields.number(), fields.string()
        written = fields.string().decode("latin-1")
        count = fields.number()
        if count > 8:
            raise DamagedBlob("a recipe in a stored picture has too many parameters")
        return cls(
            encoder, tuple(fields.number() for _ in range(count)), start
        ), written


@cache
def version(encoder: int) -> str:
    """The version of an encoder that is here."""
    if encoder == ZLIB:
        return zlib.ZLIB_RUNTIME_VERSION
    return metadata.version(_NAMES[encoder]) if encoder in _NAMES else ""


def make(recipe: Recipe, raw: bytes, row: int) -> bytes:
    """The stream that a recipe makes of scanlines.

    Args:
        recipe: The recipe.
        raw: Filtered scanlines.
        row: Bytes of one of them, its filter's included.

    Raises:
        DamagedBlob: There is no such recipe.
        UnsupportedStore: Its encoder is not installed, or another one than it was.
    """
    try:
        if recipe.encoder == FDEFLATE:
            return fdeflate.encode(recipe.start, raw, row)
        if recipe.encoder == TOKENS:
            return tokens.rebuild(recipe.start, raw)
        body = b"".join(_compressed(recipe, raw, row))
    except (ValueError, TypeError, OverflowError, zlib.error) as e:
        raise DamagedBlob(f"a recipe in a stored picture is damaged: {e}") from e
    except ImportError as e:
        raise UnsupportedStore(
            f"a stored picture needs the package {_NAMES.get(recipe.encoder)}",
            hint="Install it: pip install 'assetstore[codecs]'",
        ) from e
    return recipe.start + body[2:]


def _compressed(recipe: Recipe, raw: bytes, row: int) -> Iterator[bytes]:
    if recipe.encoder == ZLIB:
        level, memory, strategy, bits = recipe.parameters
        if not is_proven(ZLIB):  # slow, and the same bytes everywhere
            yield recipe.start
            yield classic.compress(
                raw,
                level=level,
                mem_level=memory,
                strategy=strategy,
                window_bits=bits,
            )
            yield zlib.adler32(raw).to_bytes(4, "big")
            return
        squeeze = zlib.compressobj(level, zlib.DEFLATED, bits, memory, strategy)
        yield squeeze.compress(raw)
        yield squeeze.flush()
    elif recipe.encoder == ZLIB_NG:
        from zlib_ng import zlib_ng

        level, memory, strategy, bits, by_row = recipe.parameters
        if by_row and len(raw) > _MOST_ROWS * row:
            raise DamagedBlob("a stored picture has too many rows for its recipe")
        other = zlib_ng.compressobj(level, zlib.DEFLATED, bits, memory, strategy)
        size = row if by_row else len(raw) or 1
        for at in range(0, len(raw), size):
            yield other.compress(raw[at : at + size])
        yield other.flush()
    elif recipe.encoder == MINIZ:
        level, flushed = recipe.parameters
        if level in (1, 6) and not is_proven(MINIZ):
            yield recipe.start
            yield miniz.compress(raw, level=level, flush=bool(flushed))
            yield zlib.adler32(raw).to_bytes(4, "big")
            return
        import cramjam

        encoder: Any = cramjam.zlib.Compressor(level=level)
        encoder.compress(raw)
        if flushed:
            yield bytes(encoder.flush())
        yield bytes(encoder.finish())
    else:
        raise DamagedBlob(f"a stored picture names an encoder {recipe.encoder}")


def is_proven(encoder: int) -> bool:
    """Whether the encoder that is here writes the streams that it is known for."""
    proofs = {
        ZLIB: proof.is_classic,
        ZLIB_NG: proof.is_zlib_ng,
        MINIZ: proof.is_miniz,
    }
    return encoder not in proofs or proofs[encoder]()


class Finder:
    """Finds recipes; what fitted last is tried first.

    Args:
        any_stream: Keep the tokens of a stream that no encoder makes; this is slow.
    """

    def __init__(self, *, any_stream: bool = False):
        self._any_stream = any_stream
        self._last: list[tuple[int, tuple[int, ...]]] = []

    def find(self, stream: bytes, raw: bytes, row: int) -> Recipe | None:
        """The recipe that makes a stream, or None."""
        if len(stream) < 8:
            return None
        header = fdeflate.parameters(stream)
        if header is not None and len(raw) % row == 0:
            recipe = Recipe(FDEFLATE, (), header)
            # A header of another encoder may lack codes that fdeflate needs.
            with contextlib.suppress(DamagedBlob):
                if make(recipe, raw, row) == stream:
                    return recipe
        likely = list(_likely(stream))
        first = [known for known in self._last if known in likely]
        tried = set()
        trial = _Trial(stream, raw, row)
        for known in (*first, *likely):
            encoder, parameters = known
            if known in tried or not is_proven(encoder):
                continue
            tried.add(known)
            rows = -(-len(raw) // row)
            if encoder == ZLIB_NG and parameters[-1] and rows > _MOST_ROWS:
                continue
            recipe = Recipe(encoder, parameters, stream[:2])
            if self._fits(recipe, trial):
                if known in self._last:
                    self._last.remove(known)
                self._last.insert(0, known)
                del self._last[6:]
                return recipe
        stored = stream[2] & 6 == 0  # its first block: nothing was compressed
        if self._any_stream or stored:
            found = tokens.analyse(stream, raw)
            return None if found is None else Recipe(TOKENS, (), found)
        return None

    def _fits(self, recipe: Recipe, trial: "_Trial") -> bool:
        return trial.begins(recipe) and make(recipe, trial.raw, trial.row) == (
            trial.stream
        )


class _Trial:
    """A stream, and how its beginning is compared with what encoders make."""

    def __init__(self, stream: bytes, raw: bytes, row: int):
        self.stream = stream
        self.raw = raw
        self.row = row
        self._cuts: dict[int, bytes] = {}

    def begins(self, recipe: Recipe) -> bool:
        """Whether the beginning is what a recipe makes; cheap, where it is long."""
        rust = recipe.encoder == MINIZ
        early = _EARLY_MINIZ if rust else _EARLY
        if len(self.stream) < 2 * early:
            return True
        made = list(_compressed(recipe, self._cut(early), self.row))
        # An encoder that is ended early closes a block that it would go on with.
        begun = b"".join(made)[:_COMPARED] if rust else b"".join(made[:-1])
        return self.stream.startswith(begun[2:], 2)

    def _cut(self, size: int) -> bytes:
        """The rows that the first bytes of the stream hold."""
        if size not in self._cuts:
            have = len(zlib.decompressobj().decompress(self.stream[:size]))
            self._cuts[size] = self.raw[: max(have // self.row, 1) * self.row]
        return self._cuts[size]


def _likely(stream: bytes) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Encoders and parameters, the likeliest first."""
    levels = _LEVELS[stream[1] >> 6]
    bits = min(max((stream[0] >> 4) + 8, 9), 15)
    block = stream[2] >> 1 & 3  # RFC 1951, 3.2.3
    for level in _MINIZ_LEVELS[stream[1] >> 6]:
        yield from ((MINIZ, (level, flushed)) for flushed in (1, 0))
    for window in dict.fromkeys((bits, 15)):
        for memory in (8, 9):
            for strategy in (0, 1, 3):
                for level in levels:
                    yield ZLIB, (level, memory, strategy, window)
    for level in levels:
        for strategy in (0, 1):
            yield from ((ZLIB_NG, (level, 8, strategy, bits, n)) for n in (1, 0))
    for strategy in (2,) if block != 1 else (2, 4):
        for memory in (8, 9):
            yield ZLIB, (levels[0], memory, strategy, bits)
