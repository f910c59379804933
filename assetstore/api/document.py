"""A document that a store knows."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.api.arguments import Media, archive_options, restore_options
from assetstore.api.blob import Blob
from assetstore.archiver.options import MIN_SIZE
from assetstore.archiver.run import archive_one
from assetstore.documents.blobs import media_blob
from assetstore.documents.catalog import DocumentInfo, DocumentState, forget
from assetstore.documents.lookup import document_info, needed_media
from assetstore.files.find import StrPath
from assetstore.restore.restore import Restorer
from assetstore.restore.run import restore_file
from assetstore.results import FileResult

if TYPE_CHECKING:
    from assetstore.api.store import Store


class Document:
    """A file that was archived to a store.

    `Store.document`, `Store.documents` and `Store.find` give them. What one says of
    itself is as it was then, or after the last of its verbs. It can be given wherever a
    path is taken.
    """

    def __init__(self, store: "Store", info: DocumentInfo):
        self._store = store
        self._info = info

    def __repr__(self) -> str:
        return f"<Document {self.path!r} {self.state}>"

    def __fspath__(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        """Its absolute path; "stdin:..." and "thread:..." of what is in no file."""
        return self._info.path

    @property
    def state(self) -> DocumentState:
        """Its state: "present", "changed", "missing", "restored" or "stream".

        It is present as it was archived, changed since then, missing (moved or deleted;
        its pictures stay in the store until it is forgotten), or restored.
        """
        return self._info.state

    @property
    def profile(self) -> str:
        """The name of the format that it was read with."""
        return self._info.profile

    @property
    def source_size(self) -> int:
        """The original's size in bytes."""
        return self._info.source_size

    @property
    def slim_size(self) -> int:
        """The archived file's size in bytes."""
        return self._info.slim_size

    @property
    def payloads(self) -> int:
        """The number of placeholders in it."""
        return self._info.payloads

    @property
    def info(self) -> DocumentInfo:
        """All that the store knows of it, by the names of the command line."""
        return self._info

    def images(self) -> Iterator[Blob]:
        """List the pictures that it needs, and what else was taken out of it.

        Returns:
            Each once, in the order in which they stand in the document; what it
            does not hold any more comes last.

        Raises:
            StoreError: The store does not know it any more.
            DamagedManifest: What the store knows of it cannot be read.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> [image.type for image in store.document("page.html").images()]
            ['image/png', 'image/jpeg']
        """
        found = needed_media(self._store, self._info)
        return (Blob.of(self._store, media_blob(self._store, id)) for id in found)

    def restore(
        self,
        to: StrPath | None = None,
        *,
        allow_missing: bool = False,
        as_archived: bool = False,
        quoted: bool = False,
    ) -> FileResult:
        """Put its pictures back, byte for byte.

        Args:
            to: Another file to write, and leave this one alone; None: in place.
            allow_missing: Leave placeholders whose pictures are lost, and restore the
                others.
            as_archived: Leave placeholders that were in it before it was archived.
            quoted: Put back also what is known to be text of it (a quotation).

        Raises:
            AssetstoreError: It did not work; the file is as it was.
            OSError: The same.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> page = store.document("page.html")
            >>> page.restore(to="copy.html").payloads
            3
            >>> page.restore().after == page.source_size
            True
            >>> page.state
            'restored'
        """
        options = restore_options(
            allow_missing=allow_missing, as_archived=as_archived, quoted=quoted
        )
        if to is not None:
            return restore_file(self._store, self.path, to, options)
        result = Restorer(self._store, options).in_place(Path(self.path))
        self._look()
        return result

    def archive(
        self,
        *,
        profile: str = "auto",
        media: Media = "image",
        min_size: int = MIN_SIZE,
    ) -> FileResult:
        """Take out what came into it since it was archived, or after a restore.

        Args:
            profile: As in `Store.archive`.
            media: As in `Store.archive`.
            min_size: As in `Store.archive`.

        Raises:
            AssetstoreError: It did not work; the file is as it was.
            OSError: The same.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> page = store.document("page.html")
            >>> result = page.restore()
            >>> page.archive().status
            'archived'
        """
        options = archive_options(profile=profile, media=media, min_size=min_size)
        result = archive_one(self._store, self.path, options)
        self._look()
        return result

    def forget(self, *, force: bool = False, foreign: bool = False) -> None:
        """Give up its claim on its pictures: `collect` may remove what only it needs.

        Args:
            force: Do so even if it still holds placeholders of the store.
            foreign: Give up what other users or machines claim for it, too.

        Raises:
            SourceRefused: It still holds placeholders, and ``force`` was not given.
            ForeignManifest: Another one archived it, and ``foreign`` was not given.
            LockedError: Somebody is at work on it.
        """
        forget(self._store, self.path, force=force, foreign=foreign)

    def _look(self) -> None:
        """See what became of it."""
        self._info = document_info(self._store, self.path)
