"""Columns are archived like logs, and come back value for value."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zstandard

from assetstore.archiver.options import ArchiveOptions
from assetstore.documents.catalog import forget, list_documents
from assetstore.documents.row_packing import packed_again, unpacked
from assetstore.documents.upkeep import collect
from assetstore.errors import SourceRefused
from assetstore.restore.options import RestoreOptions
from assetstore.results import FileResult
from assetstore.rows.archive import archive_columns, restore_columns
from assetstore.rows.column import Column
from assetstore.store.store import Store
from support.rows import make_parts, part, parts, run, text
from support.samples import picture, uri
from support.stores import folder_store

VALUES: list[Any] = [
    part(1),
    text("hi"),
    part(2).encode(),
    7,
    None,
    uri(picture(20, 15, 3)),
    part(1),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with folder_store(tmp_path) as store:
        yield store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "app.db"
    make_parts(path, VALUES)
    return path


def archive(store: Store, path: Path, **options: Any) -> FileResult:
    (done,) = archive_columns(
        store, [f"{path}#part.data"], ArchiveOptions(**options)
    ).files
    return done


def restore(store: Store, path: Path, **options: Any) -> FileResult:
    (done,) = restore_columns(
        store, [f"{path}#part.data"], RestoreOptions(**options)
    ).files
    return done


def kept(store: Store) -> set[str]:
    """The packs that are left when what nobody needs is gone."""
    collect(store, grace=0)
    return set(store.packs())


@pytest.mark.parametrize("wal", [False, True])
def test_every_value_comes_back(tmp_path: Path, store: Store, wal: bool) -> None:
    path = tmp_path / "app.db"
    make_parts(path, VALUES, wal=wal)
    before = parts(path)
    done = archive(store, path)
    assert (done.status, done.payloads) == ("archived", 4)
    slim = parts(path)
    assert [kind for _, kind in slim] == [kind for _, kind in before]
    assert slim[1] == before[1]
    assert slim[3:5] == before[3:5]
    assert json.loads(slim[0][0])["text"].startswith("[image 20x15 png archived as1:")
    assert not any("data:" in str(value) for value, _ in slim)
    done = restore(store, path)
    assert (done.status, done.payloads) == ("restored", 4)
    assert parts(path) == before
    forget(store, f"{path}#part.data")
    assert kept(store) == set()


def test_archived_again_after_new_rows_and_edits(store: Store, database: Path) -> None:
    """What is there stays claimed, what is quoted stays text."""
    assert archive(store, database).status == "archived"
    slim = parts(database)
    name = slim[5][0]
    with closing(sqlite3.connect(database)) as db:
        db.execute("INSERT INTO part(data) VALUES(?)", (part(4),))
        db.execute("INSERT INTO part(data) VALUES(?)", (text(f"I saw {name}"),))
        db.execute("DELETE FROM part WHERE id=1")
        db.execute("UPDATE part SET data=? WHERE id=2", (text("edited"),))
        db.commit()
    done = archive(store, database)
    assert (done.status, done.payloads) == ("archived", 1)
    assert archive(store, database).status == "unchanged"
    assert kept(store)
    assert restore(store, database).payloads == 4
    values = [value for value, _ in parts(database)]
    assert values == [
        text("edited"),
        part(2).encode(),
        7,
        None,
        uri(picture(20, 15, 3)),
        part(1),
        part(4),
        text(f"I saw {name}"),
    ]


def test_a_dry_run_changes_nothing(store: Store, database: Path) -> None:
    before = database.read_bytes()
    assert archive(store, database, dry_run=True).payloads == 4
    assert database.read_bytes() == before
    assert list(list_documents(store)) == []
    archive(store, database)
    slim = database.read_bytes()
    assert restore(store, database, dry_run=True).payloads == 4
    assert database.read_bytes() == slim


def test_values_over_several_lines_are_left_and_told(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "app.db"
    make_parts(path, [f"a\n{uri(picture(9, 9, 1))}", part(2)])
    done = archive(store, path)
    assert (done.status, done.payloads) == ("archived", 1)
    assert done.warnings == ("1 value over several lines: left",)
    assert parts(path)[0][0].startswith("a\ndata:")


def test_a_message_of_an_unknown_client_is_left(tmp_path: Path, store: Store) -> None:
    """Its client may send a placeholder as it stands, and the API refuse it."""
    path = tmp_path / "app.db"
    said = {"role": "user", "files": [uri(picture(20, 15, 1))]}
    make_parts(path, [json.dumps(said)])
    done = archive(store, path)
    assert (done.status, done.stays.count) == ("unchanged", 1)
    assert parts(path)[0][0] == json.dumps(said)


def test_the_database_is_listed_and_not_forgotten_while_it_needs_something(
    store: Store, database: Path
) -> None:
    archive(store, database)
    (listed,) = list_documents(store)
    assert (listed.path, listed.state) == (f"{database}#part.data", "present")
    with pytest.raises(SourceRefused):
        forget(store, listed.path)
    database.unlink()
    (listed,) = list_documents(store)
    assert listed.state == "missing"


def test_one_column_that_is_refused_ends_no_other(
    tmp_path: Path, store: Store, database: Path
) -> None:
    names = [f"{database}#none.data", f"{tmp_path}/no.db#a.b", f"{database}#part.data"]
    report = archive_columns(store, names)
    assert [file.status for file in report.files] == ["failed", "failed", "archived"]
    report = restore_columns(store, names)
    assert [file.status for file in report.files] == ["failed", "failed", "restored"]


def test_a_value_that_a_check_refuses_changes_nothing(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "app.db"
    run(path, "CREATE TABLE part(data TEXT CHECK(instr(data, 'as1:')=0))")
    with closing(sqlite3.connect(path)) as db:
        db.executemany("INSERT INTO part VALUES(?)", [(part(1),), (part(2),)])
        db.commit()
    before = parts(path)
    done = archive(store, path)
    assert (done.status, "CHECK" in done.reason) == ("failed", True)
    assert parts(path) == before


def test_a_restore_without_its_pictures_changes_nothing(
    store: Store, database: Path
) -> None:
    archive(store, database)
    slim = parts(database)
    for pack in store.packs():
        store.backend.delete(f"packs/{pack[-2:]}/{pack}")
    done = restore(store, database)
    assert done.status == "failed"
    assert parts(database) == slim


KILLED = """
import os, sys
from pathlib import Path
from assetstore.rows import archive as module, lines
from assetstore.store.manifests import ManifestStore
from assetstore.store.store import Store

folder, verb, point, number = sys.argv[1:]
count = 0

def counted(function):
    def call(*args, **options):
        global count
        count += 1
        if point.startswith("before") and count == int(number):
            os._exit(9)
        done = function(*args, **options)
        if point.startswith("after") and count == int(number):
            os._exit(9)
        return done
    return call

if point.endswith("update"):
    lines.update = counted(lines.update)
elif point.endswith("manifest"):
    ManifestStore.put_signed = counted(ManifestStore.put_signed)
else:
    module._put = counted(module._put)
folder = Path(folder)
beside = {"cache_dir": folder / "cache", "state_dir": folder / "state"}
with Store.open(folder / "store", create=True, **beside) as store:
    names = [f"{folder}/app.db#part.data", f"{folder}/app.db#event.data"]
    getattr(module, f"{verb}_columns")(store, names)
"""

POINTS = [
    *(("before manifest", n) for n in (1, 2)),
    *(("after manifest", n) for n in (1, 2)),
    ("before update", 1),
    ("after update", 4),
    ("after update", 6),
    ("before put", 1),
    ("after put", 1),
]
# A restore has a manifest in front of the change of each column, and one behind it.
LATER = [("before manifest", 3), ("after manifest", 3), ("after manifest", 4)]


@pytest.mark.parametrize(
    ("verb", "point", "number"),
    [
        *(("archive", *point) for point in POINTS),
        *(("restore", *point) for point in (*POINTS, *LATER)),
    ],
)
def test_killed_at_any_step(
    tmp_path: Path, store: Store, database: Path, verb: str, point: str, number: int
) -> None:
    """All values of both columns are old, or all are new; then it goes on."""
    names = [f"{database}#part.data", f"{database}#event.data"]
    make_events(database, [part(1), part(7)])
    whole = both(database)
    if verb == "restore":
        archive_columns(store, names)
    before = both(database)
    code = [sys.executable, "-c", KILLED, str(tmp_path), verb, point, str(number)]
    assert subprocess.run(code, check=False).returncode == 9
    now = both(database)
    changed = [a != b for a, b in zip(now, before, strict=True)]
    assert not any(changed) or sum(changed) == 6
    kept(store)
    if verb == "archive":
        archive_columns(store, names)
        assert sum(a != b for a, b in zip(both(database), whole, strict=True)) == 6
        kept(store)
    report = restore_columns(store, names)
    assert {file.status for file in report.files} <= {"restored", "unchanged"}
    assert both(database) == whole
    for name in names:
        forget(store, name)
    assert kept(store) == set()


def make_events(path: Path, values: list[Any]) -> None:
    """A table ``event`` with a column ``data``."""
    run(path, "CREATE TABLE event(id INTEGER PRIMARY KEY, data)")
    with closing(sqlite3.connect(path)) as db:
        db.executemany("INSERT INTO event(data) VALUES(?)", [(v,) for v in values])
        db.commit()


def both(path: Path) -> list[tuple[Any, str]]:
    """The values of both columns."""
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT data, typeof(data) FROM event ORDER BY rowid"
        return parts(path) + db.execute(query).fetchall()


def test_columns_of_a_database_change_together_or_not_at_all(
    tmp_path: Path, store: Store, database: Path
) -> None:
    names = [f"{database}#part.data", f"{database}#event.data"]
    run(database, "CREATE TABLE event(data TEXT CHECK(instr(data, 'as1:')=0))")
    with closing(sqlite3.connect(database)) as db:
        db.execute("INSERT INTO event VALUES(?)", (part(5),))
        db.commit()
    before = both(database)
    report = archive_columns(store, names)
    assert [file.status for file in report.files] == ["failed", "failed"]
    assert both(database) == before
    run(database, "DROP TABLE event")
    make_events(database, [part(5), part(1)])
    before = both(database)
    report = archive_columns(store, names)
    assert [file.payloads for file in report.files] == [4, 2]
    slim = both(database)
    for pack in store.packs():
        store.backend.delete(f"packs/{pack[-2:]}/{pack}")
    report = restore_columns(store, names)
    assert [file.status for file in report.files] == ["failed", "failed"]
    assert both(database) == slim


def test_a_column_that_cannot_be_changed_is_left_alone(
    store: Store, database: Path
) -> None:
    run(database, "CREATE TABLE event(data TEXT UNIQUE)")
    names = [f"{database}#part.data", f"{database}#event.data"]
    for verb in (archive_columns, restore_columns):
        report = verb(store, names)
        assert [file.status == "failed" for file in report.files] == [False, True]
        assert "unique" in report.files[1].reason


def test_a_dry_restore_of_several_columns(store: Store, database: Path) -> None:
    names = [f"{database}#part.data", f"{database}#event.data", f"{database}#part.data"]
    make_events(database, [part(5)])
    archive_columns(store, names)
    slim = database.read_bytes()
    report = restore_columns(store, names, RestoreOptions(dry_run=True))
    assert [file.payloads for file in report.files] == [4, 1]
    assert database.read_bytes() == slim


def test_a_column_has_a_format_and_an_encoding_of_its_own(
    tmp_path: Path, store: Store
) -> None:
    """What was compressed as its client does comes back byte for byte."""
    path = tmp_path / "app.db"
    said = {"type": "file", "mime": "image/png", "url": uri(picture(20, 15, 1))}
    value = packed_again(json.dumps({**said, "id": "p"}).encode())
    make_parts(path, [value, packed_again(b'"as words"')])
    column = Column(path, "part", "data", "opencode", "zstd")
    (done,) = archive_columns(store, [column]).files
    assert done.payloads == 1
    slim = unpacked(parts(path)[0][0], 1 << 20)
    assert slim is not None
    assert json.loads(slim)["id"] == "p"
    (listed,) = list_documents(store)
    assert listed.state == "present"
    with pytest.raises(SourceRefused):
        forget(store, listed.path)
    assert collect(store, grace=0, scan=[path]).freed == 0
    (done,) = restore_columns(store, [column]).files
    assert done.status == "restored"
    assert parts(path)[0] == (value, "blob")


def test_a_placeholder_over_the_end_of_a_page_is_seen(
    tmp_path: Path, store: Store
) -> None:
    """By forget, and by a collection that scans the database."""
    path = tmp_path / "app.db"
    image = uri(picture(20, 15, 3))
    values = ["x" * n + f' <img src="{image}"> ' + "y" * 4000 for n in range(430, 480)]
    make_parts(path, values)
    assert archive(store, path).payloads == 50
    with pytest.raises(SourceRefused):
        forget(store, f"{path}#part.data")
    forget(store, f"{path}#part.data", force=True)
    collect(store, grace=0, scan=[path])
    assert restore(store, path).payloads == 50
    assert [value for value, _ in parts(path)] == values


def test_columns_of_a_database_are_told_apart(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "app.db"
    run(path, "CREATE TABLE part(data TEXT, other TEXT)")
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO part VALUES(?, ?)", (part(1), part(2)))
        db.commit()
    names = [f"{path}#part.data", f"{path}#PART.Other"]
    assert [f.status for f in archive_columns(store, names).files] == ["archived"] * 2
    restore(store, path)
    listed = {Path(d.path).name: d.state for d in list_documents(store, [path])}
    assert listed == {"app.db#part.data": "restored", "app.db#part.other": "present"}
    forget(store, f"{path}#part.data")
    with pytest.raises(SourceRefused):
        forget(store, f"{path}#part.other")
    run(path, "DROP TABLE part")
    (left,) = list_documents(store)
    assert left.state == "changed"


def test_names_that_are_none_are_told_with_those_that_there_are(
    store: Store, database: Path
) -> None:
    report = archive_columns(store, [f"{database}#none.data", f"{database}#part.none"])
    assert [(file.code, file.hint) for file in report.files] == [
        (2, "There are: part."),
        (2, "There are: id, data."),
    ]


def test_no_temporary_file_is_named(store: Store, database: Path) -> None:
    archive(store, database)
    other = database.with_name("elsewhere")
    other.mkdir()
    with folder_store(other) as empty:
        done = restore(empty, database)
    assert done.status == "failed"
    assert done.reason.startswith(f"{database}#part.data: the store knows none")


def test_what_would_be_compressed_to_other_bytes_stays(
    store: Store, tmp_path: Path
) -> None:
    path, data = tmp_path / "app.db", part(1).encode()
    again = packed_again(data, "zstd-1")
    odd = zstandard.ZstdCompressor(level=9, write_checksum=True).compress(data)
    assert odd != again
    make_parts(path, [again, odd])
    column = Column(path, "part", "data", encoding="zstd-1")
    whole = parts(path)
    (done,) = archive_columns(store, [column]).files
    assert done.warnings == (
        "1 value that would not be compressed to the same bytes again: left",
    )
    first, second = parts(path)
    assert b"as1:" in (unpacked(first[0], 1 << 20) or b"")
    assert second == whole[1]
    restore_columns(store, [column])
    assert parts(path) == whole


def test_a_length_beside_a_value_is_that_of_what_it_says(
    store: Store, tmp_path: Path
) -> None:
    path, data = tmp_path / "app.db", part(1).encode()
    make_parts(path, [packed_again(data, "zstd-1"), data.decode()])
    run(path, "ALTER TABLE part ADD COLUMN size INTEGER DEFAULT 0")
    run(path, "UPDATE part SET size = (SELECT length(data) FROM part WHERE id = 2)")

    def rows() -> list[Any]:
        with closing(sqlite3.connect(path)) as db:
            return db.execute("SELECT data, size FROM part").fetchall()

    whole = rows()
    column = Column(path, "part", "data", encoding="zstd-1", length="size")
    archive_columns(store, [column])
    (frame, size), (words, length) = rows()
    assert (len(unpacked(frame, 1 << 20) or b""), len(words)) == (size, length)
    assert size < len(data)
    restore_columns(store, [column])
    assert rows() == whole


def test_names_with_slashes_are_rows_of_their_database(
    tmp_path: Path, store: Store
) -> None:
    """Taken for a file that is gone, one was forgotten with pictures in it."""
    path = tmp_path / "app.db"
    make_parts(path, VALUES)
    run(path, 'ALTER TABLE part RENAME TO "sent/part"')
    name = f'{path}#"sent/part".data'
    assert archive_columns(store, [name]).files[0].status == "archived"
    with pytest.raises(SourceRefused, match="still holds"):
        forget(store, name)
    (listed,) = list_documents(store)
    assert (listed.path, listed.state) == (name, "present")
    assert restore_columns(store, [name]).files[0].status == "restored"


def test_pictures_by_their_own_bytes_and_zero_bytes_are_told(
    store: Store, tmp_path: Path
) -> None:
    """One value that is no text kept all others from being archived."""
    path = tmp_path / "app.db"
    values = [
        picture(9, 9, 1),
        f'{{"x": "{uri(picture(9, 9, 2))}"}}\0'.encode(),
        part(3),
    ]
    make_parts(path, values)
    before = parts(path)
    (done,) = archive_columns(store, [f"{path}#part.data"]).files
    assert (done.status, done.payloads) == ("archived", 1)
    assert [*done.warnings] == [
        "1 value with zero bytes: left",
        "1 raw picture, for which no text can stand: left",
    ]
    assert parts(path)[:2] == before[:2]
    restore_columns(store, [f"{path}#part.data"])
    assert parts(path) == before
