"""``archive --sqlite`` and ``restore --sqlite``: columns of databases."""

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.clients import make_rows
from support.program import Program
from support.rows import make_parts, part, parts, run, text
from support.samples import picture, uri


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


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("archive", ["--include", "*.json"]),
        ("archive", ["--exclude", "x"]),
        ("archive", ["--effort", "3"]),
        ("restore", ["--include", "*.json"]),
    ],
)
def test_what_is_for_files_is_refused(
    program: Program, database: Path, command: str, option: list[str]
) -> None:
    before = parts(database)
    ran = program(command, "--sqlite", f"{database}#part.data", *option)
    assert ran.code == 2
    assert f"{option[0]} does not go with --sqlite" in ran.err
    assert parts(database) == before


def test_settings_for_files_are_no_options(program: Program, database: Path) -> None:
    config = program.folder / "xdg" / "config" / "assetstore" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[archive]\ninclude = ['*.html']\n")
    assert program("archive", "--sqlite", f"{database}#part.data").code == 0
    assert "as1:" in str(parts(database))


def test_a_locked_one_ends_nothing_of_the_others(program: Program) -> None:
    """Both in one command: the database is told, the page is done."""
    known = make_rows(program.folder / "opencode.db")
    page = program.folder / "page.html"
    page.write_text(f"<img src={uri(picture(30, 20, 1))}>")
    with closing(sqlite3.connect(known)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("BEGIN EXCLUSIVE")
        for command, word in (("archive", "archived"), ("restore", "restored")):
            ran = program(command, known, page, "--json")
            assert ran.code == 3, ran.err
            states = [(f["path"], f["status"]) for f in ran.result["files"]]
            assert states == [(str(known), "failed"), (str(page), word)]
            (error,) = ran.json["errors"]
            assert (error["type"], error["exit_code"]) == ("SourceInUse", 13)
        ran = program("doctor", known, page, "--json")
        assert ran.code == 3
        assert str(known) in [e["path"] for e in ran.json["errors"]]


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


def test_what_is_not_understood_names_the_profile_that_takes_it(
    program: Program,
) -> None:
    path, place = program.folder / "own.db", f"{program.folder / 'own.db'}#part.data"
    shot = uri(picture(20, 20, 1))
    make_parts(path, [json.dumps({"role": "user", "shot": shot})])
    before = parts(path)
    ran = program("archive", "--sqlite", place)
    assert (ran.code, "--profile generic" in ran.err, parts(path)) == (0, True, before)
    ran = program("archive", "--sqlite", place, "--profile", "generic")
    assert (ran.code, "--profile" in ran.err) == (0, False), ran.err
    assert shot not in str(parts(path))
    assert program("restore", "--sqlite", place).code == 0
    assert parts(path) == before


def test_a_restore_of_the_file_names_its_columns(
    program: Program, database: Path
) -> None:
    place = f"{database}#part.data"
    unknown = program("archive", database)
    assert unknown.code == 15
    hint = unknown.err.partition("hint: ")[2]
    assert 0 < hint.index("--sqlite") < hint.index("rchive what it was made from")
    assert program("archive", "--sqlite", place).code == 0
    for path in (database, program.folder):
        ran = program("restore", path)
        assert ran.code == (15 if path == database else 3)
        assert "archived columns" in ran.err
        assert f"restore --sqlite '{place}'" in ran.err
        assert "rchive what" not in ran.err
    assert program("restore", database, "-o", program.folder / "x").code == 15
    assert program("restore", "--sqlite", place).code == 0
    for path in (database, program.folder):
        assert program("restore", path).code == 0


@pytest.fixture
def opencode(program: Program) -> Path:
    """A client's database: a part with a picture, and a copy of it in the events."""
    path = make_rows(program.folder / "opencode.db")
    run(path, "CREATE TABLE event(id INTEGER PRIMARY KEY, data TEXT)")
    own = {"id": "prt_1", **json.loads(part(9))}
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO event(data) VALUES(?)", (json.dumps({"part": own}),))
        db.commit()
    return path


def rows(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as db:
        return [*db.execute("SELECT * FROM part"), *db.execute("SELECT * FROM event")]


def test_a_client_s_database_is_archived_by_its_name(
    program: Program, opencode: Path
) -> None:
    before = rows(opencode)
    page = program.folder / "page.html"
    page.write_text(f"<img src='{uri(picture(20, 20, 1))}'>")
    ran = program("archive", opencode, page, "--vacuum", "--json")
    assert ran.code == 0, ran.err
    assert [file["payloads"] for file in ran.result["files"]] == [1, 1, 1]
    event = json.loads(rows(opencode)[-1][1])
    assert (event["part"]["id"], event["part"]["type"]) == ("prt_1", "text")
    ran = program("ls", "--json")
    assert [Path(d["path"]).name for d in ran.result["documents"]] == [
        "opencode.db#event.data",
        "opencode.db#part.data",
        "page.html",
    ]
    ran = program("restore", opencode, page)
    assert ran.code == 0, ran.err
    assert rows(opencode) == before
    assert program("restore", opencode).code == 0


def test_a_client_s_column_is_read_as_its_client_does(
    program: Program, opencode: Path
) -> None:
    """By --sqlite as well: else a copy would lose the name of what it belongs to."""
    before = rows(opencode)
    place = f"{opencode}#EVENT.data"
    assert program("archive", "--sqlite", place).code == 0
    event = json.loads(rows(opencode)[-1][1])
    assert (event["part"]["id"], event["part"]["type"]) == ("prt_1", "text")
    assert program("restore", "--sqlite", place).code == 0
    assert rows(opencode) == before


def test_a_damaged_one_is_refused(program: Program) -> None:
    path = program.folder / "opencode.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(5000))
    before = path.read_bytes()
    for command in ("archive", "restore", "rescue"):
        ran = program(command, path)
        assert ran.code == 1
        assert "file is not a database" in ran.err
    assert path.read_bytes() == before
