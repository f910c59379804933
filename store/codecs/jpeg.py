"""JPEG, its Huffman code replaced by a better one, exact to the byte.

The package lepton-jpeg-python does the work; it is part of the extra ``codecs``.
It may differ from version to version in what it writes, not in what it reads; a
constant picture is decoded before the first use to notice if it ever does.

Stored form:

    offset  size  field
    0       1     version of this layout: 1
    1       1     n, 1 to 64
    2       n     which package and version wrote it, ASCII, for people
    2 + n   rest  a Lepton file of one partition

A Lepton file (https://github.com/dropbox/lepton, integers little-endian):

    offset  size  field
    0       2     CF 84
    2       1     1
    3       1     "Z" sequential, "X" several scans
    4       1     partitions: 1
    5       15    what wrote it; not looked at here
    20      4     length of the JPEG
    24      4     m
    28      m     zlib: the header
    28 + m  3     "CMP"
    31 + m        blocks of arithmetic code
    -4      4     length of the Lepton file

The header is a sequence of sections: "HDR", u32, so many bytes: the JPEG's segments
without SOI and without the scans' data; "P0D", 1 byte; "HH", a byte: partitions, 16
bytes for each; "CRS", u32, so many u32; "FRS" and "GRB", u32, so many bytes; "EEE",
28 bytes. "GRB" is what follows the picture, from the EOI marker on.
"""

import base64
import functools
import hashlib
import importlib.metadata
import zlib
from typing import Any

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.codecs.jpeg_golden import GOLDEN

LAYOUT = 1
MAX_PIXELS = 64 << 20
MAX_SIZE = 64 << 20

_PACKAGE = "lepton-jpeg-python"
_FIXED = 28
_MAX_SIDE = 65535
_MAX_SCANS = 64
_MAX_SEGMENTS = 8192
_MAX_TABLES = 64 << 10
# Sections of a Lepton header beside the JPEG's own bytes, inflated.
_SLACK = 16 << 10
_SOI = b"\xff\xd8\xff"
_DHT, _EOI, _SOS = 0xC4, 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {_DHT, 0xC8, 0xCC}
# Sequential and progressive; what is hierarchical, lossless or arithmetic is refused.
_KNOWN_FRAMES = (0xC0, 0xC1, 0xC2)
# One partition in one thread: the same bytes everywhere, and no pool of threads.
_CONFIG = {
    "threads": "single",
    "max_partitions": 1,
    "max_jpeg_width": _MAX_SIDE,
    "max_jpeg_height": _MAX_SIDE,
    "max_jpeg_file_size": MAX_SIZE,
}


class _Refused(Exception):
    """Bytes that are not handed to the package."""


def encode(raw: bytes) -> bytes | None:
    """The stored form of a JPEG, which was decoded again and found equal.

    Args:
        raw: Any bytes.

    Returns:
        None where they are no JPEG, are refused, do not come back exactly or
        shrink by less than 5 per cent, and where the package is missing.
    """
    if not raw.startswith(_SOI) or len(raw) > MAX_SIZE:
        return None
    try:
        _check_segments(raw, 2, whole=False)
        package = _package()
        if not self_test():
            return None
        writer = _version().encode("ascii")
        stored = bytes((LAYOUT, len(writer))) + writer
        stored += _called(package.compress_bytes, raw)
        if len(stored) > len(raw) * 0.95 or decode(stored, len(raw)) != raw:
            return None
    except (_Refused, DamagedBlob, UnsupportedStore):
        return None
    return stored


def decode(stored: bytes, size: int) -> bytes:
    """The JPEG, of exactly ``size`` bytes.

    Its header is read here first: no more is handed to the package than `MAX_PIXELS`
    pixels in a single frame, with at most 64 scans.

    Args:
        stored: What `encode` returned.
        size: The JPEG's length in bytes.

    Raises:
        DamagedBlob: The stored bytes do not decode to that length.
        UnsupportedStore: A newer version wrote them, the package is missing, or it
            fails its self-test.
    """
    if stored[:1] != bytes((LAYOUT,)):
        if stored and stored[0] > LAYOUT:
            raise UnsupportedStore(
                f"a JPEG is stored in layout {stored[0]}, which this version does"
                " not know",
                hint="Update assetstore.",
            )
        raise DamagedBlob("a JPEG record has no layout")
    start = 2 + stored[1] if len(stored) > 1 else 2
    if not 3 <= start <= 66 or not stored[2:start].isascii():
        raise DamagedBlob("a JPEG record does not say what wrote it")
    package = _package()
    if not self_test():
        raise UnsupportedStore(
            f"{_version()} does not decode what it should; it cannot be trusted with"
            f" what {stored[2:start].decode('ascii')!r} wrote",
            hint=f"Install another version of {_PACKAGE}.",
        )
    try:
        raw = _unpacked(package, stored[start:], size)
    except _Refused as e:
        raise DamagedBlob(f"a JPEG record is damaged: {e}") from e
    return raw


@functools.cache
def self_test() -> bool:
    """Whether the package decodes constant pictures to the bytes they were.

    False where it is missing.
    """
    try:
        package = _package()
        return all(
            hashlib.sha256(_unpacked(package, base64.b85decode(text), size)).hexdigest()
            == digest
            for text, size, digest in GOLDEN
        )
    except (_Refused, UnsupportedStore):
        return False


def _package() -> Any:
    try:
        import lepton_jpeg_python
    except ImportError:
        raise UnsupportedStore(
            f"a JPEG is stored with {_PACKAGE}, which is not installed",
            hint="pip install 'assetstore[codecs]'",
        ) from None
    return lepton_jpeg_python


@functools.cache
def _version() -> str:
    return f"{_PACKAGE} {importlib.metadata.version(_PACKAGE)}"[:64]


def _called(function: Any, data: bytes) -> bytes:
    """What the package returns; every way in which it fails is one."""
    try:
        return bytes(function(data, _CONFIG))
    except Exception as e:
        raise _Refused(str(e)) from e
    except BaseException as e:
        # A panic in Rust is not an Exception; an interrupt is none either.
        if type(e).__name__ != "PanicException":
            raise
        raise _Refused(f"{_PACKAGE} failed: {e}") from e


def _unpacked(package: Any, file: bytes, size: int) -> bytes:
    _check_file(file, size)
    raw = _called(package.decompress_bytes, file)
    if len(raw) != size:
        raise _Refused("it has another length than it says")
    return raw


def _check_file(file: bytes, size: int) -> None:
    """Refuse a Lepton file whose header asks for too much."""
    if not 0 < size <= MAX_SIZE or _u32(file, 20) != size:
        raise _Refused("its length is wrong")
    if file[:3] != b"\xcf\x84\x01" or _u32(file, len(file) - 4) != len(file):
        raise _Refused("it is no whole Lepton file")
    end = _FIXED + _u32(file, 24)
    if file[end : end + 3] != b"CMP":
        raise _Refused("its header is cut short")
    inflater = zlib.decompressobj()
    try:
        header = inflater.decompress(file[_FIXED:end], size + _SLACK)
    except zlib.error as e:
        raise _Refused(f"its header is damaged: {e}") from e
    if not inflater.eof or inflater.unused_data:
        raise _Refused("its header is too long")
    if header[:3] != b"HDR":
        raise _Refused("its header does not begin with the JPEG's")
    at = 7 + _u32(header, 3)
    if at > len(header):
        raise _Refused("its header is cut short")
    _check_segments(header[7:at], 0, whole=True)
    _check_sections(header, at, size)


def _check_sections(header: bytes, at: int, size: int) -> None:
    """Walk the sections behind the first; a length beyond the end is refused."""
    partitions = 0
    while at < len(header):
        name = header[at : at + 3]
        at += 3
        if name[:2] == b"HH":
            partitions += 1
            first, segment = header[at : at + 2], _u32(header, at + 2)
            if name[2:] != b"\1" or first != b"\0\0" or segment > size:
                raise _Refused("it has a partition too many")
            at += 16
        elif name == b"P0D":
            at += 1
        elif name == b"EEE":
            at += 28
        elif name in (b"CRS", b"FRS", b"GRB"):
            at += 4 + _u32(header, at) * (4 if name == b"CRS" else 1)
        else:
            raise _Refused("its header has an unknown section")
    if at != len(header) or partitions != 1:
        raise _Refused("its header is cut short")


def _check_segments(data: bytes, at: int, *, whole: bool) -> None:
    """Refuse segments (ITU-T T.81, annex B) that ask for much time or memory.

    Args:
        data: Segments; where not ``whole``, only those before the first scan.
        at: Where they begin.
        whole: Whether scans are left out of the data.
    """
    frames = scans = tables = segments = 0
    while at < len(data):
        if data[at] != 0xFF or at + 1 == len(data):
            raise _Refused("a segment has no marker")
        marker = data[at + 1]
        if marker == _EOI:
            break
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            raise _Refused("a segment is cut short")
        segments += 1
        if marker in _FRAMES:
            frames += 1
            _check_frame(marker, data[at + 4 : at + 2 + length])
        elif marker == _DHT:
            tables += length
        elif marker == _SOS:
            scans += 1
            if not whole:
                break
        at += 2 + length
    if frames != 1 or not 0 < scans <= _MAX_SCANS:
        raise _Refused("it is not one frame of a few scans")
    if tables > _MAX_TABLES or segments > _MAX_SEGMENTS:
        raise _Refused("it has too many segments")


def _check_frame(marker: int, body: bytes) -> None:
    if marker not in _KNOWN_FRAMES or len(body) < 6 or body[0] != 8:
        raise _Refused("its frame is of another kind")
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    if not 0 < height * width <= MAX_PIXELS:
        raise _Refused(f"it has {width} x {height} pixels")
    if not 0 < body[5] <= 4:
        raise _Refused(f"it has {body[5]} components")


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4] if at >= 0 else b"", "little")
