"""Try each codec on something tiny: what is installed may not be what works."""

import importlib.util
import struct
import zlib
from collections.abc import Callable

from assetstore.errors import AssetstoreError
from assetstore.store.codecs.frames import expand, squeeze
from assetstore.store.codecs.table import TABLE
from assetstore.store.dependencies import Dependencies
from assetstore.store.format.blob import Kind

_WORDS = b"<svg><rect width='9' height='9'/></svg>" * 40
_SIDE = 32


def try_codecs() -> dict[str, str]:
    """Code and decode something tiny with each codec.

    Returns:
        By the codec's name: "" where what comes back is what it was, else why not.
    """
    found: dict[str, str] = {}
    for codec in TABLE:
        lacks = [p for p in codec.packages if importlib.util.find_spec(p) is None]
        if lacks:
            found[codec.name] = f"not installed: {', '.join(lacks)}"
            continue
        try:
            works = _TRIALS[codec.name]()
        except (AssetstoreError, ImportError, ValueError, OSError) as e:
            found[codec.name] = f"it fails: {e}"
        else:
            found[codec.name] = "" if works else "what comes back is another picture"
    return found


def _raw() -> bool:
    return True  # nothing is done to the bytes


def _zstd() -> bool:
    return expand(squeeze(_WORDS, 3), len(_WORDS)) == _WORDS


def _dictionary() -> bool:
    from assetstore.store.codecs import dictionary

    frame = dictionary.encode(_WORDS[:300], _WORDS)
    return frame is not None and dictionary.decode(frame, 300, _WORDS) == _WORDS[:300]


def _png() -> bool:
    from assetstore.store.codecs.png import PngCodec
    from assetstore.store.codecs.png.streams import Finder
    from assetstore.store.optimize.encode import BlobEncoder

    alone = Dependencies("", lambda prefix: [], lambda offset, view: 0)
    coded = BlobEncoder(1, Finder()).code(Kind.MEDIA, tiny_png(), alone)
    # Nothing is coded that was not decoded and compared.
    return coded is not None and coded.record.codec == PngCodec.number


def _jpeg() -> bool:
    from assetstore.store.codecs.jpeg import self_test

    return self_test()


_TRIALS: dict[str, Callable[[], bool]] = {
    "raw": _raw,
    "zstd": _zstd,
    "dictionary": _dictionary,
    "png": _png,
    "jpeg": _jpeg,
}


def tiny_png() -> bytes:
    """A gradient of 32 x 32 pixels."""
    rows = b"".join(
        b"\0" + bytes(value for x in range(_SIDE) for value in (x * 8, y * 8, 9))
        for y in range(_SIDE)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
