"""The part of a store's verbs that takes pictures out of documents."""

import io
from collections.abc import Iterable

from assetstore.api.arguments import Media, archive_options, given_bytes
from assetstore.archiver.options import MIN_SIZE
from assetstore.archiver.run import archive_file, archive_paths, archive_stream
from assetstore.files.find import StrPath
from assetstore.files.streams import Readable, WholeReader, WholeWriter, Writable
from assetstore.progress import Progress
from assetstore.results import FileResult, Report
from assetstore.store import store as base


class ArchiveVerbs(base.Store):
    """The part of `assetstore.Store` that archives."""

    def archive(
        self,
        paths: Iterable[StrPath],
        *,
        profile: str = "auto",
        media: Media = "image",
        min_size: int = MIN_SIZE,
        min_age: float | None = None,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        ignore: bool = True,
        dry_run: bool = False,
        jobs: int = 1,
        progress: Progress | None = None,
    ) -> Report:
        """Take the pictures out of files, and of the documents below folders.

        The files keep short placeholders. What goes wrong with one of them is in its
        result and ends nothing else.

        Args:
            paths: Files and folders.
            profile: The name of the format to read documents with, or "auto".
            media: "image", or "any": audio, video, fonts and PDF too.
            min_size: Payloads whose text is shorter (bytes) stay; 0: all are taken.
            min_age: Files modified more recently (seconds) are skipped.
            include: In folders, only files that match one of these globs.
            exclude: In folders, no files or folders that match one of these.
            ignore: Whether folders are walked without what ignore files name, caches,
                dependencies and source code.
            dry_run: Change nothing.
            jobs: How many processes work at once.
            progress: Who is told how far it is.

        Raises:
            TypeError: Paths or globs are no list.
            UsageError: There is no such profile.
            ValueError: Another argument is none of the values that it can have.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> for file in report.files:
            ...     print(file.status, file.payloads, file.before > 5 * file.after)
            archived 3 True
        """
        options = archive_options(
            profile=profile,
            media=media,
            min_size=min_size,
            min_age=min_age,
            include=include,
            exclude=exclude,
            ignore=ignore,
            dry_run=dry_run,
            jobs=jobs,
        )
        return archive_paths(self, paths, options, progress=progress)

    def archive_bytes(
        self,
        data: bytes | bytearray | memoryview,
        *,
        profile: str = "auto",
        media: Media = "image",
        min_size: int = MIN_SIZE,
        binary: bool = False,
    ) -> bytes:
        """Take the pictures out of a document that is in memory.

        Args:
            data: The document.
            profile: As in `archive`.
            media: As in `archive`.
            min_size: As in `archive`.
            binary: Archive also what is no text, and is broken by a placeholder until
                it is restored.

        Returns:
            Its archived form. The store keeps the pictures until the document, of which
            the name in `documents` begins with "stdin:", is forgotten.

        Raises:
            TypeError: ``data`` is text.
            ContainerRefused: It is no text, and ``binary`` was not given.
            AssetstoreError: It did not work for another reason.

        Examples:
            >>> page = Path("page.html").read_bytes()
            >>> b"data:image" in store.archive_bytes(page)
            False
        """
        target = io.BytesIO()
        self.archive_stream(
            io.BytesIO(given_bytes(data)),
            target,
            profile=profile,
            media=media,
            min_size=min_size,
            binary=binary,
        )
        return target.getvalue()

    def archive_file(
        self,
        source: StrPath,
        target: StrPath,
        *,
        profile: str = "auto",
        media: Media = "image",
        min_size: int = MIN_SIZE,
        binary: bool = False,
    ) -> FileResult:
        """Write the archived form of a file to another one, and leave it alone.

        Args:
            source: The file.
            target: The other one; it is replaced if it is there.
            profile: As in `archive`.
            media: As in `archive`.
            min_size: As in `archive`.
            binary: As in `archive_bytes`.

        Raises:
            UsageError: ``target`` is the source, a link, or no place for a file.
            AssetstoreError: It did not work; ``target`` is as it was.
            OSError: The same.

        Examples:
            >>> store.archive_file("page.html", "small.html").payloads
            3
        """
        options = archive_options(
            profile=profile, media=media, min_size=min_size, binary=binary
        )
        return archive_file(self, source, target, options)

    def archive_stream(
        self,
        source: Readable,
        target: Writable,
        *,
        profile: str = "auto",
        media: Media = "image",
        min_size: int = MIN_SIZE,
        binary: bool = False,
    ) -> FileResult:
        """Read a document from a binary file object, and write its archived form.

        All of it is read, archived and verified before the first byte is written.
        Neither needs to be seekable: pipes and sockets do.

        Args:
            source: The file object to read.
            target: The file object to write.
            profile: As in `archive`.
            media: As in `archive`.
            min_size: As in `archive`.
            binary: As in `archive_bytes`.

        Raises:
            TypeError: One of them is no binary file object.
            BlockingIOError: One of them does not wait for bytes.
            AssetstoreError: It did not work; nothing was written.
            OSError: The same.

        Examples:
            >>> with open("page.html", "rb") as page, open("small.html", "wb") as small:
            ...     store.archive_stream(page, small).payloads
            3
        """
        options = archive_options(
            profile=profile, media=media, min_size=min_size, binary=binary
        )
        given, taken = WholeReader(source), WholeWriter(target)
        return archive_stream(self, given, taken, options)
