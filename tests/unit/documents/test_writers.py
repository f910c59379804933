"""Whose claims a store has, and what is done with those of nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_paths
from assetstore.documents.catalog import forget
from assetstore.documents.writers import adopt, find_writer, list_writers, release
from assetstore.errors import StoreError, UsageError
from assetstore.restore.run import restore_paths
from assetstore.store.backends.local import LocalBackend
from assetstore.store.store import Store
from support.samples import picture, uri


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path, "ada") as store:
        yield store


def opened(folder: Path, writer: str) -> Store:
    """The store of a folder, for one of its writers."""
    (folder / "store").mkdir(exist_ok=True)
    return Store.on(LocalBackend(folder / "store"), create=True, writer=writer)


def page(folder: Path, seed: int) -> Path:
    path = folder / f"page-{seed}.html"
    path.write_text(f"<img src={uri(picture(9, 9, seed))}>")
    return path


def archive(store: Store, *paths: Path) -> None:
    report = archive_paths(store, paths)
    assert [file.status for file in report.files] == ["archived"] * len(paths)


def test_order_of_states_and_their_times_stay(tmp_path: Path, store: Store) -> None:
    """Theirs in front of ours: what we did last is the newest."""
    path = page(tmp_path, 1)
    with opened(tmp_path, "bob") as other:
        archive(other, path)
        restore_paths(other, [path])
        theirs = [other.load_manifest(key) for key in other.manifest_keys()]
    archive(store, path)
    ours = store.manifest(path)
    assert ours is not None
    assert adopt(store, "bob") == 1
    found = [store.load_manifest(key) for key in store.manifest_keys()]
    assert [one.writer for one in found] == ["ada"] * len(found)
    assert [one.created for one in found] == [
        *(one.created for one in theirs),
        ours.created,
    ]
    assert [one.refs for one in found] == [*(one.refs for one in theirs), ours.refs]
    newest = store.manifest(path)
    assert newest is not None
    assert (newest.state, newest.refs) == (ours.state, ours.refs)


def test_what_is_put_meanwhile_stays_theirs(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer was not gone at all, and archived just then."""
    path = page(tmp_path, 1)
    with opened(tmp_path, "bob") as other:
        archive(other, path)
        first = other.manifest(path)
        assert first is not None
        put = store.put_signed

        def put_beside(manifest: object) -> bool:
            monkeypatch.undo()
            other.put_manifest(first)
            return put(manifest)  # type: ignore[arg-type]

        monkeypatch.setattr(store, "put_signed", put_beside)
        adopt(store, "bob")
        kept = other.manifest(path)
        assert kept is not None
        assert kept.refs == first.refs
        assert store.manifest(path) is not None


def test_a_collection_that_goes_on_sees_them_once(tmp_path: Path, store: Store) -> None:
    from assetstore.errors import LockedError

    with opened(tmp_path, "bob") as other:
        archive(other, page(tmp_path, 1))
    with (
        opened(tmp_path, "eve") as collecting,
        collecting.lock("gc"),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("assetstore.documents.writers._WAIT", 0.05)
        with pytest.raises(LockedError):
            adopt(store, "bob")
    assert [one.id for one in list_writers(store)] == ["bob"]


def test_a_document_that_we_claim_too_may_be_released(
    tmp_path: Path, store: Store
) -> None:
    path = page(tmp_path, 1)
    with opened(tmp_path, "bob") as other:
        archive(other, path)
        text = path.read_bytes()
    restore_paths(store, [path])
    archive(store, path)
    assert path.read_bytes() == text
    assert release(store, "bob") == 1
    assert [one.id for one in list_writers(store)] == ["ada"]
    restore_paths(store, [path])
    forget(store, path)
    assert list_writers(store) == []


def test_who_is_meant(tmp_path: Path, store: Store) -> None:
    for name, seed in (("bob", 1), ("bert", 2)):
        with opened(tmp_path, name) as other:
            archive(other, page(tmp_path, seed))
    archive(store, page(tmp_path, 3))
    assert find_writer(store, "BO").id == "bob"
    with pytest.raises(UsageError):
        find_writer(store, "b")
    with pytest.raises(StoreError):
        find_writer(store, "c")
    with pytest.raises(UsageError):
        find_writer(store, "ada")
