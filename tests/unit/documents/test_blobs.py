"""The media of a store, seen from outside."""

from assetstore.documents.blobs import MediaBlob, media_blob, media_blobs
from assetstore.store.format.pack import pack_key
from support.blobs import media, pack_of, recipe_of, spoil
from support.samples import picture
from support.stores import memory_store

PNG, TEXT = picture(9, 9, 1), b"words that are no picture " * 40


def test_media_are_listed_by_id_and_recipes_are_none() -> None:
    store = memory_store()
    pack_of(store, PNG, TEXT)
    recipe_of(store, b"{}")
    found = list(media_blobs(store))
    assert [each.id for each in found] == sorted(map(media, (PNG, TEXT)))
    by_id = {each.id: each for each in found}
    assert by_id[media(PNG)] == MediaBlob(
        id=media(PNG), type="image/png", size=len(PNG), stored=len(PNG), copies=1
    )
    text = by_id[media(TEXT)]
    assert (text.type, text.size) == ("", len(TEXT))
    assert text.stored < len(TEXT)


def test_copies_are_counted_and_not_listed_twice() -> None:
    store = memory_store()
    pack_of(store, PNG)
    pack_of(store, PNG, again=True)
    (found,) = media_blobs(store)
    assert found.copies == 2
    assert media_blob(store, media(PNG)) == found


def test_one_that_is_damaged_or_gone_is_of_no_known_type() -> None:
    store = memory_store()
    name = pack_of(store, PNG)
    store.backend.delete(pack_key(name))
    found = media_blob(store, media(PNG))
    assert (found.type, found.size, found.copies) == ("", len(PNG), 1)
    other = memory_store()
    pack_of(other, TEXT)
    spoil(other, media(TEXT))
    assert media_blob(other, media(TEXT)).type == ""


def test_what_the_store_does_not_know_has_no_copies() -> None:
    found = media_blob(memory_store(), media(PNG))
    assert (found.size, found.stored, found.copies, found.type) == (0, 0, 0, "")


def test_an_empty_store_has_none() -> None:
    assert list(media_blobs(memory_store())) == []
