"""The bytes of pictures in a conversation, and small copies of them."""

import base64
import binascii
import io
import warnings

from assetstore.agents.conversation import Picture
from assetstore.agents.sent_payloads import SentPayload
from assetstore.documents.catalog import find_blob
from assetstore.errors import AssetstoreError
from assetstore.files.source import RandomAccess
from assetstore.store.format.blob import Kind
from assetstore.store.media import SAFE_FORMATS
from assetstore.store.store import Store

_LONGEST = 64 << 20
_PIXELS = 480
# What is decoded for a view has at most so many pixels, 4 bytes each.
_MOST_PIXELS = 50_000_000


def picture_bytes(picture: Picture, source: RandomAccess, store: Store | None) -> bytes:
    """A picture's own bytes, from the log or from the store.

    Raises:
        AssetstoreError: They are in neither.
    """
    if picture.image is not None:
        if picture.image.length > _LONGEST:
            raise AssetstoreError(f"image {picture.number} is too long")
        text = source.read(picture.image.offset, picture.image.length)
        text = text.partition(b",")[2] if text[:5].lower() == b"data:" else text
        try:
            return base64.b64decode(text, validate=False)
        except binascii.Error as e:
            raise AssetstoreError(f"image {picture.number} is damaged: {e}") from e
    if picture.payload is not None:
        return _own_bytes(picture, picture.payload, source)
    if store is None:
        raise AssetstoreError(
            f"image {picture.number} was archived; there is no store to take it from",
            hint="Name the store with --store.",
        )
    return store.read(Kind.MEDIA, find_blob(store, picture.placeholder), limit=_LONGEST)


def _own_bytes(picture: Picture, payload: SentPayload, source: RandomAccess) -> bytes:
    """The bytes of one that no archiving takes."""
    if payload.written > _LONGEST:
        raise AssetstoreError(f"image {picture.number} is too long")
    text = payload.text.encode()
    if payload.offset >= 0:
        text = source.read(payload.offset, payload.written)
    return base64.b64decode(text, validate=False)


def thumbnail(data: bytes, pixels: int = _PIXELS) -> bytes | None:
    """A small PNG of a picture; None of what is none that can be read safely."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=SAFE_FORMATS) as image:
                if image.width * image.height > _MOST_PIXELS:
                    return None
                image.thumbnail((pixels, pixels))
                out = io.BytesIO()
                keep = image.mode in ("RGB", "RGBA", "L", "P", "1", "LA")
                (image if keep else image.convert("RGB")).save(out, "PNG")
                return out.getvalue()
    except Exception:  # parsers of pictures meet hostile bytes
        return None
