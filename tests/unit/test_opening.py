"""Open a store, or make one where none ever was."""

import shutil
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_paths
from assetstore.errors import StoreError, StoreGone, StoreNotFound
from assetstore.opening import make_store, open_store
from assetstore.store.known_stores import KnownStores
from assetstore.store.store import Store
from support.samples import picture, uri


class Machine:
    """A user's state, and what is told."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.known = KnownStores(folder / "state" / "stores")
        self.told: list[tuple[str, str]] = []

    def open(self, name: str, **options: bool | list[Path]) -> Store:
        return open_store(
            self.folder / name,
            known=self.known,
            tell=lambda label, text: self.told.append((label, text)),
            cache_dir=self.folder / "cache",
            state_dir=self.folder / "state",
            **options,  # type: ignore[arg-type]
        )

    def made(self, name: str) -> str:
        with self.open(name, create=True, parents=True) as store:
            return store.id


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def document(machine: Machine, seed: int) -> Path:
    path = machine.folder / f"{seed}.html"
    path.write_text(f"<img src={uri(picture(30, 20, seed))}>\n")
    return path


def test_the_first_use_makes_it_and_the_next_finds_it(machine: Machine) -> None:
    id = machine.made("a")
    assert machine.told == [("note", f"made a new store at {machine.folder / 'a'}")]
    assert machine.made("a") == id
    assert len(machine.told) == 1


def test_what_is_not_to_be_made_is_not_made(machine: Machine) -> None:
    with pytest.raises(StoreNotFound, match="there is no store"):
        machine.open("a")
    with machine.open("a", create=True, dry_run=True) as store:
        assert store.root is None
    assert not (machine.folder / "a").exists()
    assert machine.known.all() == []


def test_nothing_is_noted_without_a_memory(tmp_path: Path) -> None:
    for _ in range(2):
        with open_store(
            tmp_path / "store",
            create=True,
            cache_dir=tmp_path / "cache",
            state_dir=tmp_path / "state",
        ):
            pass
        shutil.rmtree(tmp_path / "store")
    noted = [p.name for p in (tmp_path / "state").iterdir() if p.is_dir()]
    assert noted == ["writers"]  # and no stores


@pytest.mark.parametrize("emptied", [False, True])
@pytest.mark.parametrize("dry_run", [False, True])
def test_what_is_gone_is_not_made_anew(
    machine: Machine, emptied: bool, dry_run: bool
) -> None:
    machine.made("a")
    root = machine.folder / "a"
    shutil.rmtree(root)
    if emptied:
        root.mkdir()
    for create in (True, False):
        with pytest.raises(StoreGone, match="last seen there") as caught:
            machine.open("a", create=create, dry_run=dry_run)
        assert "init --force" in caught.value.hint
        assert caught.value.exit_code == 10
    assert list(root.glob("*")) == []


def test_a_damaged_note_counts_as_a_store(machine: Machine) -> None:
    machine.made("a")
    (note,) = (machine.folder / "state" / "stores").iterdir()
    note.write_bytes(b"\0")
    shutil.rmtree(machine.folder / "a")
    with pytest.raises(StoreGone):
        machine.open("a", create=True)


def test_a_store_that_moved_is_named(machine: Machine) -> None:
    machine.made("a")
    (machine.folder / "a").rename(machine.folder / "b")
    with machine.open("b"):
        pass
    with pytest.raises(StoreGone) as caught:
        machine.open("a")
    assert f"It was at {machine.folder / 'b'}, too" in caught.value.hint


def test_a_folder_that_is_missing_is_a_mistyped_name(machine: Machine) -> None:
    with pytest.raises(StoreNotFound, match="nor a folder") as caught:
        machine.open("mnt/store", create=True)
    assert not isinstance(caught.value, StoreGone)
    assert not (machine.folder / "mnt").exists()
    machine.made("mnt/store")


def test_an_empty_mount_point_in_which_a_store_was(machine: Machine) -> None:
    machine.made("mnt/disk/store")
    shutil.rmtree(machine.folder / "mnt" / "disk" / "store")
    for name in ("mnt/disk/stroe", "mnt/disk", "mnt/disk/a/b"):
        with pytest.raises(StoreGone, match="is empty; the store"):
            machine.open(name, create=True, parents=True)
    assert list((machine.folder / "mnt" / "disk").iterdir()) == []


def test_an_empty_store_in_the_place_of_another(machine: Machine) -> None:
    machine.made("a")
    shutil.rmtree(machine.folder / "a")
    Store.open(
        machine.folder / "a",
        create=True,
        cache_dir=machine.folder / "cache",
        state_dir=machine.folder / "state",
    ).close()
    with pytest.raises(StoreGone, match="is empty and not the one"):
        machine.open("a", create=True)
    path = document(machine, 1)
    with Store.open(
        machine.folder / "a",
        cache_dir=machine.folder / "cache",
        state_dir=machine.folder / "state",
    ) as store:
        archive_paths(store, [path])
    machine.told.clear()
    machine.open("a").close()
    (label, text), *more = machine.told
    assert (label, more) == ("warning", [])
    assert "is another one" in text
    machine.open("a").close()  # it is told once
    assert len(machine.told) == 1


def test_the_store_that_knows_a_document_is_named(machine: Machine) -> None:
    path = document(machine, 1)
    machine.made("empty")
    machine.made("a")
    with machine.open("a") as store:
        assert archive_paths(store, [path]).count("archived") == 1
    for options in ({"create": True}, {}):
        with pytest.raises(StoreNotFound) as caught:
            machine.open("typo", documents=[machine.folder], **options)
        assert f"--store {machine.folder / 'a'}." in caught.value.hint
    assert not (machine.folder / "typo").exists()
    with machine.open("new", create=True, documents=[document(machine, 2)]):
        pass
    shutil.rmtree(machine.folder / "a")  # what is not there is not asked
    machine.open("typo", create=True, documents=[path]).close()


def test_a_store_without_a_config_is_for_repair(machine: Machine) -> None:
    machine.made("a")
    root = machine.folder / "a"
    (root / "packs").mkdir(exist_ok=True)
    (root / "config").chmod(0o600)
    (root / "config").unlink()
    for create in (True, False):
        with pytest.raises(StoreNotFound) as caught:
            machine.open("a", create=create)
        assert "assetstore repair" in caught.value.hint
    with pytest.raises(StoreError) as again:
        make_store(root, known=machine.known, force=True)
    assert "assetstore repair" in again.value.hint
