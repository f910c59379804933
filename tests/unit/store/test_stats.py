"""A store in numbers: each blob once, each document by its newest state."""

from dataclasses import replace

from assetstore.store.backends.base import put
from assetstore.store.format.manifest import Left, Manifest
from assetstore.store.stats import BlobStats, StoreStats, stats
from assetstore.store.store import Store
from support.blobs import media, objects, pack_of, recipe_of
from support.stores import memory_store

RAW, TEXT = b"GIF89a" + bytes(range(200)), b"the same again " * 60


def manifest(document: str, **more: object) -> Manifest:
    found = Manifest(
        document=document,
        source_size=1000,
        slim_size=100,
        slim_hash=b"h" * 32,
        payloads=1,
        refs=((0, media(RAW)),),  # type: ignore[arg-type]
    )
    return replace(found, **more)  # type: ignore[arg-type]


def test_a_new_store_is_empty() -> None:
    store = memory_store()
    size = store.backend.size("config")
    assert stats(store) == StoreStats(
        blobs=(),
        copies=0,
        packs=0,
        pack_bytes=0,
        indexes=0,
        index_bytes=0,
        manifests=0,
        manifest_bytes=0,
        disk_bytes=size or 0,
        documents=0,
        restored=0,
        unreadable=0,
        source_bytes=0,
        slim_bytes=0,
        left={},
        left_bytes=0,
    )


def test_blobs_are_counted_by_kind_and_codec_and_copies_apart() -> None:
    store = memory_store()
    pack_of(store, RAW, TEXT)
    pack_of(store, RAW, again=True)
    recipe_of(store, b"{}")
    found = stats(store)
    plain, coded, recipe = found.blobs
    assert plain == BlobStats(
        kind="media",
        codec="raw",
        count=1,
        raw_bytes=len(RAW),
        stored_bytes=len(RAW),
    )
    assert (coded.kind, coded.codec, coded.raw_bytes) == ("media", "zstd", len(TEXT))
    assert coded.stored_bytes < len(TEXT)
    assert (recipe.kind, recipe.count, recipe.raw_bytes) == ("recipe", 1, 2)
    assert found.copies == 1
    assert found.types == ()
    assert {each.mime for each in stats(store, types=True).types} == {"", "image/gif"}


def test_files_are_counted_as_they_lie() -> None:
    store = memory_store()
    pack_of(store, RAW)
    store.put_manifest(manifest("/a"))
    put(store.backend, "tombs/x", [b"12345"])
    put(store.backend, "quarantine/y", [b"123"])
    found = stats(store)

    def sizes(folder: str) -> list[int]:
        return [len(v) for k, v in objects(store).items() if k.startswith(folder)]

    assert [found.packs, found.pack_bytes] == [1, *sizes("packs/")]
    assert [found.indexes, found.index_bytes] == [1, *sizes("index/")]
    assert [found.manifests, found.manifest_bytes] == [1, *sizes("manifests/")]
    assert found.disk_bytes == sum(map(len, objects(store).values()))


def test_documents_count_by_their_newest_state() -> None:
    store = memory_store()
    store.put_manifest(manifest("/a", source_size=5000))
    store.put_manifest(manifest("/a"))
    store.put_manifest(manifest("/b", left=Left(70, {"small": 2, "covered": 1})))
    store.put_manifest(manifest("/c", left=Left(7, {"small": 1})))
    store.put_manifest(manifest("/d"))
    store.put_manifest(manifest("/d", state="restored", refs=(), payloads=0))
    found = stats(store)
    assert (found.documents, found.restored, found.manifests) == (3, 1, 6)
    assert (found.source_bytes, found.slim_bytes) == (3000, 300)
    assert found.left == {"small": 3, "covered": 1}
    assert found.left_bytes == 77


def test_a_restore_that_was_only_begun_counts_as_archived() -> None:
    store = memory_store()
    store.put_manifest(manifest("/a"))
    store.put_manifest(manifest("/a", state="restored", slim_size=1000))
    found = stats(store)
    assert (found.documents, found.restored, found.slim_bytes) == (1, 0, 100)


def test_a_manifest_that_cannot_be_read_is_told_and_the_rest_counted() -> None:
    store = memory_store()
    one = store.put_manifest(manifest("/a"))
    store.put_manifest(manifest("/b"))
    objects(store)[one.key] = b"damaged"
    found = stats(Store.on(store.backend, writer="another"))
    assert (found.documents, found.unreadable) == (1, 1)
