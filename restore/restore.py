"""Restore documents: rebuild from the store, compare hashes, replace."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from assetstore.errors import DamagedManifest, StoreError
from assetstore.files.in_use import refuse_written
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft, absolute, check_replaceable
from assetstore.files.source import Source
from assetstore.formats.registry import beside
from assetstore.progress import SILENT, Progress
from assetstore.results import FileResult, not_removed
from assetstore.store.lineage import Lineage
from assetstore.store.manifest import Manifest
from assetstore.store.placeholder import LENGTH
from assetstore.store.rebuild import Recipes, Tally, find_placeholders, rebuild
from assetstore.store.store import Store

_WAIT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOptions:
    """How to restore.

    Attributes:
        allow_missing: Leave placeholders whose blobs are lost, restore the others.
        include: In folders, only files that match one of these globs.
        exclude: In folders, no files or folders that match one of these.
        dry_run: Change nothing.
        jobs: How many processes work at once.
    """

    allow_missing: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    dry_run: bool = False
    jobs: int = 1


class Restorer:
    """Restores from one store.

    Args:
        store: The store.
        options: How.
        progress: Who is told how far it is, in bytes of archived documents.
    """

    def __init__(
        self, store: Store, options: RestoreOptions, progress: Progress = SILENT
    ):
        self._store = store
        self._options = options
        self._progress = progress
        self._lineage = Lineage(store)
        self._sweeper = Sweeper()
        self._recipes = Recipes(store)

    def in_place(self, path: Path) -> FileResult:
        """Restore a file.

        Raises:
            AssetstoreError: It did not work; the file is as it was.
            OSError: The same.
        """
        document = absolute(path)
        with ExitStack() as stack:
            stack.enter_context(self._store.doc_lock(document, _WAIT))
            if not self._options.dry_run:
                self._sweeper.sweep(document)
            beside(document).recover(document)
            source = stack.enter_context(Source.open(document))
            size = source.size
            if next(find_placeholders(source), None) is None:
                self._progress.advance(size)
                return _result(str(path), source, Tally(), size)
            own = self._own(document)
            tally = Tally()
            if self._options.dry_run:
                after = sum(map(len, self._pieces(source, own, tally, document)))
                return _result(str(path), source, tally, after)
            check_replaceable(source, path)
            if sys.platform == "darwin":  # elsewhere the replacement itself notices
                refuse_written(source.fd, str(path))
            draft = stack.enter_context(Draft(document))
            digest = blake3()
            for piece in self._pieces(source, own, tally, document):
                digest.update(piece)
                draft.write(piece)
            after = draft.size
            if tally.payloads == 0:
                return _result(str(path), source, tally, size)
            claims = own is not None and (own.state == "archived" or own.begun)
            if own is None or not claims or tally.missing:
                beside(draft.target).replace(draft, source)
                return _result(str(path), source, tally, after, draft.left)
            note = _restored(own, after, digest.digest())
            if tally.quoted:  # it may need them: nobody can tell
                self._replace_noted(draft, source, own, replace(note, refs=own.refs))
            else:
                begun = replace(note, refs=own.refs, payloads=own.payloads)
                self._replace_noted(draft, source, own, begun)
                self._store.put_manifest(note)
            return _result(str(path), source, tally, after, draft.left)

    def check(self, source: Source) -> None:
        """Read all that a document needs.

        Raises:
            IntegrityError: Something is missing or damaged.
        """
        for _ in self._pieces(source, None, Tally()):
            pass

    def to_stream(self, source: Source, name: str, target: BinaryIO) -> FileResult:
        """Write the restored form of a document.

        Raises:
            AssetstoreError: It did not work; a part may have been written.
            OSError: The same.
        """
        tally, after = Tally(), 0
        for piece in self._pieces(source, None, tally):
            after += len(piece)
            if not self._options.dry_run:
                target.write(piece)
        return _result(name, source, tally, after)

    def to_file(
        self, path: Path, target: Path, document: Path | None = None
    ) -> FileResult:
        """Write the restored form of a file to another one, over what is there.

        Args:
            path: The file.
            target: The other one.
            document: Whose text the file has, if it is not its own.

        Raises:
            AssetstoreError: It did not work; ``target`` is as it was.
            OSError: The same.
        """
        file = absolute(path)
        document = document or file
        tally = Tally()
        with Source.open(file) as source, Draft(absolute(target)) as draft:
            after = 0
            own = self._own(document)
            for piece in self._pieces(source, own, tally, document):
                after += len(piece)
                if not self._options.dry_run:
                    draft.write(piece)
            if not self._options.dry_run:
                draft.publish()
            return _result(str(path), source, tally, after)

    def _own(self, document: Path) -> Manifest | None:
        try:
            return self._store.manifest(document)
        except DamagedManifest:
            return None  # a restore does not depend on it

    def _pieces(
        self,
        source: Source,
        own: Manifest | None,
        tally: Tally,
        document: Path | None = None,
    ) -> Iterator[bytes | memoryview]:
        earlier = (
            beside(document).earlier_forms(document, source)
            if document is not None
            else ()
        )
        known = self._lineage.of(source, own, earlier)

        def is_text(offset: int) -> bool:
            return known.plain or 0 < known.prefix < offset + LENGTH

        return self._counted(
            rebuild(
                source,
                self._recipes,
                is_text=is_text,
                allow_missing=self._options.allow_missing,
                tally=tally,
            ),
            self._progress.advance,
        )

    @staticmethod
    def _counted(
        pieces: Iterator[bytes | memoryview], advance: Callable[[int], None]
    ) -> Iterator[bytes | memoryview]:
        for piece in pieces:
            yield piece
            advance(len(piece))

    def _replace_noted(
        self, draft: Draft, source: Source, own: Manifest, note: Manifest
    ) -> None:
        """Replace a file, after a note that it is restored was put.

        Nothing but that note tells text that looks like placeholders from placeholders;
        and whoever is killed between the two leaves what is needed to tell whether the
        file was replaced. It keeps what the document needs, as long as that may be
        needed.
        """
        put = self._store.put_manifest(note)
        try:
            beside(draft.target).replace(draft, source)
        except BaseException:
            if not draft.placed:
                with suppress(StoreError, OSError):
                    self._store.take_back(put, own)
            raise


def _restored(own: Manifest, size: int, digest: bytes) -> Manifest:
    """Says that a document needs nothing of the store any more."""
    return Manifest(
        document=own.document,
        state="restored",
        profile=own.profile,
        source_size=size,
        slim_size=size,
        slim_hash=digest,
        payloads=0,
    )


def _result(
    name: str, source: Source, tally: Tally, after: int, left: str = ""
) -> FileResult:
    warnings: list[str] = []
    if tally.missing:
        warnings.append(
            f"{tally.missing} placeholders stay: the store lacks what they name"
        )
    if tally.quoted:
        warnings.append(
            f"{tally.quoted} placeholders stay: they are text of the document; "
            "restore a copy of the file if they are not"
        )
    if left:
        warnings.append(not_removed(left))
    return FileResult(
        path=name,
        status="restored" if tally.payloads else "unchanged",
        before=source.size,
        after=after,
        payloads=tally.payloads,
        quoted=tally.quoted,
        left=left,
        warnings=tuple(warnings),
    )
