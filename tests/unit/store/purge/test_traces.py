"""What else holds a part of a blob: dictionaries made of it, recipes that spell it."""

import base64
import random

import pytest

from assetstore.store.format.blob import BlobId, new_name
from assetstore.store.format.dialect import Dialect
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.purge.traces import Traces, derived
from assetstore.store.store import Store
from support.blobs import (
    CODED,
    KNOWN,
    coded_pack,
    manifest_of,
    media,
    pack_of,
    put_pack,
    recipe_of,
    spoil,
)
from support.samples import picture
from support.stores import memory_store

SECRET = b"a secret of some length, in words"


def found(store: Store, *blobs: bytes) -> Traces:
    return derived(store, [e for raw in blobs for e in store.copies(media(raw))])


def test_a_blob_that_nothing_else_holds_has_no_traces() -> None:
    store = memory_store()
    pack_of(store, SECRET, b"another")
    recipe_of(store, Recipe(was=(b"something else",)).raw)
    assert found(store, SECRET) == Traces()
    assert found(store) == Traces()


def test_the_dictionary_that_others_were_coded_with_may_hold_it() -> None:
    store, name = memory_store(), new_name()
    data, entries = coded_pack(name)
    put_pack(store, name, data, entries)
    assert found(store, CODED).dictionaries == {media(KNOWN)}
    assert found(store, b"alone").dictionaries == {media(KNOWN)}, "nobody can tell"
    assert found(store, KNOWN).dictionaries == set(), "it goes itself"


def test_a_picture_is_no_sample_of_a_dictionary() -> None:
    store, name = memory_store(), new_name()
    data, entries = coded_pack(name)
    put_pack(store, name, data, entries)
    png = picture(9, 9, 1)
    pack_of(store, png)
    assert found(store, png) == Traces()


def test_a_dictionary_that_is_left_of_others_is_one_unless_a_document_needs_it() -> (
    None
):
    known = b"\x37\xa4\x30\xec" + random.Random(1).randbytes(900)
    store = memory_store()
    pack_of(store, known, SECRET)
    assert found(store, SECRET).dictionaries == {media(known)}
    manifest_of(store, "/a", media(known))
    assert found(store, SECRET).dictionaries == set()


def test_a_blob_that_cannot_be_read_may_be_a_sample() -> None:
    store, name = memory_store(), new_name()
    data, entries = coded_pack(name)
    put_pack(store, name, data, entries)
    png = picture(9, 9, 1)
    pack_of(store, png)
    spoil(store, media(png))
    assert found(store, png).dictionaries == {media(KNOWN)}


def recipes(store: Store, **recipe: object) -> set[BlobId]:
    recipe_of(store, Recipe(**recipe).raw)  # type: ignore[arg-type]
    return found(store, SECRET).recipes


BASED = base64.b64encode(SECRET)


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        b"before " + SECRET + b" behind",
        BASED,
        base64.urlsafe_b64encode(SECRET),
        BASED[:20] + b"\n" + BASED[20:],
        BASED[:20] + b"\\r\\n" + BASED[20:],
        BASED.rstrip(b"="),
    ],
)
def test_a_recipe_that_spells_it_out_is_found(text: bytes) -> None:
    store = memory_store()
    pack_of(store, SECRET)
    plain = Recipe(was=(b"x", text))
    assert recipes(store, was=(b"x", text)) == {plain.id}


@pytest.mark.parametrize("side", ["before", "after"])
def test_also_in_what_stands_around_the_placeholder(side: str) -> None:
    store = memory_store()
    pack_of(store, SECRET)
    assert len(recipes(store, was=(), **{side: b"<" + SECRET + b">"})) == 1


def test_a_recipe_that_names_it_is_no_text_of_it() -> None:
    store = memory_store()
    pack_of(store, SECRET)
    assert recipes(store, was=(Media(media(SECRET), Dialect()),)) == set()


def test_a_short_blob_is_in_any_text_by_chance() -> None:
    store = memory_store()
    pack_of(store, b"short")
    recipe_of(store, Recipe(was=(b"a short text that is long enough to count",)).raw)
    assert found(store, b"short").recipes == set()


def test_a_recipe_that_is_none_is_passed_over() -> None:
    store = memory_store()
    pack_of(store, SECRET)
    recipe_of(store, b"no recipe: " + SECRET)
    good = Recipe(was=(SECRET,))
    recipe_of(store, good.raw)
    assert found(store, SECRET).recipes == {good.id}


def test_all_of_them_go() -> None:
    traces = Traces({media(b"a")}, {media(b"b")})
    assert traces.ids == {media(b"a"), media(b"b")}
