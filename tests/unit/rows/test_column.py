"""Columns of databases: named, refused where something depends on them, changed."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assetstore.documents.row_packing import PACKED, packed_again
from assetstore.errors import SourceInUse, SourceRefused, UsageError
from assetstore.files.databases import quoted_name
from assetstore.rows.column import (
    Column,
    as_it_is_called,
    count_raw_pictures,
    opened,
    parse_column,
    update,
    values,
)
from support.rows import make_parts, part, parts, text


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "app.db"
    make_parts(path, [part(1), text("hi"), part(2).encode(), 7, None, "data: words"])
    return path


def column(path: Path, name: str = "part.data") -> Column:
    return parse_column(f"{path}#{name}")


def test_compressed_values_say_what_is_in_them(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    damaged = PACKED + b"no frame"
    packed = [packed_again(v.encode()) for v in (part(1), text("hi"))]
    make_parts(path, [*packed, part(2), damaged])
    packs = replace(column(path), encoding="zstd")
    with opened(path) as db:
        found = list(values(db, packs))
        assert [(v.row, v.is_text, v.packed) for v in found] == [
            (1, False, True),
            (3, True, False),
        ]
        assert found[0].data == part(1).encode()
        update(db, packs, replace(found[0], data=text("new").encode()))
        db.execute("COMMIT")
    assert parts(path)[0] == (packed_again(text("new").encode()), "blob")


def test_names(tmp_path: Path) -> None:
    found = parse_column(f"{tmp_path}/a#b.db#my table.my column")
    assert found.database == tmp_path / "a#b.db"
    assert (found.table, found.name) == ("my table", "my column")
    assert parse_column("app.db#t.c").database == Path.cwd() / "app.db"
    assert column(tmp_path / "x").document == f"{tmp_path}/x#part.data"


@pytest.mark.parametrize(
    "name", ["app.db", "app.db#part", "#a.b", "app.db#a.b.c", 'app.db#"a.b', ""]
)
def test_what_names_no_column(name: str) -> None:
    with pytest.raises(UsageError):
        parse_column(name)


def test_values_that_may_hold_something(database: Path) -> None:
    with opened(database) as db:
        found = list(values(db, column(database)))
    assert [(value.row, value.is_text) for value in found] == [
        (1, True),
        (3, False),
        (6, True),
    ]
    assert found[0].data == part(1).encode()


def test_a_value_keeps_its_type(database: Path) -> None:
    with opened(database) as db:
        for value in list(values(db, column(database))):
            update(db, column(database), replace(value, data=b"\xc3\xa4\x00'"))
        db.execute("COMMIT")
    assert parts(database)[0] == ("\u00e4\0'", "text")
    assert parts(database)[2] == (b"\xc3\xa4\0'", "blob")
    assert parts(database)[1] == (text("hi"), "text")


def test_without_a_commit_nothing_was_done(database: Path) -> None:
    before = parts(database)
    with opened(database) as db:
        for value in list(values(db, column(database))):
            update(db, column(database), replace(value, data=b"x"))
    assert parts(database) == before


def test_what_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<p>")
    with pytest.raises(SourceRefused, match="no SQLite database"), opened(path):
        pass
    path.write_bytes(b"SQLite format 3\0" + bytes(200))
    with pytest.raises(SourceRefused), opened(path):
        pass
    with pytest.raises(OSError, match="No such file"), opened(tmp_path / "no"):
        pass


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a plain file"):
        as_it_is_called(column(tmp_path / "pipe"))


def test_a_raw_picture_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    raw = b"\x89PNG\r\n\x1a\n\0"
    make_parts(path, [raw, b"\xff\xd8\xff", b"GIF89a", "GIF89a", part(1), 7, None])
    with opened(path) as db:
        assert count_raw_pictures(db, column(path)) == 3


def test_a_database_with_two_names(database: Path) -> None:
    database.with_name("other.db").hardlink_to(database)
    with pytest.raises(SourceRefused, match="2 names"), opened(database):
        pass


def test_a_database_that_somebody_writes_to(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assetstore.rows.column._WAIT", 0.05)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(SourceInUse), opened(database):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells for certain")
def test_a_database_that_an_idle_program_has_open(database: Path) -> None:
    """Its client may hold values in memory."""
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
        "db.execute('SELECT count(*) FROM part').fetchone(); "
        "print(flush=True); sys.stdin.read()"
    )
    client = subprocess.Popen(
        [sys.executable, "-c", code, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with client:
        assert client.stdout is not None
        client.stdout.readline()
        with pytest.raises(SourceInUse, match="is open in"), opened(database):
            pass
        client.communicate()
    with opened(database):
        pass


def test_names_with_quotes(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute('CREATE TABLE "a""b; DROP TABLE part"("x ""y" TEXT)')
        db.execute('INSERT INTO "a""b; DROP TABLE part" VALUES(?)', (part(1),))
        db.commit()
    named = Column(path, 'a"b; DROP TABLE part', 'x "y')
    with opened(path) as db:
        assert [value.data for value in values(db, named)] == [part(1).encode()]
    assert quoted_name('a"b') == '"a""b"'
