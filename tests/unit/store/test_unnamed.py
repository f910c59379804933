"""Packs that no index names."""

from assetstore.store.backends.base import put
from assetstore.store.format.blob import BlobId, Kind, blob_id, new_name
from assetstore.store.format.pack import pack_key
from assetstore.store.unnamed import REBUILD, UnnamedPacks, index_lost
from support.stores import memory_store


def test_what_is_in_them_is_found_by_the_beginning_of_its_id() -> None:
    store = memory_store()
    with store.session() as session:
        id, _ = session.put(Kind.MEDIA, b"picture")
        session.commit()
    (pack,) = store.packs()
    put(store.backend, pack_key(new_name()), [b"no pack"])
    unnamed = UnnamedPacks.of(store.backend, set())
    assert unnamed.hold(Kind.MEDIA, id[:2])
    assert not unnamed.hold(Kind.RECIPE, id[:2])
    assert not unnamed.hold(Kind.MEDIA, bytes([id[0] ^ 1]))
    assert unnamed.pack_of(id) == pack
    assert unnamed.pack_of(BlobId(blob_id(Kind.MEDIA, b"another"))) is None
    unnamed.close()


def test_packs_that_are_named_or_condemned_are_passed_over() -> None:
    store = memory_store()
    with store.session() as session:
        id, _ = session.put(Kind.MEDIA, b"picture")
        session.commit()
    (pack,) = store.packs()
    assert not UnnamedPacks.of(store.backend, {pack}).hold(Kind.MEDIA, id)
    put(store.backend, f"tombs/{pack}", [])
    assert not UnnamedPacks.of(store.backend, set()).hold(Kind.MEDIA, id)


def test_the_error_says_how_it_is_put_right() -> None:
    error = index_lost("blob 12", "/page.html")
    assert str(error).startswith("/page.html: blob 12 is not found")
    assert error.hint == REBUILD
    assert error.path == "/page.html"
