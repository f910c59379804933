"""What moves or goes in the store while somebody is at work."""

from pathlib import Path

import pytest

from assetstore.documents.upkeep import collect
from assetstore.store.backends import temp
from assetstore.store.backends.base import get, put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import Kind
from assetstore.store.format.manifest import Manifest
from assetstore.store.gc.merge_index import compact
from assetstore.store.locks import try_hold
from assetstore.store.store import Store
from support.stores import folder_store


def on(backend: MemoryBackend) -> Store:
    return Store.on(backend, create=True, writer="test")


def test_a_blob_that_was_moved_is_found_where_it_went() -> None:
    backend = MemoryBackend()
    with on(backend) as reader, on(backend) as writer:
        with writer.session() as session:
            session.put(Kind.MEDIA, bytes(1000))
            id, _ = session.put(Kind.MEDIA, b"needed")
            session.commit()
        writer.put_manifest(
            Manifest(
                document="/d", source_size=1, slim_size=1, refs=((Kind.MEDIA, id),)
            )
        )
        reader.refresh()
        (before,) = reader.copies(id)
        assert collect(writer, grace=-60).rewritten.packs == 1
        assert reader.copies(id) == [before]
        assert reader.read(Kind.MEDIA, id) == b"needed"
        (after,) = reader.copies(id)
        assert after.pack != before.pack


def test_packs_that_come_while_all_entries_are_read(tmp_path: Path) -> None:
    with folder_store(tmp_path) as reader, folder_store(tmp_path) as writer:

        def write(number: int) -> None:
            with writer.session() as session:
                session.put(Kind.MEDIA, b"%d" % number)
                session.commit()

        for number in range(300):
            write(number)
        entries = reader.entries()
        packs = {next(entries).pack}
        write(300)
        packs |= {entry.pack for entry in entries}
        assert len(packs) >= 300


def test_indexes_that_go_while_they_are_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backend = MemoryBackend()
    with on(backend) as store:
        for number in range(10):
            with store.session() as session:
                session.put(Kind.MEDIA, b"%d" % number)
                session.commit()
        names = [key for key, _ in backend.list("index/")]
        asked: list[str] = []

        def gone(_: object, key: str) -> bytes:
            asked.append(key)
            if asked.count(key) == 2:  # when it is read to be joined
                raise FileNotFoundError(key)
            return get(backend, key)

        with monkeypatch.context() as patch:
            patch.setattr("assetstore.store.gc.merge_index.get", gone)
            assert compact(store) == 0
        assert [key for key, _ in backend.list("index/")] == names
        assert compact(store) == 10
        assert len(list(store.entries())) == 10


def test_a_temporary_folder_that_is_swept_while_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[Path] = []

    def hold(path: Path) -> object:
        if not swept:
            swept.append(path.parent)
            path.parent.rmdir()
            raise FileExistsError(17, "File exists")
        return try_hold(path)

    monkeypatch.setattr(temp, "try_hold", hold)
    with folder_store(tmp_path) as store:
        put(store.backend, "tombs/a", [b"x"])
        assert get(store.backend, "tombs/a") == b"x"
    assert swept
