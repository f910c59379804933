"""What no API takes for a picture."""

import base64
import binascii

MAGIC = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}


def no_picture(mime: str, data: object) -> str:
    """Say why base64 of some type is no picture; "": it is one."""
    if mime not in MAGIC:
        return f"unsupported image type {mime!r}"
    if not isinstance(data, str):
        return "no data"
    try:
        raw = base64.b64decode(data, validate=True)
    except binascii.Error:
        return "invalid base64"
    if not raw.startswith(MAGIC[mime]):
        return "the data does not represent a valid image"
    return ""
