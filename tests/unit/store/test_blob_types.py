"""Media by type and codec, each counted once, some timed."""

import itertools

from assetstore.store.backends.base import put
from assetstore.store.blob_types import TypeStats, census, newest_copies
from assetstore.store.store import Store
from support.blobs import media, pack_of, recipe_of, spoil
from support.samples import picture, svg
from support.stores import memory_store

PNG, JPEG = picture(9, 9, 1), picture(9, 9, 2, "JPEG")
DRAWING = (svg(1) * 9).encode()


def found(store: Store) -> dict[tuple[str, str], TypeStats]:
    ticks = itertools.count()
    stats = census(store, clock=lambda: float(next(ticks)))
    keys = [(each.mime, each.codec) for each in stats]
    assert keys == sorted(keys)
    return dict(zip(keys, stats, strict=True))


def test_media_are_counted_by_type_and_codec() -> None:
    store = memory_store()
    pack_of(store, PNG, JPEG, DRAWING, b"nobody knows")
    recipe_of(store, b"{}")
    stats = found(store)
    assert set(stats) == {
        ("", "raw"),
        ("image/jpeg", "raw"),
        ("image/png", "raw"),
        ("image/svg+xml", "zstd"),
    }
    assert stats["image/png", "raw"] == TypeStats(
        mime="image/png",
        codec="raw",
        count=1,
        raw_bytes=len(PNG),
        stored_bytes=len(PNG),
        timed=1,
        timed_bytes=len(PNG),
        seconds=1.0,
    )
    drawn = stats["image/svg+xml", "zstd"]
    assert drawn.stored_bytes < drawn.raw_bytes == len(DRAWING)


def test_the_first_are_timed_and_then_ever_rarer_ones() -> None:
    store = memory_store()
    pack_of(store, *(b"GIF89a" + bytes([number]) * 20 for number in range(70)))
    (stats,) = found(store).values()
    assert (stats.count, stats.timed) == (70, 7)  # 1, 2, 4, 8, 16, 32, 64
    assert stats.seconds == 7


def test_a_blob_that_cannot_be_read_is_of_no_known_type() -> None:
    store = memory_store()
    pack_of(store, DRAWING)
    spoil(store, media(DRAWING))
    (stats,) = found(store).values()
    assert (stats.mime, stats.count, stats.timed) == ("", 1, 0)


def test_the_newest_copy_counts_and_others_are_told() -> None:
    store = memory_store()
    pack_of(store, PNG)
    new = pack_of(store, PNG, again=True)
    ((entry, more),) = newest_copies(store)
    assert (entry.pack, more) == (new, 1)


def test_a_copy_in_a_pack_that_is_gone_is_none() -> None:
    store = memory_store()
    old = pack_of(store, PNG, JPEG)
    pack_of(store, PNG, again=True)
    store.backend.delete(f"packs/{old[-2:]}/{old}")
    assert [(e.record.id, more) for e, more in newest_copies(store)] == [
        (media(PNG), 0)
    ]
    put(store.backend, "tombs/x", [])
    assert len(found(store)) == 1
