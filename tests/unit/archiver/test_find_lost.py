"""What an archive put into a store is found again in what was archived."""

from pathlib import Path

import pytest

from assetstore.agents.client_rows import database_at
from assetstore.archiver.find_lost import FileHealer, StoreHealer, healers, is_store
from assetstore.archiver.run import ArchiveOptions, archive_file
from assetstore.errors import SourceRefused
from assetstore.rows.archive import archive_columns
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.repair.lost_blobs import LostBlobFinder, Search
from assetstore.store.store import Store
from support.clients import make_opencode
from support.samples import every_sample, picture
from support.stores import folder_store, memory_store

PROFILES = frozenset({"generic", "codex", "claude-code", "notebook", "har"})


def found_by(healer: LostBlobFinder, wanted: set[BlobId]) -> set[BlobId]:
    with memory_store().session() as session:
        search = Search(session, wanted)
        healer.heal(search, PROFILES)
        return set(search.found)


def ids(store: Store) -> set[BlobId]:
    return {entry.record.id for entry in store.entries()}


@pytest.mark.parametrize("name", sorted(every_sample()))
def test_recipes_and_pictures_are_what_an_archive_makes_of_them(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name.replace("/", "-")
    path.write_bytes(every_sample()[name])
    store = memory_store()
    options = ArchiveOptions(media="any")
    archive_file(store, path, tmp_path / "archived", options)
    assert found_by(FileHealer(path), ids(store)) == ids(store)


def test_rows_of_a_database_have_it(tmp_path: Path) -> None:
    """By the format that their client's column is read with."""
    path = make_opencode(tmp_path / "opencode.db", pictures=3, side=200)
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    database = database_at(path)
    assert database is not None
    store = memory_store()
    report = archive_columns(store, database.columns)
    assert report.total("payloads") == 6
    wanted = ids(store)
    with memory_store().session() as session:
        search = Search(session, wanted)
        FileHealer(copy).heal(search, PROFILES | {"opencode"})
        assert set(search.found) == wanted
    copy.write_bytes(copy.read_bytes()[:5000])
    with pytest.raises(SourceRefused):
        found_by(FileHealer(copy), wanted)


def test_a_picture_s_own_file_is_it(tmp_path: Path) -> None:
    raw = picture(30, 20, 1)
    path = tmp_path / "picture.png"
    path.write_bytes(raw)
    wanted = {blob_id(Kind.MEDIA, raw)}
    assert found_by(FileHealer(path), wanted) == wanted
    assert found_by(FileHealer(path), {blob_id(Kind.MEDIA, b"another")}) == set()


def test_a_store_gives_what_it_has(tmp_path: Path) -> None:
    raw = picture(30, 20, 2)
    with folder_store(tmp_path) as store:
        with store.session() as session:
            id, _ = session.put(Kind.MEDIA, raw)
            session.put(Kind.MEDIA, b"of no interest")
            session.commit()
        assert store.root is not None
        root = store.root
    assert is_store(root)
    assert not is_store(tmp_path)
    assert found_by(StoreHealer(root), {id}) == {id}


def test_stores_and_files_are_told_apart(tmp_path: Path) -> None:
    with folder_store(tmp_path) as store, store.session() as session:
        session.put(Kind.MEDIA, b"a picture")
        session.commit()
        assert store.root is not None
        root = store.root
    with_file = tmp_path / "documents"
    with_file.mkdir()
    (with_file / "page.html").write_bytes(b"<p>")
    found = list(healers([root, with_file]))
    assert [type(each) for each in found] == [StoreHealer, FileHealer]
    assert [each.name for each in found] == [str(root), str(with_file / "page.html")]
