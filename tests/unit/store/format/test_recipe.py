"""Recipes: what a placeholder stands for, byte for byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import IntegrityError
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.format.dialect import Dialect
from assetstore.store.format.recipe import MAX_FRAME, Media, Recipe
from support.stored import IDS


@given(
    st.lists(
        st.binary(max_size=9) | st.builds(Media, IDS, st.just(Dialect())), max_size=4
    ),
    st.binary(max_size=99),
    st.binary(max_size=99),
)
def test_a_recipe_comes_back(
    was: list[bytes | Media], before: bytes, after: bytes
) -> None:
    recipe = Recipe(was=tuple(was), before=before, after=after)
    parsed = Recipe.parse(recipe.raw)
    assert (parsed, parsed.id) == (recipe, recipe.id)


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"[]",
        b"1",
        b'{"v":1}',
        b'{"now":["",""],"v":2,"was":[]}',
        b'{"now":["\xc4\x80",""],"v":1,"was":[]}',
        b'{"now":[""],"v":1,"was":[]}',
        b'{"now":["",""],"v":1,"was":[1]}',
        b'{"now":["",""],"v":1,"was":[{"as":"base64","blob":"00"}]}',
        b'{"now":["",""],"v":1,"was":[{"as":"rot13","blob":"%b"}]}' % (b"00" * 32),
        b'{"now":["%b",""],"v":1,"was":[]}' % (b"x" * (MAX_FRAME + 1)),
        b"[" * 100_000,
    ],
)
def test_a_crafted_recipe_is_refused(raw: bytes) -> None:
    with pytest.raises(IntegrityError):
        Recipe.parse(raw)


def test_media_and_recipes_have_names_of_their_own() -> None:
    recipe = Recipe(was=(b"text",))
    assert blob_id(Kind.RECIPE, recipe.raw) == recipe.id
    assert blob_id(Kind.MEDIA, recipe.raw) != recipe.id


@given(st.binary(max_size=200))
def test_garbage_is_a_typed_error(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        Recipe.parse(data)


ONE, TWO = BlobId(b"1" * 32), BlobId(b"2" * 32)


def test_a_document_claims_the_recipe_and_its_blobs() -> None:
    plain = Dialect()
    recipe = Recipe(was=(b"a", Media(TWO, plain), b"b", Media(ONE, plain)))
    assert recipe.blobs == (TWO, ONE)
    assert recipe.refs == (
        (Kind.RECIPE, recipe.id),
        (Kind.MEDIA, TWO),
        (Kind.MEDIA, ONE),
    )
    assert Recipe(was=(b"text",)).blobs == ()


def test_the_bytes_are_the_same_on_every_run() -> None:
    """They are hashed: sorted keys, no spaces, every byte a character."""
    recipe = Recipe(was=(b"\xff\0",), before=b"<", after=b">")
    assert recipe.raw == b'{"now":["<",">"],"v":1,"was":["\\u00ff\\u0000"]}'


def test_a_version_to_come_says_so() -> None:
    raw = json.dumps({"v": 9, "now": ["", ""], "was": []}).encode()
    with pytest.raises(IntegrityError, match="version 9") as caught:
        Recipe.parse(raw)
    assert caught.value.hint == "Update assetstore."


def test_a_frame_may_be_as_long_as_a_reader_holds_back() -> None:
    recipe = Recipe(was=(), before=b"x" * MAX_FRAME, after=b"y" * MAX_FRAME)
    assert Recipe.parse(recipe.raw) == recipe
