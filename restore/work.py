"""The restore of one document: what its stores know of it, and what they say after."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from assetstore.documents.ownership import Ancestry, Judge, Lineage
from assetstore.documents.rebuild import (
    RebuildTally,
    StoreKnowledge,
    all_open,
    owned,
    rebuild,
)
from assetstore.documents.recipes import Recipes
from assetstore.errors import (
    DamagedManifest,
    IntegrityError,
    MissingBlob,
    StoreError,
    StoreWriteError,
    UsageError,
)
from assetstore.files.source import RandomAccess, Source
from assetstore.formats.registry import beside, formats
from assetstore.restore.options import RestoreOptions
from assetstore.store.format.blob import Kind, Ref
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.notes import NotedPlace, Notes, Verdict
from assetstore.store.format.placeholder import (
    PREFIX_BYTES,
    RecipePrefix,
    format_placeholder,
)
from assetstore.store.store import Store
from assetstore.store.unnamed import index_lost


def several_stores(store: Store | Sequence[Store]) -> Sequence[Store]:
    """One store, or several, as several."""
    return [store] if isinstance(store, Store) else store


class Opened:
    """A store, with what is read of it once."""

    def __init__(self, store: Store):
        self.store = store
        self.lineage = Lineage(store)
        self.recipes = Recipes(store)


@dataclass(slots=True)
class _Knowledge:
    """What a store knows of a document."""

    place: Opened
    own: Manifest | None
    ancestry: Ancestry
    known: StoreKnowledge


class Work:
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
        places: Sequence[Opened],
        options: RestoreOptions,
    ):
        self.tally = RebuildTally()
        self._source = source
        self._document = document
        self._options = options
        earlier: Sequence[RandomAccess] = ()
        # A plug-in that cannot be loaded keeps nobody from restoring.
        with suppress(UsageError):
            formats()  # each says whether its documents are logs
            if document is not None:
                earlier = beside(document).earlier_forms(document, source)
        found = []
        for place in places:
            own = _own(place.store, document) if document is not None else None
            found.append((place, own, place.lineage.of(source, own, earlier)))
        self._appends = any(known.appends for _, _, known in found)
        strict = options.as_archived or self._appends
        self._stores = []
        for place, own, ancestry in found:
            judge: Callable[[int, bytes], Verdict]
            judge = Judge(ancestry, source, strict=strict)
            if options.owned or options.quoted:
                judge = owned(judge) if options.owned else all_open
            known = StoreKnowledge(place.recipes, judge)
            self._stores.append(_Knowledge(place, own, ancestry, known))

    def pieces(self) -> Iterator[bytes | memoryview]:
        """Yield the bytes that the document becomes."""
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
        options = self._options
        if options.allow_missing or options.owned or not tally.unknown:
            return
        if tally.payloads or tally.quoted or tally.edited:
            return
        # Of a filter's, it is noted that they are text; a file is told of all the same,
        # unless it was just restored.
        restored = any(store.ancestry.plain for store in self._stores)
        if tally.unnoted or not (self._document is None or restored):
            vaults = [known.place.store for known in self._stores]
            for _, prefix in tally.places:
                if any(vault.unnamed(Kind.RECIPE, prefix) for vault in vaults):
                    text = format_placeholder(prefix).decode()
                    raise index_lost(text, self._source.name)
            raise MissingBlob(
                f"{self._source.name}: the store knows none of the "
                f"placeholders in it ({tally.unknown:,})",
                hint="Name the store that the file was archived to with --store, "
                "or use --allow-missing to leave such text as it is.",
                path=self._source.name,
            )

    @property
    def archived(self) -> bool:
        """Tell whether a store knows the document by its path, or by its bytes."""
        found = [store.ancestry for store in self._stores]
        return any(known.own is not None or known.state is not None for known in found)

    @property
    def unknown(self) -> bool:
        """Tell whether no store knows the document, of which all is wanted."""
        if self._options.allow_missing:
            return False
        return not self.archived

    def claims(self, whole: Source, digest: bytes) -> list["Claim"]:
        """Make what the stores are to say of the document, before and after.

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

    def _claim(self, store: _Knowledge, whole: Source, digest: bytes) -> "Claim | None":
        held, notes = self._held(store, whole)
        own, tally = store.own, self.tally
        alone = len(notes) > 0 and len(self._stores) == 1
        if own is None and not (held or alone or store.ancestry.appends):
            return None  # it knows nothing of the document, and need not
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
        both = tuple(sorted({*own.refs, *needed})) if own is not None else ()
        if own is None or tally.missing or not both:
            return Claim(store.place.store, own, after)
        begun = replace(after, refs=both, keeps=needed, payloads=max(1, own.payloads))
        return Claim(store.place.store, own, begun, after)

    def _held(self, store: _Knowledge, whole: Source) -> tuple[set[Ref], Notes]:
        """Find what stays in the document: what it names, and what to note of it."""
        tally, recipes = self.tally, store.place.recipes
        held: set[Ref] = set()
        places: list[NotedPlace] = []
        for offset, prefix in tally.places:
            recipe = recipes.get(prefix)
            if recipe is not None:
                held.update(recipe.refs)
            if prefix in tally.owned:
                continue
            if not self._appends or tally.missing:  # else all of it is text anyway
                places.append(NotedPlace(offset, prefix, recipe is not None))
        return held, Notes.of(places, whole)


@dataclass(frozen=True, slots=True)
class Claim:
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


def between(
    claims: Sequence[Claim], work: Callable[[], None], placed: Callable[[], bool]
) -> None:
    """Replace a file, between what the stores say of it before and after.

    Nothing but that tells text that looks like placeholders from placeholders; and
    whoever is killed between the two leaves what is needed to tell whether the file
    was replaced. It keeps what the document needs, as long as that may be needed.

    Args:
        claims: What the stores say.
        work: Replaces the file.
        placed: Whether that was done, if it fails.
    """
    put: list[tuple[Claim, Manifest]] = []
    try:
        for claim in claims:
            # One that cannot be written may say nothing of what it knows nothing of.
            with suppress(*((StoreWriteError,) if claim.own is None else ())):
                put.append((claim, claim.store.put_manifest(claim.before)))
        work()
    except BaseException:
        if not placed():
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


def _not_written(own: Manifest, tally: RebuildTally, recipes: Recipes) -> set[Ref]:
    """List what a document claims and a restore did not write: it may be elsewhere.

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
            left.update(recipe.refs)
    return left
