"""Restore documents: rebuild from the store, compare hashes, replace."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from assetstore.clients import codex_state
from assetstore.clients.codex_forks import earlier_forms
from assetstore.errors import (
    DamagedManifest,
    IntegrityError,
    MissingBlob,
    StoreError,
)
from assetstore.files.in_use import refuse_written
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft, absolute, check_replaceable
from assetstore.files.source import Source
from assetstore.progress import SILENT, Progress
from assetstore.results import FileResult, not_removed
from assetstore.store.blob import Kind, Ref
from assetstore.store.lineage import Ancestry, Judge, Lineage
from assetstore.store.manifest import Manifest
from assetstore.store.notes import Notes, Place
from assetstore.store.placeholder import PREFIX_BYTES, RecipePrefix
from assetstore.store.rebuild import (
    Known,
    Recipes,
    Tally,
    all_open,
    find_placeholders,
    rebuild,
)
from assetstore.store.recipe import Recipe
from assetstore.store.store import Store

_WAIT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOptions:
    """How to restore.

    Attributes:
        allow_missing: Leave placeholders whose blobs are lost, restore the others.
        as_archived: Leave those that were in a document before it was archived.
        quoted: Put back also what is known to be text of a document (a quotation).
        include: In folders, only files that match one of these globs.
        exclude: In folders, no files or folders that match one of these.
        dry_run: Change nothing.
        jobs: How many processes work at once.
    """

    allow_missing: bool = False
    as_archived: bool = False
    quoted: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    dry_run: bool = False
    jobs: int = 1


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
        stores = [stores] if isinstance(stores, Store) else stores
        self._places = [_Place(store) for store in stores]
        self._options = options
        self._progress = progress
        self._sweeper = Sweeper()

    def in_place(self, path: Path) -> FileResult:
        """Restore a file.

        Raises:
            AssetstoreError: It did not work; the file is as it was.
            OSError: The same.
        """
        document = absolute(path)
        with ExitStack() as stack:
            for store in sorted(
                (place.store for place in self._places), key=lambda s: str(s.root)
            ):
                stack.enter_context(store.doc_lock(document, _WAIT))
            if not self._options.dry_run:
                self._sweeper.sweep(document)
            codex_state.recover(document)
            source = stack.enter_context(Source.open(document))
            if next(find_placeholders(source), None) is None:
                self._progress.advance(source.size)
                return _result(str(path), source, Tally(), source.size)
            work = _Work(source, document, self._places, self._options)
            if self._options.dry_run:
                after = sum(map(len, self._counted(work)))
                work.check()
                return _result(str(path), source, work.tally, after)
            check_replaceable(source, path)
            if sys.platform == "darwin":  # elsewhere the replacement itself notices
                refuse_written(source.fd, str(path))
            draft = stack.enter_context(Draft(document))
            digest = blake3()
            for piece in self._counted(work):
                digest.update(piece)
                draft.write(piece)
            after = draft.size
            work.check()
            if work.tally.payloads == 0:
                return _result(str(path), source, work.tally, source.size)
            with draft.reopened() as whole:
                claims = work.claims(whole, digest.digest())
            _replace(draft, source, claims)
            return _result(str(path), source, work.tally, after, draft.left)

    def check(self, source: Source) -> None:
        """Read all that a document needs.

        Raises:
            IntegrityError: Something is missing or damaged.
        """
        work = _Work(source, None, self._places, self._options)
        for _ in self._counted(work):
            pass
        work.check()

    def to_stream(self, source: Source, name: str, target: BinaryIO) -> FileResult:
        """Write the restored form of a document.

        Raises:
            AssetstoreError: It did not work; a part may have been written.
            OSError: The same.
        """
        after = 0
        work = _Work(source, None, self._places, self._options)
        for piece in self._counted(work):
            after += len(piece)
            if not self._options.dry_run:
                target.write(piece)
        return _result(name, source, work.tally, after)

    def to_file(
        self, path: Path, target: Path, document: Path | None = None
    ) -> FileResult:
        """Write the restored form of a file to another one, over what is there.

        Args:
            path: The file.
            target: The other one.
            document: Whose text the file has, if it is not its own; that is going to
                be what is written, so that its claims become those of that.

        Raises:
            AssetstoreError: It did not work; ``target`` is as it was.
            OSError: The same.
        """
        file = absolute(path)
        with Source.open(file) as source, Draft(absolute(target)) as draft:
            work = _Work(source, document or file, self._places, self._options)
            after, digest = 0, blake3()
            for piece in self._counted(work):
                after += len(piece)
                if not self._options.dry_run:
                    digest.update(piece)
                    draft.write(piece)
            work.check()
            if not self._options.dry_run:
                draft.publish()
            return _result(str(path), source, work.tally, after)

    def _counted(self, work: "_Work") -> Iterator[bytes | memoryview]:
        for piece in work.pieces():
            yield piece
            self._progress.advance(len(piece))


class _Place:
    """A store, with what is read of it once."""

    def __init__(self, store: Store):
        self.store = store
        self.lineage = Lineage(store)
        self.recipes = Recipes(store)


@dataclass(slots=True)
class _Knowledge:
    """What a store knows of a document."""

    place: _Place
    own: Manifest | None
    ancestry: Ancestry
    known: Known


class _Work:
    """The restore of one document.

    Args:
        source: The document.
        document: Its path, or None for what comes from standard input.
        places: The stores.
        options: How.
    """

    def __init__(
        self,
        source: Source,
        document: Path | None,
        places: Sequence[_Place],
        options: RestoreOptions,
    ):
        self.tally = Tally()
        self._source = source
        self._document = document
        self._options = options
        earlier = earlier_forms(document, source) if document is not None else ()
        found = []
        for place in places:
            own = _own(place.store, document) if document is not None else None
            found.append((place, own, place.lineage.of(source, own, earlier)))
        strict = options.as_archived or any(known.appends for _, _, known in found)
        self._appends = any(known.appends for _, _, known in found)
        self._stores = [
            _Knowledge(place, own, ancestry, Known(place.recipes, judge))
            for place, own, ancestry in found
            for judge in [
                all_open if options.quoted else Judge(ancestry, source, strict=strict)
            ]
        ]

    def pieces(self) -> Iterator[bytes | memoryview]:
        """What the document becomes."""
        return rebuild(
            self._source,
            [store.known for store in self._stores],
            allow_missing=self._options.allow_missing,
            tally=self.tally,
        )

    def check(self) -> None:
        """Refuse a document whose placeholders are all of another store.

        Raises:
            MissingBlob: It is one.
        """
        tally = self.tally
        if self._options.allow_missing or not tally.unknown:
            return
        if tally.payloads or tally.quoted or tally.edited:
            return
        # Of a filter's, it is noted that they are text; a file is told of all the same,
        # unless it was just restored.
        restored = any(store.ancestry.plain for store in self._stores)
        if tally.unnoted or not (self._document is None or restored):
            raise MissingBlob(
                f"{self._source.name}: the store knows none of its "
                f"{tally.unknown} placeholders",
                hint="Name the store that the file was archived to with --store, "
                "or use --allow-missing to leave such text as it is.",
                path=self._source.name,
            )

    def claims(self, whole: Source, digest: bytes) -> list["_Claim"]:
        """What the stores are to say of the document, before and after.

        Args:
            whole: The document as it will be.
            digest: Its hash.
        """
        claims = []
        for store in self._stores:
            claim = self._claim(store, whole, digest)
            if claim is not None:
                claims.append(claim)
        return claims

    def _claim(
        self, store: _Knowledge, whole: Source, digest: bytes
    ) -> "_Claim | None":
        held, notes = self._held(store, whole)
        own, tally = store.own, self.tally
        if own is None and not (held or len(notes) or self._appends):
            return None
        kept = set() if own is None else _not_written(own, tally, store.place.recipes)
        needed = tuple(sorted(held | kept))
        ancestry = store.ancestry
        after = Manifest(
            document=str(self._document),
            state="archived" if tally.missing else "restored",
            profile=own.profile if own is not None else ancestry.profile,
            source_size=whole.size,
            slim_size=whole.size,
            slim_hash=digest,
            payloads=tally.missing,
            refs=needed,
            notes=notes,
        )
        if own is None or tally.missing or set(own.refs) <= set(needed):
            return _Claim(store.place.store, own, after)
        both = tuple(sorted({*own.refs, *needed}))
        begun = replace(after, refs=both, keeps=needed, payloads=max(1, own.payloads))
        return _Claim(store.place.store, own, begun, after)

    def _held(self, store: _Knowledge, whole: Source) -> tuple[set[Ref], Notes]:
        """What stays in the document: what it names, and what to note of it."""
        tally, recipes = self.tally, store.place.recipes
        held: set[Ref] = set()
        places: list[Place] = []
        for offset, prefix in tally.places:
            recipe = recipes.get(prefix)
            if recipe is not None:
                held |= _refs_of(recipe)
            if prefix in tally.owned:
                continue
            if not self._appends or tally.missing:  # else all of it is text anyway
                places.append(Place(offset, prefix, recipe is not None))
        return held, Notes.of(places, whole)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a store is to say of a document.

    Attributes:
        store: The store.
        own: What it says now.
        before: What it says from before the replacement on.
        after: What it says from then on, if that is something else.
    """

    store: Store
    own: Manifest | None
    before: Manifest
    after: Manifest | None = None


def _replace(draft: Draft, source: Source, claims: Sequence[_Claim]) -> None:
    """Replace a file, between what the stores say of it before and after.

    Nothing but that tells text that looks like placeholders from placeholders; and
    whoever is killed between the two leaves what is needed to tell whether the file
    was replaced. It keeps what the document needs, as long as that may be needed.
    """
    put: list[tuple[_Claim, Manifest]] = []
    try:
        for claim in claims:
            put.append((claim, claim.store.put_manifest(claim.before)))
        codex_state.replace(draft, source)
    except BaseException:
        if not draft.placed:
            for claim, manifest in put:
                with suppress(StoreError, OSError):
                    claim.store.take_back(manifest, claim.own)
        raise
    for claim in claims:
        if claim.after is not None:
            claim.store.put_manifest(claim.after)


def _own(store: Store, document: Path) -> Manifest | None:
    try:
        return store.manifest(document)
    except DamagedManifest:
        return None  # a restore does not depend on it


def _refs_of(recipe: Recipe) -> set[Ref]:
    return {(Kind.RECIPE, recipe.id), *((Kind.MEDIA, blob) for blob in recipe.blobs)}


def _not_written(own: Manifest, tally: Tally, recipes: Recipes) -> set[Ref]:
    """What a document claims and was not written back: it may be elsewhere by now.

    A line of it may have been cut, and pasted into another document.
    """
    left = set(own.refs) - tally.refs
    for kind, id in own.refs:
        if kind is Kind.RECIPE and (kind, id) in left:
            try:
                recipe = recipes.get(RecipePrefix(id[:PREFIX_BYTES]))
            except IntegrityError:
                recipe = None
            if recipe is None:  # nobody can tell what it needs
                return set(own.refs) - {r for r in tally.refs if r[0] is Kind.RECIPE}
            left |= _refs_of(recipe)
    return left


def _result(
    name: str, source: Source, tally: Tally, after: int, left: str = ""
) -> FileResult:
    warnings: list[str] = []
    if tally.missing:
        warnings.append(
            f"{tally.missing} placeholders stay: the store lacks what they name"
        )
    if tally.unknown:
        warnings.append(
            f"{tally.unknown} placeholders stay: the store does not know them; if they "
            "are another one's, name that with --store"
        )
    if tally.quoted:
        warnings.append(
            f"{tally.quoted} placeholders stay: they are text of the document; "
            "if they are not, --quoted puts back what they name"
        )
    if tally.edited:
        warnings.append(
            f"{tally.edited} placeholders stay: what stood around them was changed"
        )
    if left:
        warnings.append(not_removed(left))
    return FileResult(
        path=name,
        status="restored" if tally.payloads else "unchanged",
        before=source.size,
        after=after,
        payloads=tally.payloads,
        quoted=tally.quoted + tally.edited,
        unknown=tally.unknown + tally.missing,
        left=left,
        warnings=tuple(warnings),
    )
