"""What makes a deflate stream again, exactly.

A stream that an encoder wrote is kept as that encoder's parameters. Which
encoder it was is not known: the likely ones are tried, each first on the stream's
beginning. A recipe is good only where what it makes is the stream.
"""

import contextlib
import zlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.codecs import fdeflate, tokens
from assetstore.store.codecs.binary import FieldReader, Fields
from assetstore.store.codecs.deflate import classic, miniz, proof
from assetstore.store.codecs.png.trial import Trial

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

_Known = tuple[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class StreamRecipe:
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
    def read(cls, fields: FieldReader) -> "tuple[StreamRecipe, str]":
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


def make(recipe: StreamRecipe, raw: bytes, row: int) -> bytes:
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
        from assetstore.installation import how_to_get
        from assetstore.store.codecs.table import wanted_packages

        raise UnsupportedStore(
            f"a stored picture needs the package {_NAMES.get(recipe.encoder)}",
            hint=f"Install it: {how_to_get('codecs', *wanted_packages('png'))}",
        ) from e
    return recipe.start + body[2:]


def _compressed(recipe: StreamRecipe, raw: bytes, row: int) -> Iterator[bytes]:
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
    """Tell whether the encoder that is here writes the streams that it is known for."""
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
        self._last: list[_Known] = []
        self._by_clue: dict[Hashable, _Known] = {}

    def find(
        self, stream: bytes, raw: bytes, row: int, clue: Hashable = None
    ) -> StreamRecipe | None:
        """The recipe that makes a stream, or None.

        Args:
            stream: The stream.
            raw: The scanlines that it holds.
            row: Bytes of one of them.
            clue: What is alike in files that one program wrote.
        """
        if len(stream) < 8:
            return None
        trial = Trial(stream, raw, row)
        recipe = self._found(trial, clue)
        stored = stream[2] & 6 == 0  # its first block: nothing was compressed
        if recipe is None and (self._any_stream or stored):
            found = tokens.analyse(stream, raw)
            return None if found is None else StreamRecipe(TOKENS, (), found)
        return recipe

    def _found(self, trial: Trial, clue: Hashable) -> StreamRecipe | None:
        stream, raw, row = trial.stream, trial.raw, trial.row
        if trial.is_plain:
            return None
        header = fdeflate.parameters(stream) if trial.only_runs else None
        if header is not None and len(raw) % row == 0:
            recipe = StreamRecipe(FDEFLATE, (), header)
            # A header of another encoder may lack codes that fdeflate needs.
            with contextlib.suppress(DamagedBlob):
                if trial.is_made(make(recipe, raw, row)):
                    return recipe
        likely = list(_likely(stream))
        usual = [self._by_clue.get((clue, stream[:2])), *self._last]
        rows = -(-len(raw) // row)
        for known in dict.fromkeys((*usual, *likely)):
            if known is None or known not in likely or not is_proven(known[0]):
                continue
            if known[0] == ZLIB_NG and known[1][-1] and rows > _MOST_ROWS:
                continue
            if self._fits(StreamRecipe(*known, stream[:2]), trial):
                self._by_clue[clue, stream[:2]] = known
                if known in self._last:
                    self._last.remove(known)
                self._last.insert(0, known)
                del self._last[6:]
                return StreamRecipe(*known, stream[:2])
        return None

    def _fits(self, recipe: StreamRecipe, trial: Trial) -> bool:
        def compress(raw: bytes) -> bytes:
            return b"".join(_compressed(recipe, raw, trial.row))

        rust = recipe.encoder == MINIZ
        # A flush at the end does not change the first tokens. zlib's memory may:
        # with more of it, other places are in the same chain.
        key = recipe.parameters[:1] if rust else recipe.parameters
        if not trial.begins((recipe.encoder, key), compress):
            return False
        early = trial.cut(_EARLY_MINIZ if rust else _EARLY)
        if early is not None:
            made = list(_compressed(recipe, early, trial.row))
            # An encoder that is ended early closes a block that it would go on with.
            begun = b"".join(made)[:_COMPARED] if rust else b"".join(made[:-1])
            if not trial.stream.startswith(begun[2:], 2):
                return False
        return trial.is_made(make(recipe, trial.raw, trial.row))


def _likely(stream: bytes) -> Iterator[_Known]:
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
