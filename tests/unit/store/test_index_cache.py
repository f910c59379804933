"""The local index: made once, by whoever is first."""

import sqlite3
from pathlib import Path

from assetstore.documents.blobs import media_blobs
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import Record
from assetstore.store.index_cache import IndexCache, make_tables
from support.stores import folder_store


def test_who_comes_second_drops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    late = sqlite3.connect(path)
    assert late.execute("PRAGMA user_version").fetchone() == (0,)  # out of date
    first = IndexCache(path)
    record = Record(kind=Kind.MEDIA, id=BlobId(bytes(32)), codec=0, raw=1, stored=1)
    first.add("one", [Entry(record=record, pack=new_name(), offset=8)])
    make_tables(late, "CREATE TABLE unwanted(x)", 1)
    late.close()
    assert first.names() == {"one"}
    assert [entry.record for entry in first.entries()] == [record]
    first.close()


def test_a_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE blobs(other)")
    db.execute("CREATE TABLE old(x)")
    db.execute("PRAGMA user_version=77")
    db.commit()
    db.close()
    cache = IndexCache(path)
    assert cache.names() == set()
    assert list(cache.entries()) == []
    cache.close()


def test_a_recipe_is_found_while_another_process_fills_the_index_anew(
    tmp_path: Path,
) -> None:
    with folder_store(tmp_path) as store:
        with store.session() as session:
            id, _ = session.put(Kind.RECIPE, b"a recipe")
            session.commit()
        store.refresh()
        emptied = IndexCache(tmp_path / "cache" / store.id / "index.sqlite")
        emptied.clear()
        emptied.close()
        assert store.find_recipe(id[:20]) == id


def test_a_listing_goes_on_where_everything_was_taken_in_again(tmp_path: Path) -> None:
    """Whoever reads what is listed may find that the file is wrong."""
    packs = [new_name(), new_name()]
    entries = [
        Entry(
            record=Record(
                kind=Kind.MEDIA,
                id=BlobId(bytes([n // 2]) * 32),
                codec=0,
                raw=1,
                stored=1,
            ),
            pack=packs[n % 2],
            offset=8,
        )
        for n in range(500)
    ]

    def reload() -> None:
        cache.add("one", reversed(entries))  # packs have other numbers now

    for before in (0, 1, 2, 250, 500):
        cache = IndexCache(tmp_path / "index.sqlite", reload)
        cache.add("one", entries)
        found = []
        for number, entry in enumerate(cache.entries()):
            if number == before:
                assert cache.leave(delete=True)
            found.append(entry)
        assert len(found) == 500
        assert set(found) == set(entries)
        cache.close()


def test_blobs_are_listed_where_a_pack_is_gone(tmp_path: Path) -> None:
    with folder_store(tmp_path) as store:
        for number in range(3):
            with store.session() as session:
                session.put(Kind.MEDIA, bytes([number]) * 100)
                session.commit()
        assert store.root is not None
        next(p for p in (store.root / "packs").rglob("*") if p.is_file()).unlink()
        assert [blob.size for blob in media_blobs(store)] == [100, 100, 100]
