"""A picture of a store, or what else was taken out of documents."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Self

from assetstore.documents.blobs import MediaBlob
from assetstore.files.streams import WholeWriter, Writable
from assetstore.store.format.blob import BlobId, Kind

if TYPE_CHECKING:
    from assetstore.api.document import Document
    from assetstore.api.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A picture, or other media, that a store keeps once.

    `Store.get`, `Store.blobs` and `Document.images` give them.

    Attributes:
        hash: The BLAKE3 hash of its bytes, in hexadecimal.
        type: Its media type (MIME), as its first bytes show it, or "".
        size: Its length in bytes.
        stored_size: How many bytes it takes in the store.
        copies: How often the store has it; 0: it was lost or purged.
    """

    hash: str
    type: str
    size: int
    stored_size: int
    copies: int
    _store: "Store" = field(repr=False, compare=False)

    @classmethod
    def of(cls, store: "Store", found: MediaBlob) -> Self:
        """The blob of a store that `media_blobs` found."""
        return cls(
            hash=found.id.hex(),
            type=found.type,
            size=found.size,
            stored_size=found.stored,
            copies=found.copies,
            _store=store,
        )

    def read(self) -> bytes:
        r"""Read its bytes, and compare them with its hash.

        Raises:
            MissingBlob: The store has it no more; `PurgedBlob` where that was wanted.
            DamagedBlob: Its bytes are wrong.
            UnsupportedStore: It was coded by `optimize`, and the packages of the extra
                ``codecs`` are not installed.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> blob = next(store.blobs())
            >>> blob.type, blob.read()[:8]
            ('image/png', b'\x89PNG\r\n\x1a\n')
        """
        return b"".join(map(bytes, self._store.stream(Kind.MEDIA, self._id)))

    def open(self) -> BinaryIO:
        """Open it as a file, as Pillow and others take it.

        The file is in memory, and its bytes were compared with the hash. What is too
        large for that goes to a file of yours by `write_to`.

        Raises:
            MissingBlob: As `read`, and so are the others.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> import PIL.Image
            >>> with next(store.blobs()).open() as file, PIL.Image.open(file) as image:
            ...     image.size
            (20, 20)
        """
        return io.BytesIO(self.read())

    def write_to(self, file: Writable) -> int:
        """Write its bytes to a binary file object, without holding all of them.

        It is read twice: nothing is written before all of it was found to be right.

        Args:
            file: The file object.

        Returns:
            How many bytes were written.

        Raises:
            TypeError: It is no binary file object.
            MissingBlob: As `read`, and so are the others.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> with open("picture.png", "wb") as file:
            ...     size = next(store.blobs()).write_to(file)
        """
        target = WholeWriter(file)
        for _ in self._store.stream(Kind.MEDIA, self._id):
            pass
        stream = self._store.stream(Kind.MEDIA, self._id)
        return sum(target.write(piece) for piece in stream)

    def documents(self) -> "Iterator[Document]":
        """Look for the documents that hold it; as `Store.find`."""
        return self._store.find(self.hash)

    @property
    def _id(self) -> BlobId:
        return BlobId(bytes.fromhex(self.hash))
