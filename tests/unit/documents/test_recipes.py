"""Recipes are read once, and what cannot be read is told apart from what is gone."""

import pytest

from assetstore.documents.recipes import Recipes
from assetstore.errors import IntegrityError
from assetstore.store.backends.base import put
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.format.dialect import PLAIN
from assetstore.store.format.placeholder import RecipePrefix
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.store import Store
from support.stores import memory_store

PICTURE = b"a picture"
RECIPE = Recipe(was=(Media(blob_id(Kind.MEDIA, PICTURE), PLAIN),))
PREFIX = RecipePrefix(RECIPE.id[:20])


def with_recipe(raw: bytes = RECIPE.raw, *, picture: bool = True) -> Store:
    store = memory_store()
    with store.session() as session:
        session.put(Kind.RECIPE, raw)
        if picture:
            session.put(Kind.MEDIA, PICTURE)
        session.commit()
    return store


def test_one_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store = with_recipe()
    recipes = Recipes(store)
    assert recipes.get(PREFIX) == RECIPE
    monkeypatch.setattr(Store, "read", None)
    assert recipes.get(PREFIX) == RECIPE


def test_one_that_the_store_does_not_know_may_come_yet() -> None:
    store = memory_store()
    recipes = Recipes(store)
    assert recipes.get(PREFIX) is None
    with store.session() as session:
        session.put(Kind.RECIPE, RECIPE.raw)
        session.commit()
    assert recipes.get(PREFIX) == RECIPE


def test_one_that_this_version_does_not_understand_is_an_error() -> None:
    raw = RECIPE.raw.replace(b'"v":1', b'"v":2')
    prefix = RecipePrefix(blob_id(Kind.RECIPE, raw)[:20])
    with pytest.raises(IntegrityError, match="version 2"):
        Recipes(with_recipe(raw)).get(prefix)
    assert Recipes(with_recipe(raw)).whole(prefix) is None


def test_one_is_whole_if_all_that_it_needs_can_be_read() -> None:
    assert Recipes(with_recipe()).whole(PREFIX) == RECIPE
    assert Recipes(with_recipe(picture=False)).whole(PREFIX) is None


@pytest.mark.parametrize("gone", [RECIPE.id, RECIPE.blobs[0]])
def test_what_was_purged_is_told_apart(gone: bytes) -> None:
    store = with_recipe(picture=False) if gone != RECIPE.id else memory_store()
    put(store.backend, f"purged/{gone.hex()}", [])
    recipes = Recipes(store)
    assert recipes.whole(PREFIX) is None
    assert recipes.purged == {PREFIX}


def test_what_was_only_lost_was_not_purged() -> None:
    recipes = Recipes(with_recipe(picture=False))
    assert recipes.whole(PREFIX) is None
    assert recipes.purged == set()
