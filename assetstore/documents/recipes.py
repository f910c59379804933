"""Recipes by the placeholders that name them."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Protocol

from assetstore.documents.placeholders import find_placeholders
from assetstore.errors import IntegrityError, PurgedBlob
from assetstore.files.source import Source
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.placeholder import (
    PREFIX_BYTES,
    RecipePrefix,
)
from assetstore.store.format.recipe import MAX_RECIPE, Recipe

_CACHED = 4096


class Vault(Protocol):
    """What rebuilding needs of a store or of a session that writes to one."""

    def find_recipe(self, prefix: bytes) -> BlobId | None:
        """The recipe whose id starts with 20 bytes."""

    def purged(self) -> set[BlobId]:
        """The blobs that were purged."""

    def unnamed(self, kind: Kind, prefix: bytes) -> bool:
        """Tell whether a blob whose id begins so is in a pack that no index names."""

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
        self._gone: set[bytes] | None = None
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
        """Tell whether a recipe that is not there was purged with its picture."""
        if self._gone is None:
            self._gone = {id[:PREFIX_BYTES] for id in self.vault.purged()}
        return prefix in self._gone


def recipes_in(source: Source, recipes: Recipes) -> Iterator[Recipe]:
    """The recipes that a document's placeholders name, in their order.

    Args:
        source: The document.
        recipes: Where they come from; what is not there is passed over.

    Raises:
        SourceChanged: The document became shorter meanwhile.
        IntegrityError: A recipe is there and cannot be read.
    """
    for _, prefix in find_placeholders(source):
        recipe = recipes.get(prefix)
        if recipe is not None:
            yield recipe
