"""Tell what a blob is: its media type, a file extension, a few words on it."""

import re
import zlib

from assetstore.store.picture_headers import pixels

# What pictures out of documents are opened as. Pillow knows more, some by starting
# other programs (EPS: Ghostscript), and goes by what is in the data.
SAFE_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "ICO", "TIFF", "JPEG2000", "AVIF")

# The media types of what a desktop may be told to show: pictures, and nothing that it
# might run, as it does with what is in SVG and PDF.
SHOWN = frozenset(
    f"image/{name}" for name in ("png", "jpeg", "gif", "webp", "bmp", "tiff", "avif")
)

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"8BPS\0\1", "image/vnd.adobe.photoshop"),
    (b"8BPS\0\2", "image/vnd.adobe.photoshop"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0\b\0\0\0", "image/tiff"),
    (b"MM\0+\0\b\0\0", "image/tiff"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\0\x0cJXL \r\n", "image/jxl"),
    (b"\0\0\0\x0cjP  \r\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"OTTO", "font/otf"),
    (b"\0\1\0\0", "font/ttf"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\0asm\1\0\0\0", "application/wasm"),
    (b"PK\3\4", "application/zip"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1", b"mif2"), "image/heif"),
}
# Sizes of the headers that a BMP may have behind its first one.
_BMP_HEADERS = frozenset((12, 16, 40, 52, 56, 64, 108, 124))
_SVG = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!--|<!DOCTYPE svg|<svg)", re.I)
_UNPACKED = 4096
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "image/vnd.adobe.photoshop": "psd",
    "image/x-icon": "ico",
    "image/vnd.microsoft.icon": "ico",
    "audio/mpeg": "mp3",
    "application/octet-stream": "bin",
}


def sniff(head: bytes) -> str:
    """The media type that a blob's first bytes show, or ""."""
    for magic, mime in _MAGIC:
        if head.startswith(magic):
            return mime
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:3] == b"\x1f\x8b\x08":
        return "image/svg+xml" if b"<svg" in _unpacked(head) else ""
    if head[:2] == b"BM" and (head[6:10] == b"\0\0\0\0" or len(head) < 10):
        header = int.from_bytes(head[14:18], "little")
        return "image/bmp" if len(head) < 18 or header in _BMP_HEADERS else ""
    if head[:4] in (b"\0\0\1\0", b"\0\0\2\0"):
        return "image/x-icon" if 0 < int.from_bytes(head[4:6], "little") < 64 else ""
    if head[:1] == b"\xff" and _is_sound(head):
        return "audio/mpeg"
    if _SVG.match(head) and b"<svg" in head:
        return "image/svg+xml"
    return ""


def _is_sound(head: bytes) -> bool:
    """Tell whether bytes begin a frame of MPEG audio, layer III."""
    if len(head) < 3 or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return False
    # A bit rate and a sample rate that there are.
    return 0 < head[2] >> 4 < 15 and head[2] >> 2 & 3 < 3


def _unpacked(head: bytes) -> bytes:
    """The first bytes of what gzip packed, as far as its own first ones say them."""
    try:
        return zlib.decompressobj(31).decompress(head, _UNPACKED)
    except zlib.error:
        return b""


def extension(mime: str) -> str:
    """The file name extension for a media type, without a dot."""
    word = mime.partition("/")[2].partition(";")[0]
    return _EXTENSIONS.get(mime, word if word.isalnum() else "bin")


def describe(head: bytes, mime: str) -> str:
    """Words for a model or a person: ``image 1280x720 png``."""
    kind, _, name = mime.partition("/")
    kind = kind if kind in ("image", "audio", "video", "font") else "file"
    name = re.sub(r"[^a-z0-9]", "", name.partition("+")[0]) or "unknown"
    size = dimensions(head) if kind == "image" and name != "svg" else None
    return f"{kind} {size[0]}x{size[1]} {name}" if size else f"{kind} {name}"


def dimensions(head: bytes) -> tuple[int, int] | None:
    """Width and height from a picture's header; nothing of it is decoded."""
    found = pixels(lambda at, length: head[at : at + length], sniff(head))
    return found if found is not None and min(found) > 0 else None
