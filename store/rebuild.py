"""Put a document back together from its text and the recipes it names.

The archiver runs this over a new file before it replaces the source, the
restore runs it for good: what was verified is what restores.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from assetstore.errors import IntegrityError, MissingBlob, PurgedBlob
from assetstore.files.source import Source, Window
from assetstore.store.blob import BlobId, Kind
from assetstore.store.placeholder import (
    LENGTH,
    MARK,
    RecipePrefix,
    parse_placeholder,
)
from assetstore.store.recipe import MAX_FRAME, MAX_RECIPE, Media, Recipe

_CACHED = 4096


class Vault(Protocol):
    """What rebuilding needs of a store or of a session that writes to one."""

    def find_recipe(self, prefix: bytes) -> BlobId | None:
        """The recipe whose id starts with 20 bytes."""

    def purged(self) -> set[BlobId]:
        """The blobs that were purged."""

    def read(self, kind: Kind, id: BlobId, *, limit: int = ...) -> bytes:
        """A small blob, verified."""

    def stream(
        self, kind: Kind, id: BlobId, *, check: bool = ...
    ) -> Iterator[memoryview]:
        """A blob in pieces."""


class Recipes:
    """Recipes by prefix, read once; the most recent few thousand are kept.

    Attributes:
        vault: Where they come from.
        purged: Prefixes of those that were not `whole`, since something was purged.
    """

    def __init__(self, vault: Vault):
        self.vault = vault
        self.purged: set[bytes] = set()
        self._known: OrderedDict[bytes, Recipe | None] = OrderedDict()

    def get(self, prefix: RecipePrefix) -> Recipe | None:
        """The recipe with this prefix, or None where the store has none.

        Raises:
            IntegrityError: It is there and cannot be read.
        """
        if prefix in self._known:
            self._known.move_to_end(prefix)
            return self._known[prefix]
        found = self.vault.find_recipe(prefix)
        recipe = None
        if found is not None:
            recipe = self._read(prefix, found)
            self._known[prefix] = recipe
            if len(self._known) > _CACHED:
                self._known.popitem(last=False)
        return recipe

    def _read(self, prefix: RecipePrefix, id: BlobId) -> Recipe:
        try:
            raw = self.vault.read(Kind.RECIPE, id, limit=MAX_RECIPE)
        except IntegrityError:
            # A damaged cache may have the end of an id wrong; it was given up now.
            again = self.vault.find_recipe(prefix)
            if again is None or again == id:
                raise
            raw = self.vault.read(Kind.RECIPE, again, limit=MAX_RECIPE)
        return Recipe.parse(raw)

    def whole(self, prefix: RecipePrefix) -> Recipe | None:
        """The recipe with this prefix, if all that it needs can be read."""
        try:
            recipe = self.get(prefix)
            for blob in recipe.blobs if recipe is not None else ():
                for _ in self.vault.stream(Kind.MEDIA, blob):
                    pass
        except PurgedBlob:
            self.purged.add(prefix)
            return None
        except IntegrityError:
            return None
        if recipe is None and self.was_purged(prefix):
            self.purged.add(prefix)
        return recipe

    def was_purged(self, prefix: RecipePrefix) -> bool:
        """Whether a recipe that is not there was purged, as the picture was in it."""
        return any(id.startswith(prefix) for id in self.vault.purged())


def find_placeholders(source: Source) -> Iterator[tuple[int, RecipePrefix]]:
    """Everything in a document that has the form of a placeholder, by offset."""
    window = Window(source)
    at = 0
    while True:
        hit = window.find(MARK, at)
        if hit >= 0 and (hit + LENGTH <= window.end or window.at_eof):
            at = hit + len(MARK)
            prefix = parse_placeholder(window.bytes(hit, hit + LENGTH))
            if prefix is not None:
                yield hit, prefix
        elif window.at_eof:
            return
        else:
            at = hit if hit >= 0 else max(at, window.end - len(MARK) + 1)
            window.slide(at)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a rebuild met.

    Attributes:
        payloads: Placeholders put back.
        texts: Those of them that stand for text which looks like a placeholder.
        quoted: Placeholders left as text, since the document quotes them.
        missing: Placeholders left as text, since the store lacks what they name.
        purged: Those of them of which it is known why: that was purged.
        refs: Every recipe and blob that was put back.
    """

    payloads: int = 0
    texts: int = 0
    quoted: int = 0
    missing: int = 0
    purged: int = 0
    refs: set[tuple[Kind, BlobId]] = field(default_factory=set)


def rebuild(
    source: Source,
    recipes: Recipes,
    *,
    is_text: Callable[[int], bool] = lambda offset: False,
    allow_missing: bool = False,
    check: bool = True,
    tally: Tally | None = None,
) -> Iterator[bytes | memoryview]:
    """The document that ``source`` was archived from, in pieces.

    Args:
        source: The archived document.
        recipes: Where recipes and blobs come from.
        is_text: Says of a placeholder's offset that it is the document's own
            text, to be left as it stands.
        allow_missing: Leave a placeholder as text when the store lacks what it
            names, or holds only damaged copies.
        check: Compare each blob with its hash (else the caller compares the
            result with the original).
        tally: Counts what was met.

    Yields:
        Pieces; each is valid until the next one is asked for.

    Raises:
        MissingBlob: A recipe or a blob is not in the store.
        IntegrityError: One of them is damaged.
        SourceChanged: The document became shorter meanwhile.
    """
    tally = Tally() if tally is None else tally
    window = Window(source)
    done = at = 0  # given out up to here; searched up to here
    while True:
        hit = window.find(MARK, at)
        last = window.at_eof
        if hit < 0 or (hit + LENGTH + MAX_FRAME > window.end and not last):
            if hit < 0 and last:
                yield window.view[done - window.base : window.have]
                return
            at = max(at, window.end - len(MARK) + 1) if hit < 0 else hit
            keep = max(done, at - MAX_FRAME)
            if keep > done:
                yield window.view[done - window.base : keep - window.base]
            done = keep
            window.slide(done)
            continue
        at = hit + len(MARK)
        prefix = parse_placeholder(window.bytes(hit, hit + LENGTH))
        if prefix is None:
            continue
        if is_text(hit):
            tally.quoted += 1
            continue
        recipe = recipes.whole(prefix) if allow_missing else recipes.get(prefix)
        if recipe is None:
            if allow_missing:
                tally.missing += 1
                tally.purged += prefix in recipes.purged
                continue
            text = window.bytes(hit, hit + LENGTH).decode()
            if recipes.was_purged(prefix):
                raise _purged(source.name, text.encode(), hit)
            raise MissingBlob(
                f"{source.name}: the store does not hold {text} (at byte {hit})",
                hint="Name the store that the file was archived to with --store, "
                "or use --allow-missing to leave such text as it is.",
                path=source.name,
            )
        begin, end = hit - len(recipe.before), hit + LENGTH + len(recipe.after)
        if (
            begin < done
            or window.bytes(begin, hit) != recipe.before
            or window.bytes(hit + LENGTH, end) != recipe.after
        ):
            tally.quoted += 1
            continue
        if begin > done:
            yield window.view[done - window.base : begin - window.base]
        try:
            yield from _spelt(recipe, recipes.vault, source.name, check)
        except PurgedBlob as e:
            raise _purged(source.name, window.bytes(hit, hit + LENGTH), hit) from e
        done = at = end
        tally.payloads += 1
        tally.texts += not recipe.blobs
        tally.refs.add((Kind.RECIPE, recipe.id))
        tally.refs.update((Kind.MEDIA, blob) for blob in recipe.blobs)


def _purged(name: str, placeholder: bytes, offset: int) -> PurgedBlob:
    return PurgedBlob(
        f"{name}: what {placeholder.decode()} stands for (at byte {offset}) was "
        "purged from the store",
        hint="It is gone for good. --allow-missing restores all but that.",
        path=name,
    )


def _spelt(
    recipe: Recipe, vault: Vault, name: str, check: bool
) -> Iterator[bytes | memoryview]:
    """What a placeholder stands for, with the document named in errors."""
    for part in recipe.was:
        if isinstance(part, Media):
            try:
                pieces = vault.stream(Kind.MEDIA, part.blob, check=check)
                yield from part.dialect.encode(pieces)
            except IntegrityError as e:
                e.path = e.path or name
                raise
        else:
            yield part
