"""Whether the compressors at hand write the streams that they are known for.

A recipe names an encoder and its parameters. It holds only where that encoder
gives the same bytes again, so each is tried on a fixed sample and its streams are
compared with known ones before it is relied upon.
"""

import hashlib
import zlib
from collections.abc import Iterable
from functools import cache

_ROW = 1000
_CLASSIC_LEVELS = (1, 4, 6, 9)
_CLASSIC_STRATEGIES = (0, 1, 3)
_CLASSIC_MEM_LEVELS = (8, 9)
_CLASSIC = "f8a99f44f9d21d19d74010e0072e6dfcb264676ea4fb9637d7e89c8552ce61f5"
_MINIZ = "1fce581446d5df16c240ff907f58c34265f2c9776124cbf995e3b698d659e3b5"
_ZLIB_NG = "bc381adb5a2282e298a9970baf348a87662243feb0b30a7af8f5f34a7349792c"


@cache
def sample() -> bytes:
    """About 100 KB of words, noise, runs, a small alphabet and repetition."""
    noise = hashlib.shake_128(b"deflate").digest(32 << 10)
    words = [noise[at : at + 2 + noise[at] % 7] for at in range(0, 2560, 10)]
    text = b" ".join([words[byte] for byte in noise[3000:11000]])
    few = noise[12000:16000].translate(bytes(byte & 3 for byte in range(256)))
    runs = b"".join([bytes([byte & 7]) * byte for byte in noise[11000:11100]])
    return b"".join((text, noise[12000:], few, runs, text[-20000:-9000], bytes(3000)))


@cache
def is_classic() -> bool:
    """Tell whether the standard library's zlib writes classic zlib's streams."""
    raw = sample()
    streams = []
    for level in _CLASSIC_LEVELS:
        for strategy in _CLASSIC_STRATEGIES:
            for mem_level in _CLASSIC_MEM_LEVELS:
                encoder = zlib.compressobj(
                    level, zlib.DEFLATED, -15, mem_level, strategy
                )
                streams.append(encoder.compress(raw) + encoder.flush())
    return _digest(streams) == _CLASSIC


@cache
def is_miniz() -> bool:
    """Tell whether cramjam is here and its zlib is miniz, at levels 1 and 6."""
    try:
        import cramjam
    except ImportError:
        return False
    streams = []
    for level in (1, 6):
        for flush in (False, True):
            encoder = cramjam.zlib.Compressor(level=level)
            encoder.compress(sample())
            flushed = bytes(encoder.flush()) if flush else b""
            streams.append(flushed + bytes(encoder.finish()))
    return _digest(streams) == _MINIZ


@cache
def is_zlib_ng() -> bool:
    """Tell whether zlib-ng is here and as known, at levels 6 and 9, fed by rows."""
    try:
        from zlib_ng import zlib_ng
    except ImportError:
        return False
    raw = sample()
    streams = []
    for level in (6, 9):
        encoder = zlib_ng.compressobj(level)
        rows = [
            encoder.compress(raw[at : at + _ROW]) for at in range(0, len(raw), _ROW)
        ]
        streams.append(b"".join(rows) + encoder.flush())
    return _digest(streams) == _ZLIB_NG


def _digest(streams: Iterable[bytes]) -> str:
    """One hash over several streams and their lengths."""
    digest = hashlib.sha256()
    for stream in streams:
        digest.update(len(stream).to_bytes(4, "little"))
        digest.update(stream)
    return digest.hexdigest()
