"""JPEG files by Lepton, which codes their coefficients better than Huffman does.

The format is Dropbox's (D. Horn et al., "The Design, Implementation, and Deployment
of a System to Transparently Compress Hundreds of Petabytes of Image Files", NSDI
2017); the package lepton-jpeg-python wraps Microsoft's Rust port of it.
"""

import functools
import hashlib
import zlib
from base64 import b85decode
from collections.abc import Callable, Iterator
from importlib import metadata

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.codecs.base import PIECE, Fill
from assetstore.store.codecs.binary import FieldReader, Fields
from assetstore.store.codecs.related import Related, read_all

PACKAGE = "lepton-jpeg-python"
MAX_FILE = 64 << 20
MAX_PIXELS = 64 << 20
_VERSION = 1
_MAGIC = b"\xcf\x84"
_HEAD = 28
_MAX_HEADER = 8 << 20
# Markers that begin a frame: baseline, extended and progressive ones.
_FRAMES = (0xC0, 0xC1, 0xC2)
# What Lepton 0.5.8 made of a file of 24 x 16 grey pixels, and that file's SHA-256.
_PROOF = (
    "&x8S50RR91O;c?F004tJ00000rvU%}cmV(ac$@)k0h0bmL{dfp0095s01!$>Nk#wx0RR9200961|"
    "JwjV01XKW3knDg3knMk4h;_zAQcl55)&sJ9v2`kDKRiEDJ?8BI!Zn>HbyrrEkIX6ModmpQ&KWMT4"
    "7pHU`kO^PyfIG3kU!Z02l!Q5di<h03QGV0R;g80RaI400000000000RjUA1qKHQ2?`7U!~nGr00I"
    "F60|EpC1qB2I0004f0RjU61Q7)iAu&M)6H#FYB5@QlfsvsIBSNvk6;jdgBr{@if(Z&17Z@2DB_<~"
    "*DJnEIHa9pqIzvQ7Mn_0VN>fx-R##YAT4Q8oW@l(=YIAgTc6WGrdV_?8hKGoWijtF*m6n&7nVO=b"
    "q@|{(sHv*5v$VCgx45~w!o$SH#>dFX%F@%+)z;V8+1laa<K*S$=jiF`@$&QZ_4fDp`TGCb00;pA0"
    "02J#P%uRQNJs$y09^n800000000000000-QbGa%0095lU}JDBLrqWsVgLZV$)v)%*p+x6$}rbaco"
    "z}FuUxH<EHCAkCG}t;_eXn?ZF~6x{P>a=3*d{La><bW?}jSmf<&5^CZZnJA6l~V7dWsXSP3qmAp("
    "tJMur~L^8+FTn>wKu$=<_^Gh>bf009C300"
)
_PROVEN = "c21921f11163936a539e3b53c2ba84c7a60460ffc95aaecb9458a162ddd1fa18"


def frame_size(data: bytes) -> tuple[int, int] | None:
    """Width and height that a JPEG file's frame header names.

    ITU-T T.81, annex B. None where there is none before the first scan.
    """
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _FRAMES and at + 9 <= len(data):
            height = int.from_bytes(data[at + 5 : at + 7], "big")
            width = int.from_bytes(data[at + 7 : at + 9], "big")
            return width, height
        if marker in (0xD8, 0xD9, 0xDA):
            return None
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def encode(raw: bytes) -> bytes | None:
    """A file's stored form; None where there is none that gives it back."""
    if not raw.startswith(b"\xff\xd8\xff") or len(raw) > MAX_FILE:
        return None
    size = frame_size(raw)
    if not is_proven() or size is None or not 0 < size[0] * size[1] <= MAX_PIXELS:
        return None
    try:
        import lepton_jpeg_python as lepton

        coded = _called(lepton.compress_bytes, raw)
    except (ImportError, ValueError):
        return None
    out = Fields()
    out.number(_VERSION)
    out.string(version().encode())
    return out.take() + coded


def decode(stored: bytes, size: int) -> bytes:
    """A file from its stored form.

    Args:
        stored: It.
        size: The file's length.

    Raises:
        DamagedBlob: It is damaged.
        UnsupportedStore: Lepton is not installed.
    """
    fields = FieldReader(stored)
    if fields.number() != _VERSION:
        raise DamagedBlob("a stored JPEG file is of no known version")
    written = fields.string().decode("latin-1")
    coded = fields.rest()
    _check(coded, size)
    try:
        import lepton_jpeg_python as lepton
    except ImportError as e:
        raise UnsupportedStore(
            f"a picture is stored with codec jpeg, which needs {PACKAGE}",
            hint="Install it: pip install 'assetstore[codecs]'",
        ) from e
    try:
        raw = _called(lepton.decompress_bytes, coded)
    except ValueError as e:
        raise DamagedBlob(f"a stored JPEG file is damaged: {e}") from e
    if len(raw) != size:
        raise DamagedBlob(
            f"a stored JPEG file has another length; {PACKAGE} {written} wrote it, "
            f"{version()} is here"
        )
    return raw


@functools.cache
def is_proven() -> bool:
    """Whether the Lepton that is here reads what an earlier one wrote."""
    try:
        import lepton_jpeg_python as lepton

        raw = _called(lepton.decompress_bytes, b85decode(_PROOF))
    except (ImportError, ValueError):
        return False
    return hashlib.sha256(raw).hexdigest() == _PROVEN


@functools.cache
def version() -> str:
    """Lepton's version, or "" where it is not installed."""
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return ""


def _called(function: Callable[[bytes], bytes], data: bytes) -> bytes:
    """Call into Lepton, which may panic.

    Raises:
        ValueError: It cannot do that.
    """
    try:
        return bytes(function(data))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as e:
        raise ValueError(str(e).partition("\n")[0]) from e


def _check(coded: bytes, size: int) -> None:
    """Look at what Lepton is about to allocate.

    Its file begins with 28 bytes, the last eight of which are the original's length
    and that of a zlib stream, which follows and holds the original's header.
    """
    if len(coded) < _HEAD or coded[:2] != _MAGIC or size > MAX_FILE:
        raise DamagedBlob("a stored JPEG file does not begin like one")
    length = int.from_bytes(coded[24:28], "little")
    inflate = zlib.decompressobj()
    try:
        header = inflate.decompress(coded[_HEAD : _HEAD + length], _MAX_HEADER)
    except zlib.error as e:
        raise DamagedBlob(f"a stored JPEG file is damaged: {e}") from e
    # "HDR", a length, and the segments behind the file's first two bytes
    found = frame_size(b"\xff\xd8" + header[7:])
    if int.from_bytes(coded[20:24], "little") != size or found is None:
        raise DamagedBlob("a stored JPEG file has another length")
    if not 0 < found[0] * found[1] <= MAX_PIXELS:
        raise DamagedBlob("a stored JPEG file has an impossible size")


class JpegCodec:
    """What Lepton makes of a JPEG file."""

    number = 4
    name = "jpeg"

    def decode(
        self,
        fill: Fill,
        stored: int,
        raw: int,
        buffer: bytearray,
        related: Related | None = None,
    ) -> Iterator[memoryview]:
        """A file's bytes, in pieces, as `base.Decoder.decode`.

        Raises:
            DamagedBlob: The stored bytes do not decode to that length.
            UnsupportedStore: Lepton is not installed.
        """
        whole = memoryview(decode(read_all(fill, stored, MAX_FILE), raw))
        for at in range(0, len(whole), PIECE):
            yield whole[at : at + PIECE]
