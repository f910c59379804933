"""The bytes of pictures in a conversation."""

import base64
import binascii

from assetstore.agents.conversation import Picture
from assetstore.agents.sent_payloads import SentPayload
from assetstore.documents.catalog import find_blob
from assetstore.errors import AssetstoreError
from assetstore.files.source import RandomAccess
from assetstore.store.format.blob import Kind
from assetstore.store.store import Store

_LONGEST = 64 << 20


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
