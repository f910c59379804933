"""The part of a store's verbs that puts pictures back, or writes them out."""

import io
from collections.abc import Iterable, Sequence

from assetstore.api.arguments import given_bytes, restore_options
from assetstore.files.find import StrPath
from assetstore.files.streams import Readable, WholeReader, WholeWriter, Writable
from assetstore.progress import Progress
from assetstore.restore.run import (
    extract,
    restore_file,
    restore_paths,
    restore_stream,
)
from assetstore.results import FileResult, Report
from assetstore.store import store as base


class RestoreVerbs(base.Store):
    """The part of `assetstore.Store` that restores."""

    def restore(
        self,
        paths: Iterable[StrPath],
        *,
        allow_missing: bool = False,
        as_archived: bool = False,
        quoted: bool = False,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        dry_run: bool = False,
        jobs: int = 1,
        others: Sequence[base.Store] = (),
        progress: Progress | None = None,
    ) -> Report:
        """Put the pictures back into files, and into all files below folders.

        The files may have been moved, renamed or edited since. What goes wrong with one
        of them is in its result and ends nothing else.

        Args:
            paths: Files and folders.
            allow_missing: Leave placeholders whose pictures are lost, and restore the
                others.
            as_archived: Leave placeholders that were in a document before it was
                archived.
            quoted: Put back also what is known to be text of a document (a quotation).
            include: In folders, only files that match one of these globs.
            exclude: In folders, no files or folders that match one of these.
            dry_run: Change nothing.
            jobs: How many processes work at once.
            others: Stores that are asked for what this one does not know.
            progress: Who is told how far it is.

        Raises:
            TypeError: Paths or globs are no list.
            ValueError: Arguments do not go together.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> store.restore(["page.html"]).files[0].status
            'restored'
        """
        options = restore_options(
            allow_missing=allow_missing,
            as_archived=as_archived,
            quoted=quoted,
            include=include,
            exclude=exclude,
            dry_run=dry_run,
            jobs=jobs,
        )
        return restore_paths([self, *others], paths, options, progress=progress)

    def restore_bytes(
        self,
        data: bytes | bytearray | memoryview,
        *,
        allow_missing: bool = False,
        others: Sequence[base.Store] = (),
    ) -> bytes:
        """Put the pictures back into a document that is in memory.

        Args:
            data: The document.
            allow_missing: As in `restore`.
            others: As in `restore`.

        Raises:
            TypeError: ``data`` is text.
            AssetstoreError: It did not work.
        """
        target = io.BytesIO()
        source = io.BytesIO(given_bytes(data))
        self.restore_stream(source, target, allow_missing=allow_missing, others=others)
        return target.getvalue()

    def restore_file(
        self,
        source: StrPath,
        target: StrPath,
        *,
        allow_missing: bool = False,
        as_archived: bool = False,
        quoted: bool = False,
        others: Sequence[base.Store] = (),
    ) -> FileResult:
        """Write the restored form of a file to another one, and leave it alone.

        Args:
            source: The file.
            target: The other one; it is replaced if it is there.
            allow_missing: As in `restore`.
            as_archived: As in `restore`.
            quoted: As in `restore`.
            others: As in `restore`.

        Raises:
            UsageError: ``target`` is the source, a link, or no place for a file.
            AssetstoreError: It did not work; ``target`` is as it was.
            OSError: The same.
        """
        options = restore_options(
            allow_missing=allow_missing, as_archived=as_archived, quoted=quoted
        )
        return restore_file([self, *others], source, target, options)

    def restore_stream(
        self,
        source: Readable,
        target: Writable,
        *,
        allow_missing: bool = False,
        others: Sequence[base.Store] = (),
    ) -> FileResult:
        """Read a document from a binary file object, and write its restored form.

        All pictures are read twice: nothing is written before each was found to be
        right. Neither file object needs to be seekable.

        Args:
            source: The file object to read.
            target: The file object to write.
            allow_missing: As in `restore`.
            others: As in `restore`.

        Raises:
            TypeError: One of them is no binary file object.
            BlockingIOError: One of them does not wait for bytes.
            AssetstoreError: It did not work; nothing was written, unless the store
                became damaged in between.
            OSError: The same.
        """
        options = restore_options(allow_missing=allow_missing)
        given, taken = WholeReader(source), WholeWriter(target)
        return restore_stream([self, *others], given, taken, options)

    def extract(
        self,
        paths: Iterable[StrPath],
        folder: StrPath,
        *,
        allow_missing: bool = False,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        dry_run: bool = False,
        others: Sequence[base.Store] = (),
        progress: Progress | None = None,
    ) -> Report:
        """Write the pictures of archived documents as files; leave the documents alone.

        Args:
            paths: Files and folders.
            folder: Where the pictures go; made if it is missing.
            allow_missing: Leave out what is lost.
            include: As in `restore`.
            exclude: As in `restore`.
            dry_run: Change nothing.
            others: As in `restore`.
            progress: Who is told how far it is.

        Raises:
            TypeError: Paths or globs are no list.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> report = store.extract(["page.html"], "images")
            >>> sorted(path.suffix for path in Path("images").iterdir())
            ['.jpg', '.png']
        """
        options = restore_options(
            allow_missing=allow_missing,
            include=include,
            exclude=exclude,
            dry_run=dry_run,
        )
        stores = [self, *others]
        return extract(stores, paths, folder, options, progress=progress)
