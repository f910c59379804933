"""``archive --sqlite`` and ``restore --sqlite``: columns of databases."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from support.program import Program
from support.rows import make_parts, part, parts, text


@pytest.fixture
def database(program: Program) -> Path:
    path = program.folder / "app.db"
    make_parts(path, [part(1), text("hi"), *[part(2)] * 50], wal=True)
    return path


def test_there_and_back(program: Program, database: Path) -> None:
    before = parts(database)
    place = f"{database}#part.data"
    size = database.stat().st_size
    ran = program("archive", "--sqlite", place, "--vacuum")
    assert ran.code == 0, ran.err
    assert f"note: {database}: " in ran.err
    assert database.stat().st_size < size
    assert "as1:" in str(parts(database))
    ran = program("ls", "--json")
    (listed,) = ran.result["documents"]
    assert (listed["path"], listed["state"]) == (place, "present")
    assert program("gc", "--grace", "0").code == 0
    assert program("verify", "--read-data").code == 0
    ran = program("restore", "--sqlite", place, "--json")
    assert ran.code == 0, ran.err
    assert ran.result["totals"]["payloads"] == 51
    assert parts(database) == before


def test_without_vacuum_it_is_told(program: Program, database: Path) -> None:
    ran = program("archive", "--sqlite", f"{database}#part.data")
    assert ran.code == 0
    assert "note: a database keeps its size until it is vacuumed (--vacuum)" in ran.err
    size = database.stat().st_size
    ran = program("archive", "--sqlite", f"{database}#part.data", "--vacuum")
    assert "nothing to do" in ran.out.decode()
    assert database.stat().st_size < size


def test_a_database_in_use_is_13(program: Program, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        ran = program("archive", "--sqlite", f"{database}#part.data")
    assert ran.code == 13
    assert "hint: Close that program" in ran.err


def test_it_waits_for_who_has_it(program: Program, database: Path) -> None:
    client = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    client.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(2, client.close)
    timer.start()
    ran = program("archive", "--wait", "60s", "--sqlite", f"{database}#part.data")
    timer.join()
    assert ran.code == 0, ran.err
    assert "waiting" in ran.err


def test_one_that_was_just_written_is_left(program: Program, database: Path) -> None:
    ran = program(
        "archive", "--min-age", "1h", "--sqlite", f"{database}#part.data", "--json"
    )
    assert ran.result["files"][0]["status"] == "skipped"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["archive", "--sqlite", "app.db"], 2),
        (["archive", "--sqlite", "app.db#part.data", "-o", "x"], 2),
        (["archive", "--vacuum", "app.db"], 2),
        (["restore", "--sqlite", "app.db#part.data", "--extract", "x"], 2),
        (["restore", "--sqlite", "app.db#part.data", "-o", "x"], 2),
        (["archive", "--sqlite", "app.db#none.data"], 2),
        (["archive", "--sqlite", "app.db#part.id"], 15),
        (["archive", "--sqlite", "none.db#part.data"], 1),
        (["archive", "app.db"], 15),
    ],
)
def test_what_is_refused_leaves_it_as_it_is(
    program: Program, database: Path, words: list[str], code: int
) -> None:
    before = parts(database)
    if words[0] == "restore":
        assert program("archive", program.folder / "app.db", "-n").code == 15
        assert program("init").code == 0
    ran = program(*words)
    assert ran.code == code, ran.err
    assert parts(database) == before
    assert not (program.folder / "x").exists()


@pytest.mark.parametrize("command", ["archive", "restore"])
def test_a_column_without_the_option_is_told(
    program: Program, database: Path, command: str
) -> None:
    assert program("init").code == 0
    ran = program(command, f"{database}#part.data")
    assert ran.code == 1
    assert "hint: A column of a database is archived and restored with --sqlite" in (
        ran.err
    )
