"""What is remembered of stores, through damage, links and writers beside each other."""

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from assetstore.store.format.blob import new_name
from assetstore.store.known_stores import KnownStores, Sighting

NOW = 1_700_000_000.0


@pytest.fixture
def known(tmp_path: Path) -> KnownStores:
    return KnownStores(tmp_path / "state" / "stores")


def notes(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state" / "stores").iterdir())


def test_nothing_is_known_and_nothing_is_written(
    known: KnownStores, tmp_path: Path
) -> None:
    assert known.at(tmp_path / "store") is None
    assert known.all() == []
    assert not known.forget(tmp_path / "store")
    assert not (tmp_path / "state").exists()


def test_a_store_is_known_by_its_place(known: KnownStores, tmp_path: Path) -> None:
    one, two = new_name(), new_name()
    known.note(tmp_path / "a", one, NOW)
    known.note(tmp_path / "b", two, NOW + 5)
    again = KnownStores(tmp_path / "state" / "stores")
    assert again.at(tmp_path / "a") == Sighting(place=tmp_path / "a", id=one, seen=NOW)
    assert again.at(tmp_path / "x" / ".." / "b") == Sighting(
        place=tmp_path / "b", id=two, seen=NOW + 5
    )
    assert [s.id for s in again.all()] == [two, one]
    assert [s.id for s in again.below(tmp_path)] == [two, one]
    assert [s.id for s in again.below(tmp_path / "a")] == [one]
    assert again.forget(tmp_path / "a")
    assert known.at(tmp_path / "a") is None


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX'")
def test_only_the_user_reads_it(known: KnownStores, tmp_path: Path) -> None:
    known.note(tmp_path / "a", new_name(), NOW)
    (file,) = notes(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_it_is_written_once_an_hour(known: KnownStores, tmp_path: Path) -> None:
    id = new_name()
    known.note(tmp_path / "a", id, NOW)
    (file,) = notes(tmp_path)
    first = file.stat().st_ino, file.stat().st_mtime_ns
    known.note(tmp_path / "a", id, NOW + 3599)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == first
    known.note(tmp_path / "a", id, NOW + 3600)
    assert known.all()[0].seen == NOW + 3600
    known.note(tmp_path / "a", id, NOW + 7200.6)  # not noted as of the future
    first = file.stat().st_ino, file.stat().st_mtime_ns
    known.note(tmp_path / "a", id, NOW + 7200.7)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == first
    known.note(tmp_path / "a", id, NOW - 9)  # a clock that was set back
    assert known.all()[0].seen == NOW - 9
    other = new_name()
    known.note(tmp_path / "a", other, NOW)
    assert [s.id for s in known.all()] == [other]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_and_where_it_leads_are_both_known(
    known: KnownStores, tmp_path: Path
) -> None:
    id, disk, link = new_name(), tmp_path / "disk", tmp_path / "link"
    disk.mkdir()
    link.symlink_to(disk)
    known.note(link / "store", id, NOW)
    for place in (link / "store", disk / "store"):
        found = known.at(place)
        assert found is not None
        assert found.id == id
    link.unlink()  # the disk is known, whatever leads to it
    other = tmp_path / "other"
    other.symlink_to(disk)
    found = known.at(other / "store")
    assert found is not None
    assert (found.place, found.id) == (disk / "store", id)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0" * 4096,
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"id": 5, "place": "/", "seen": 1, "v": 1}',
        b'{"id": "x", "place": "/", "seen": 1, "v": 1}',
        b'{"place": "/", "seen": 1}',
        b"\xff\xfe",
    ],
)
def test_what_is_damaged_still_says_that_a_store_was_there(
    known: KnownStores, tmp_path: Path, text: bytes
) -> None:
    one, two = new_name(), new_name()
    known.note(tmp_path / "a", one, NOW)
    (file,) = notes(tmp_path)
    known.note(tmp_path / "b", two, NOW)
    file.write_bytes(text)
    os.utime(file, (NOW, NOW))
    assert known.at(tmp_path / "a") == Sighting(place=tmp_path / "a", id="", seen=NOW)
    assert [s.id for s in known.all()] == [two]
    known.note(tmp_path / "a", one, NOW)
    assert {s.id for s in known.all()} == {one, two}


def test_the_note_of_another_place_is_damage(
    known: KnownStores, tmp_path: Path
) -> None:
    known.note(tmp_path / "a", new_name(), NOW)
    (file,) = notes(tmp_path)
    record = json.loads(file.read_bytes())
    file.write_text(json.dumps({**record, "place": str(tmp_path / "b")}))
    found = known.at(tmp_path / "a")
    assert found is not None
    assert found.id == ""


def test_names_that_are_no_text(known: KnownStores, tmp_path: Path) -> None:
    place = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    id = new_name()
    known.note(place, id, NOW)
    assert known.all() == [Sighting(place=place, id=id, seen=NOW)]


def test_what_killed_writers_left_is_removed(
    known: KnownStores, tmp_path: Path
) -> None:
    known.note(tmp_path / "a", new_name(), NOW)
    (file,) = notes(tmp_path)
    drafts = [file.with_name(f".{file.name}.assetstore-{n:016x}.tmp") for n in range(2)]
    for draft, age in zip(drafts, (100_000, 10), strict=True):
        draft.write_bytes(b"")
        os.utime(draft, (NOW - age, NOW - age))
    known.note(tmp_path / "b", new_name(), NOW)
    assert [draft.exists() for draft in drafts] == [False, True]


def test_writers_beside_each_other(known: KnownStores, tmp_path: Path) -> None:
    ids = {tmp_path / f"store{n}": new_name() for n in range(8)}

    def work() -> None:
        for place, id in ids.items():
            for step in range(4):
                known.note(place, id, NOW + step * 4000)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {s.place: s.id for s in known.all()} == ids
    assert len(notes(tmp_path)) == 8  # no draft is left
