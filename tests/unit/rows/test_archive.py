"""Columns are archived like logs, and come back value for value."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assetstore.archiver.options import ArchiveOptions
from assetstore.documents.catalog import forget, list_documents
from assetstore.documents.upkeep import collect
from assetstore.errors import SourceRefused
from assetstore.restore.options import RestoreOptions
from assetstore.results import FileResult
from assetstore.rows.archive import (
    archive_columns,
    restore_columns,
    vacuum_databases,
)
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


def test_the_room_is_given_back(
    store: Store, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.executemany("INSERT INTO part(data) VALUES(?)", [(part(9),)] * 200)
        db.commit()
    report = archive_columns(store, [f"{database}#part.data"])
    slim = parts(database)
    full = os.statvfs(database)
    assert full.f_bavail
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("U", (), {"free": 1}))
    (one,) = vacuum_databases(report)
    assert one.problem
    assert one.after == one.before == database.stat().st_size
    monkeypatch.undo()
    (one,) = vacuum_databases(report)
    assert not one.problem
    assert one.after == database.stat().st_size < one.before / 2
    assert parts(database) == slim
    assert restore(store, database).status == "restored"


KILLED = """
import os, sys
from pathlib import Path
from assetstore.rows import archive as module, column
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
    module.update = counted(module.update)
elif point.endswith("manifest"):
    ManifestStore.put_signed = counted(ManifestStore.put_signed)
else:
    module._Lines.put = counted(module._Lines.put)
folder = Path(folder)
beside = {"cache_dir": folder / "cache", "state_dir": folder / "state"}
with Store.open(folder / "store", create=True, **beside) as store:
    getattr(module, f"{verb}_columns")(store, [f"{folder}/app.db#part.data"])
"""


@pytest.mark.parametrize("verb", ["archive", "restore"])
@pytest.mark.parametrize(
    ("point", "number"),
    [
        ("before manifest", 1),
        ("after manifest", 1),
        ("before update", 1),
        ("after update", 1),
        ("after update", 4),
        ("after put", 1),
    ],
)
def test_killed_at_any_step(
    tmp_path: Path, store: Store, database: Path, verb: str, point: str, number: int
) -> None:
    """All values are old, or all are new; then it goes on, and nothing is lost."""
    whole = parts(database)
    if verb == "restore":
        archive(store, database)
    before = parts(database)
    code = [sys.executable, "-c", KILLED, str(tmp_path), verb, point, str(number)]
    assert subprocess.run(code, check=False).returncode == 9
    now = parts(database)
    is_new = all(a != b for a, b in zip(now[5:], before[5:], strict=True))
    assert now == before or is_new
    kept(store)
    if verb == "archive":
        archive(store, database)
        assert parts(database) != whole
        kept(store)
    assert restore(store, database).status in ("restored", "unchanged")
    assert parts(database) == whole
    forget(store, f"{database}#part.data")
    assert kept(store) == set()


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
