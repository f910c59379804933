"""Restore documents: rebuild from the store, compare hashes, replace."""

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from blake3 import blake3

from assetstore.documents.placeholders import find_named, find_placeholders
from assetstore.documents.rebuild import RebuildTally
from assetstore.errors import IntegrityError, SourceRefused, StoreWriteError
from assetstore.files.in_use import leased, refuse_written
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft, absolute, check_replaceable
from assetstore.files.source import Source
from assetstore.files.streams import Writable
from assetstore.files.text import as_text, as_written, encoding_of, open_text
from assetstore.formats.registry import beside
from assetstore.progress import SILENT, Progress
from assetstore.protected.containers import refuse
from assetstore.quantities import many
from assetstore.restore.columns import ArchivedColumns
from assetstore.restore.options import RestoreOptions
from assetstore.restore.work import Opened, Work, between, several_stores
from assetstore.results import FileResult, not_removed
from assetstore.store.store import Store

__all__ = ["RestoreOptions", "Restorer"]

_WAIT = 5.0
# How systems say that a store is nothing that this user writes to.
_READ_ONLY = frozenset((errno.EROFS, errno.EACCES, errno.EPERM))
_UNFITTING = (
    ": the store knows the name, but not what stands around it here, and nothing of "
    "the document; it may be text"
)
# The exit code of what is partly done.
_PARTLY = 3


class Restorer:
    """Restores from one store, or from the first of several that has what is named.

    Args:
        stores: The store, or the stores, in the order in which they are asked.
        options: How.
        progress: Who is told how far it is, in bytes of archived documents.
    """

    def __init__(
        self,
        stores: Store | Sequence[Store],
        options: RestoreOptions,
        progress: Progress = SILENT,
    ):
        self._places = [Opened(store) for store in several_stores(stores)]
        self._options = options
        self._progress = progress
        self._columns = ArchivedColumns([place.store for place in self._places])
        self._sweeper = Sweeper()

    def in_place(self, path: Path) -> FileResult:
        """Restore a file.

        Raises:
            AssetstoreError: It did not work; the file is as it was.
            OSError: The same.
        """
        document = absolute(path)
        with ExitStack() as stack:
            unheard = self._lock(stack, document)
            if not self._options.dry_run:
                self._sweeper.sweep(document)
            beside(document).recover(document)
            source = stack.enter_context(open_text(document))
            source.settle()
            self._columns.refuse(source, document)
            if next(find_placeholders(source), None) is None:
                self._refuse_torn(source)
                self._progress.advance(source.size)
                return _result(str(path), source, None, source.raw.size)
            work = Work(source, document, self._places, self._options)
            if not work.archived:
                # A program's own file, that quotes one: no archive takes such a file.
                refuse(source, str(path))
            check_replaceable(source, path)
            if self._options.dry_run:
                with leased(source.fd, str(path)):
                    pass  # whoever has it open for writing would keep us from it
                after = sum(map(len, as_written(self._counted(work), source)))
                work.check()
                return _result(str(path), source, work, after)
            if sys.platform == "darwin":  # elsewhere the replacement itself notices
                refuse_written(source.fd, str(path))
            draft = stack.enter_context(Draft(document, source.encoding))
            digest = blake3()
            for piece in self._counted(work):
                digest.update(piece)
                draft.write(piece)
            after = draft.size
            work.check()
            if work.tally.payloads == 0:
                return _result(str(path), source, work, source.raw.size)
            with draft.reopened() as whole:
                claims = work.claims(whole, digest.digest())
            told = [claim for claim in claims if claim.store not in unheard]
            if len(told) < len(claims) and work.tally.left:
                # What the store knows tells these from placeholders that stand for
                # something; it has to hear that this is another document now.
                raise next(iter(unheard.values()))
            between(
                told,
                lambda: beside(draft.target).replace(draft, source),
                lambda: draft.placed,
            )
            done = _result(str(path), source, work, after, draft.left)
            return replace(done, warnings=(*done.warnings, *map(_not_told, unheard)))

    def _refuse_torn(self, source: Source) -> None:
        """Refuse text in UTF-16 with placeholders that is not UTF-16 as a whole.

        Raises:
            SourceRefused: A program appended text in another encoding to it, or left
                its byte order mark out.
        """
        head = source.read(0, 1024)
        if source.encoding or not (b"\0" in head or encoding_of(head)):
            return
        named = find_named(source, wide_alone=True)
        if any(p.recipes.get(prefix) for prefix in named for p in self._places):
            raise SourceRefused(
                f"{source.name} holds placeholders in UTF-16, but is not all UTF-16 "
                "behind a byte order mark",
                hint="Save it as that, or as UTF-8, and restore it again.",
                path=source.name,
            )

    def _lock(self, stack: ExitStack, document: Path) -> dict[Store, StoreWriteError]:
        """Lock a document in every store, in an order in which nobody blocks another.

        Returns:
            The stores that cannot be written, as on a medium that is read-only. They
            could not be told that the document was restored, and go on to keep what
            it needed.

        Raises:
            LockedError: Somebody else is at work on it.
            StoreWriteError: A store cannot be written just now.
        """
        unheard: dict[Store, StoreWriteError] = {}
        reads = self._options.dry_run
        stores = [place.store for place in self._places]
        for store in sorted(stores, key=lambda store: str(store.root)):
            try:
                stack.enter_context(store.doc_lock(document, _WAIT, reads=reads))
            except StoreWriteError as e:
                e.hint = "'restore -o FILE' writes the restored form elsewhere."
                cause = e.__cause__
                if not isinstance(cause, OSError) or cause.errno not in _READ_ONLY:
                    raise  # that may pass: a full disk, too many open files
                unheard[store] = e
        return unheard

    def check(self, source: Source) -> None:
        """Read all that a document needs.

        Raises:
            IntegrityError: Something is missing or damaged.
            SourceRefused: It cannot be restored.
        """
        self._refuse_torn(source)
        work = Work(source, None, self._places, self._options)
        for _ in as_written(self._counted(work), source):
            pass
        work.check()

    def of_bytes(self, data: bytes, name: str) -> bytes:
        """Restore bytes that are no file.

        Raises:
            AssetstoreError: It did not work.
        """
        import tempfile

        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.flush()
            whole = io.BytesIO()
            with as_text(Source(os.dup(file.fileno()), name)) as source:
                self.to_stream(source, name, whole)
        return whole.getvalue()

    def to_stream(self, source: Source, name: str, target: Writable) -> FileResult:
        """Write the restored form of a document.

        Raises:
            AssetstoreError: It did not work; a part may have been written.
            OSError: The same.
        """
        after = 0
        self._refuse_torn(source)
        work = Work(source, None, self._places, self._options)
        for piece in as_written(self._counted(work), source):
            after += len(piece)
            if not self._options.dry_run:
                target.write(piece)
        return _result(name, source, work, after)

    def to_file(
        self,
        path: Path,
        target: Path,
        document: Path | None = None,
        replace: Callable[[], None] | None = None,
    ) -> FileResult:
        """Write the restored form of a file to another one, over what is there.

        Args:
            path: The file.
            target: The other one.
            document: Whose text the file has, if it is not its own.
            replace: Puts what was written in the document's place.

        Raises:
            AssetstoreError: It did not work; ``target`` is as it was.
            OSError: The same.
        """
        file = absolute(path)
        name = str(document or file)
        with (
            open_text(file, name) as source,
            Draft(absolute(target), source.encoding) as draft,
        ):
            self._columns.refuse(source, document or file)
            self._refuse_torn(source)
            work = Work(source, document or file, self._places, self._options)
            pieces, digest = self._counted(work), blake3()
            if self._options.dry_run:
                after = sum(map(len, as_written(pieces, source)))
            else:
                for piece in pieces:
                    digest.update(piece)
                    draft.write(piece)
                after = draft.size
            work.check()
            if not self._options.dry_run:
                draft.publish()
            if replace is not None:
                with open_text(absolute(target)) as whole:
                    claims = work.claims(whole, digest.digest())
                between(claims, replace, lambda: False)
            return _result(str(path), source, work, after)

    def _counted(self, work: Work) -> Iterator[bytes | memoryview]:
        done, limit = 0, self._options.limit
        for piece in work.pieces():
            done += len(piece)
            if limit and done > limit:
                raise IntegrityError(f"it would be longer than {limit:,} bytes")
            yield piece
            self._progress.advance(len(piece))


def _result(
    name: str, source: Source, work: Work | None, after: int, left: str = ""
) -> FileResult:
    tally = work.tally if work is not None else RebuildTally()
    warnings: list[str] = []
    if lacks := tally.missing - tally.purged:
        warnings.append(f"{_stay(lacks)}: the store lacks what they name")
    if tally.purged:
        warnings.append(f"{_stay(tally.purged)}: what they name was purged, for good")
    if tally.unknown:
        warnings.append(
            f"{_stay(tally.unknown)}: the store does not know them; if they are "
            "another one's, name that with --store"
        )
    if tally.quoted:
        warnings.append(
            f"{_stay(tally.quoted)}: they are text of the document; "
            "if they are not, --quoted puts back what they name"
        )
    if tally.relaid:
        warnings.append(
            f"{many(tally.relaid, 'payload')} with other line breaks: what was a list "
            "of lines is one string now"
        )
    if left:
        warnings.append(not_removed(left))
    reason, hint = _partly(tally, work) if work is not None else ("", "")
    if tally.edited and not reason:
        warnings.append(_stay(tally.edited) + _UNFITTING)
    return FileResult(
        path=name,
        status="restored" if tally.payloads else "unchanged",
        reason=reason,
        hint=hint,
        code=_PARTLY if reason else 0,
        before=source.raw.size,
        after=after,
        payloads=tally.payloads,
        quoted=tally.quoted + tally.edited,
        unknown=tally.unknown + tally.missing,
        left=left,
        warnings=tuple(warnings),
    )


def _stay(count: int) -> str:
    return f"{many(count, 'placeholder')} stay{'s' if count == 1 else ''}"


def _not_told(store: Store) -> str:
    return (
        f"the store at {store.root} cannot be written: it goes on to keep what the "
        "document needed"
    )


def _partly(tally: RebuildTally, work: Work) -> tuple[str, str]:
    """Say why a document has not all that is its own, and what to do; or nothing."""
    if tally.edited and not work.archived:
        if not tally.payloads:
            return "", ""  # nobody put any there: a page that writes of them
        return (
            _stay(tally.edited) + _UNFITTING,
            "If they stand for pictures, 'restore --extract DIR' writes these to "
            "files.",
        )
    if tally.edited:
        return (
            f"{tally.edited} of its own placeholders stay: what stood around them was "
            "changed",
            "Undo that edit and restore again, or write what they name to files with "
            "'restore --extract DIR'.",
        )
    if work.unknown and tally.payloads and tally.unnoted:
        # A copy of which no manifest tells: they may be its own.
        return (
            f"{_stay(tally.unnoted)}: no store that was asked knows them",
            "If they are another store's, name that with --store as well; "
            "--allow-missing takes it that they stay.",
        )
    return "", ""
