"""The media blobs of a store, seen from outside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from assetstore.errors import IntegrityError, UnsupportedStore

if TYPE_CHECKING:
    from assetstore.store.format.blob import BlobId
    from assetstore.store.format.index import Entry
    from assetstore.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaBlob:
    """A media blob of a store.

    Attributes:
        id: Its hash.
        type: Its media type, as its first bytes show it, or "".
        size: Its length in bytes.
        stored: How many bytes its best-known copy takes.
        copies: How many copies there are.
    """

    id: "BlobId"
    type: str
    size: int
    stored: int
    copies: int


def media_blobs(store: "Store") -> Iterator[MediaBlob]:
    """The media blobs of a store, by id."""
    from assetstore.store.format.blob import Kind

    for id, copies in groupby(store.entries(), key=lambda entry: entry.record.id):
        first, *others = copies
        if first.record.kind is Kind.MEDIA:
            yield media_blob(store, id, [first, *others])


def media_blob(
    store: "Store", id: "BlobId", copies: "Sequence[Entry] | None" = None
) -> MediaBlob:
    """Tell what a store knows of a media blob; no copies and length: it has none.

    Args:
        store: The store.
        id: The blob's id.
        copies: Where it is, if that is known already.
    """
    from assetstore.store.format.blob import Kind
    from assetstore.store.media import sniff

    copies = store.copies(id) if copies is None else copies
    try:
        piece = next(store.stream(Kind.MEDIA, id, check=False), memoryview(b""))
        head = bytes(piece[:512])
    except (IntegrityError, UnsupportedStore):
        head = b""  # what is wrong with it is for `verify` to say
    record = copies[0].record if copies else None
    return MediaBlob(
        id=id,
        type=sniff(head),
        size=record.raw if record else 0,
        stored=record.stored if record else 0,
        copies=len(copies),
    )
