"""Tell what a blob is: its media type, a file extension, a few words on it."""

import io
import re
import warnings

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\0\0\1\0", "image/x-icon"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\0\x0cJXL ", "image/jxl"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"OTTO", "font/otf"),
    (b"\0\1\0\0", "font/ttf"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic"}
_SVG = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!--|<!DOCTYPE svg|<svg)", re.I)
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
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
    if _SVG.match(head) and b"<svg" in head:
        return "image/svg+xml"
    return ""


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
    """Width and height from a picture's header; its pixels are never decoded."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(head)) as image:
                return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    except Exception:  # a plugin's parser met hostile bytes
        return None
