"""The store, with verbs: look at what is there, and what the other parts do."""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

from assetstore import opening
from assetstore.api.archive import ArchiveVerbs
from assetstore.api.blob import Blob
from assetstore.api.document import Document
from assetstore.api.restore import RestoreVerbs
from assetstore.api.upkeep import UpkeepVerbs
from assetstore.documents.blobs import media_blob, media_blobs
from assetstore.documents.catalog import find_blob, forget, list_documents
from assetstore.documents.lookup import document_info
from assetstore.documents.writers import (
    WriterInfo,
    adopt,
    find_writer,
    list_writers,
    release,
)
from assetstore.files.find import StrPath, several
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import BlobId
from assetstore.store.known_stores import KnownStores


class Store(ArchiveVerbs, RestoreVerbs, UpkeepVerbs):
    """A store of pictures, and all that can be done with it.

    Open one with `Store.open` or `Store.memory`; it is for one thread, and closed at
    the end of a ``with`` block. What is done to many files reports what went wrong with
    each and goes on; what is done to one raises an error of `assetstore.errors`.
    """

    def __repr__(self) -> str:
        return f"<Store {str(self.root)!r}>" if self.root else "<Store in memory>"

    @classmethod
    def memory(cls) -> Self:
        r"""Make a store in memory, to try things out, and for tests.

        All that is in it is gone when it is closed: what was archived to it cannot be
        restored from then on.

        Examples:
            >>> page = Path("page.html").read_bytes()
            >>> with assetstore.Store.memory() as store:
            ...     small = store.archive_bytes(page)
            ...     store.restore_bytes(small) == page
            True
        """
        return cls.on(MemoryBackend(), create=True, writer="memory")

    def document(self, path: StrPath) -> Document:
        """Look up one document.

        Args:
            path: The file as it was called when it was archived; it need not be there
                any more.

        Raises:
            StoreError: The store does not know it: it was not archived to this store,
                or was forgotten.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> store.document("page.html").state
            'present'
        """
        return Document(self, document_info(self, path))

    def documents(self, paths: Iterable[StrPath] = ()) -> Iterator[Document]:
        """List the documents that the store knows, by path.

        Args:
            paths: Only these files and what is below these folders; none: all.

        Raises:
            TypeError: Paths are no list.
            DamagedManifest: What the store knows of a document cannot be read.

        Examples:
            >>> report = store.archive(["page.html", "session.jsonl"])
            >>> for document in store.documents():
            ...     print(Path(document).name, document.state)
            page.html present
            session.jsonl present
        """
        found = list_documents(self, several(paths))
        return (Document(self, info) for info in found)

    def blobs(self) -> Iterator[Blob]:
        """List the pictures that the store keeps, by hash.

        Examples:
            >>> report = store.archive(["page.html", "session.jsonl"])
            >>> sorted(blob.type for blob in store.blobs())
            ['image/jpeg', 'image/png']
        """
        return (Blob.of(self, found) for found in media_blobs(self))

    def get(self, hash: str) -> Blob:
        """Look up one picture.

        Args:
            hash: Its hash in hexadecimal, or the beginning of it (4 digits or more), or
                a placeholder ("as1:...") that stands for it.

        Raises:
            TypeError: ``hash`` is no text.
            UsageError: It is none of these (a `ValueError`, too).
            MissingBlob: The store has no such picture; `PurgedBlob`: no more.
            AmbiguousId: There are several.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> blob = next(store.blobs())
            >>> store.get(blob.hash[:8]) == blob
            True
        """
        return Blob.of(self, media_blob(self, self._named(hash)))

    def find(self, hash: str) -> Iterator[Document]:
        """Look for the documents that hold a picture.

        Args:
            hash: As in `get`.

        Raises:
            TypeError: As `get`, and so are the others.

        Examples:
            >>> report = store.archive(["page.html", "session.jsonl"])
            >>> (png,) = (blob for blob in store.blobs() if blob.type == "image/png")
            >>> [Path(document).name for document in store.find(png.hash)]
            ['page.html', 'session.jsonl']
        """
        found = list_documents(self, holding=self._named(hash))
        return (Document(self, info) for info in found)

    def forget(
        self, paths: Iterable[StrPath], *, force: bool = False, foreign: bool = False
    ) -> None:
        """Give up what documents claim: `collect` may remove what only they need.

        Args:
            paths: The documents; they need not be there any more.
            force: Do so even if one still holds placeholders of this store.
            foreign: Give up what other users or machines claim for them, too.

        Raises:
            TypeError: Paths are no list.
            StoreError: The store does not know one; those before it are forgotten.
            SourceRefused: One still holds placeholders, and ``force`` was not given.
            ForeignManifest: Another one archived it, and ``foreign`` was not given.
            LockedError: Somebody is at work on it.
        """
        for path in several(paths):
            forget(self, path, force=force, foreign=foreign)

    def writers(self) -> list[WriterInfo]:
        """List who has claims in the store, the latest first.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> [(writer.own, writer.documents) for writer in store.writers()]
            [(True, 1)]
        """
        return list_writers(self)

    def adopt(self, writer: str) -> int:
        """Take over what a writer claims that is no more.

        Args:
            writer: Its id, or the beginning of it.

        Returns:
            How many documents it had claims on.

        Raises:
            StoreError: The store knows no such writer.
            UsageError: It is this one.
            LockedError: Somebody is at work for too long.
        """
        return adopt(self, find_writer(self, writer).id)

    def release(self, writer: str, *, force: bool = False) -> int:
        """Give up what a writer claims that is no more; as `adopt`.

        Args:
            writer: Its id, or the beginning of it.
            force: Do so even if documents here hold placeholders that it claims.

        Raises:
            SourceRefused: They do, and ``force`` was not given.
        """
        return release(self, find_writer(self, writer).id, force=force)

    def _named(self, hash: object) -> BlobId:
        if not isinstance(hash, str):
            raise TypeError(
                f"a hash is text, not {type(hash).__name__}: give its hexadecimal "
                "digits, as hash.hex() of bytes"
            )
        return find_blob(self, hash)


def open_store(
    location: StrPath,
    *,
    create: bool = False,
    parents: bool = False,
    dry_run: bool = False,
    known: KnownStores | None = None,
    documents: Iterable[StrPath] = (),
    trust: opening.Trust = lambda root: frozenset(),
    tell: opening.Tell = lambda label, text: None,
    cache_dir: Path | None = None,
    state_dir: Path | None = None,
    clock: Callable[[], float] = time.time,
) -> Store:
    """Open the store at a place; make it there only if none ever was.

    Args and errors are those of `assetstore.opening.open_store`; `Store.open` asks no
    `KnownStores` whether there was one.
    """
    store = opening.open_store(
        location,
        create=create,
        parents=parents,
        dry_run=dry_run,
        known=known,
        documents=documents,
        trust=trust,
        tell=tell,
        cache_dir=cache_dir,
        state_dir=state_dir,
        clock=clock,
        kind=Store,
    )
    assert isinstance(store, Store)  # noqa: S101 for the type checker
    return store
