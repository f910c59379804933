"""JPEG, its Huffman code replaced by a better one, exact to the byte.

The package lepton-jpeg-python does the work; it is part of the extra ``codecs``.
Before the first use it has to decode two constant pictures, so that a version which
reads otherwise is noticed.

Stored form:

    offset  size  field
    0       1     version of this layout: 1
    1       1     n, 1 to 64
    2       n     which package and version wrote it, ASCII, for people
    2 + n   4     CRC-32 of the JPEG, little-endian
    6 + n   rest  a Lepton file of one partition

`assetstore.store.codecs.lepton` describes that file.
"""

import base64
import functools
import zlib
from typing import Any

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.codecs.jpeg_golden import GOLDEN
from assetstore.store.codecs.lepton import MAX_SIZE, Refused, check_file, check_jpeg

LAYOUT = 1
_PACKAGE = "lepton-jpeg-python"
PACKAGE = "lepton_jpeg_python"  # as it is imported
# One partition in one thread: the same bytes everywhere, and no pool of threads.
_CONFIG = {
    "threads": "single",
    "max_partitions": 1,
    "max_jpeg_width": 65535,
    "max_jpeg_height": 65535,
    "max_jpeg_file_size": MAX_SIZE,
}


def encode(raw: bytes) -> bytes | None:
    """The stored form of a JPEG, which was decoded again and found equal.

    Args:
        raw: Any bytes.

    Returns:
        None where they are no JPEG, are refused, do not come back exactly or
        shrink by less than 5 per cent, and where the package is missing.
    """
    try:
        check_jpeg(raw)
        package = _package()
        if not self_test():
            return None
        writer = _version().encode("ascii")
        stored = bytes((LAYOUT, len(writer))) + writer
        stored += zlib.crc32(raw).to_bytes(4, "little")
        stored += _called(package.compress_bytes, raw)
        if len(stored) > len(raw) * 0.95 or decode(stored, len(raw)) != raw:
            return None
    except (Refused, DamagedBlob, UnsupportedStore):
        return None
    return stored


def decode(stored: bytes, size: int) -> bytes:
    """The JPEG, of exactly ``size`` bytes.

    Its header is checked before the package sees it: at most 2^24 pixels. The package
    takes about 7 bytes a pixel, and up to 17 where there are several scans.

    Args:
        stored: What `encode` returned.
        size: The JPEG's length in bytes.

    Raises:
        DamagedBlob: The stored bytes do not decode to that JPEG.
        UnsupportedStore: The package is missing or fails its self-test.
    """
    if not stored or stored[0] != LAYOUT:
        raise DamagedBlob("a JPEG record has a layout that this version does not know")
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
        raw = _unpacked(package, stored[start + 4 :], size)
    except Refused as e:
        raise DamagedBlob(f"a JPEG record is damaged: {e}") from e
    if zlib.crc32(raw) != int.from_bytes(stored[start : start + 4], "little"):
        raise DamagedBlob("a JPEG record decodes to other bytes than it should")
    return raw


@functools.cache
def self_test() -> bool:
    """Tell whether the package decodes constant pictures to the bytes they were.

    False where it is missing.
    """
    import hashlib  # it loads all of OpenSSL, and every command this module

    try:
        package = _package()
        return all(
            hashlib.sha256(_unpacked(package, base64.b85decode(text), size)).hexdigest()
            == digest
            for text, size, digest in GOLDEN
        )
    except (Refused, UnsupportedStore):
        return False


def _package() -> Any:
    try:
        import lepton_jpeg_python
    except ImportError:
        from assetstore.installation import how_to_get

        raise UnsupportedStore(
            f"a JPEG is stored with {_PACKAGE}, which is not installed",
            hint=f"Install it: {how_to_get('codecs', PACKAGE)}",
        ) from None
    return lepton_jpeg_python


@functools.cache
def _version() -> str:
    from importlib import metadata  # takes as long as all else of this program

    try:
        version = metadata.version(_PACKAGE)
    except metadata.PackageNotFoundError:
        version = "of an unknown version"
    return f"{_PACKAGE} {version}"[:64]


def _called(function: Any, data: bytes) -> bytes:
    """Call the package; each way in which it fails is the same error."""
    try:
        return bytes(function(data, _CONFIG))
    except Exception as e:
        raise Refused(str(e).partition("\n")[0]) from e
    except BaseException as e:
        # A panic in Rust is not an Exception; an interrupt is none either.
        if type(e).__name__ != "PanicException":
            raise
        raise Refused(f"{_PACKAGE} failed: {e}") from e


def _unpacked(package: Any, file: bytes, size: int) -> bytes:
    check_file(file, size)
    raw = _called(package.decompress_bytes, file)
    if len(raw) != size:
        raise Refused("it has another length than it says")
    return raw
