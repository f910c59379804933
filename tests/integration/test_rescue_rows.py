"""``doctor`` and ``rescue`` for a client that keeps its threads in a database."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.clients import make_opencode, rows_of
from support.program import Program


@pytest.fixture
def database(program: Program) -> Path:
    """One that is at risk: it is pictures for the most part."""
    folder = Path(program.environment["XDG_DATA_HOME"])
    path = make_opencode(folder / "opencode/opencode.db", side=700)
    with closing(sqlite3.connect(path)) as db:  # much of it again, as events are
        db.execute("INSERT INTO event SELECT id || 'b', aggregate_id, data FROM event")
        db.commit()
    return path


def test_it_is_found_and_rescued_and_everything_comes_back(
    program: Program, database: Path
) -> None:
    before, size = rows_of(database), database.stat().st_size
    ran = program("doctor", "--json")
    assert ran.code == 4
    (thread,) = ran.result["threads"]
    assert (thread["client"], thread["risk"]) == ("opencode", "medium")
    assert thread["command"] == f"assetstore rescue {database}"
    assert ran.result["other_clients"] == []
    text = program("doctor").out.decode()
    for word in ("values with pictures", "most is in ses_", f"rescue {database}"):
        assert word in text

    assert program("rescue", "--all", "-n").code == 0
    assert rows_of(database) == before
    ran = program("rescue", "--all")
    assert ran.code == 0, ran.err
    text = ran.out.decode()
    assert "rescued opencode.db" in text
    assert "6 images taken out" in text
    assert "are free now" in text
    assert "data:" not in json.dumps(rows_of(database))
    assert program("doctor").code == 0
    ran = program("archive", "--vacuum", database)
    assert database.stat().st_size < size / 10
    assert program("gc", "--grace", "0").code == 0
    assert program("verify", "--read-data").code == 0
    ran = program("rescue", "--undo", database)
    assert ran.code == 0, ran.err
    assert "every value is back" in ran.out.decode()
    assert rows_of(database) == before
    assert [d["state"] for d in program("ls", "--json").result["documents"]] == [
        "restored",
        "restored",
    ]


def test_a_lost_picture_is_healed_from_another_s_row(
    program: Program, database: Path
) -> None:
    """``repair`` finds it in a database that still has it."""
    before = rows_of(database)
    copy = database.with_name("opencode-copy.db")
    copy.write_bytes(database.read_bytes())
    assert program("rescue", database, "--vacuum").code == 0
    for pack in (program.store / "packs").rglob("*"):
        if pack.is_file():
            pack.unlink()
    assert program("verify").code == 4
    ran = program("repair", "--from", copy)
    assert ran.code == 0, ran.err
    assert program("rescue", "--undo", database).code == 0
    assert rows_of(database) == before


def test_the_worst_is_a_database(program: Program, database: Path) -> None:
    ran = program("rescue", "--worst", "--json", "--vacuum")
    assert ran.code == 0, ran.err
    assert ran.result["columns"] == ["part.data", "event.data"]
    assert ran.result["after"] < ran.result["before"] / 10


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--keep-pictures", "1"], "is a database"),
        (["--fork"], "is a database"),
        (["--handoff", "x"], "is a database"),
        (["--message", "1.2"], "is a database"),
    ],
)
def test_what_is_for_logs_is_refused(
    program: Program, database: Path, words: list[str], why: str
) -> None:
    before = rows_of(database)
    ran = program("rescue", *words, database)
    assert ran.code == 2
    assert why in ran.err
    assert rows_of(database) == before


def test_a_thread_in_it_is_told(program: Program, database: Path) -> None:
    ran = program("rescue", "ses_0")
    assert ran.code == 2
    assert f"ses_0 is a thread in {database}" in ran.err
    bundle = program.folder / "a.bundle"
    for command, more in (("show", []), ("handoff", []), ("export", [bundle])):
        ran = program(command, "ses_0", *more)
        assert ran.code == 2
        assert f"ses_0 is a thread in {database}, which is not read" in ran.err
    ran = program("show", "ses_9")
    assert "no agent's thread begins with ses_9" in ran.err
    assert "hint: 'assetstore doctor --all' lists threads; " in ran.err


def test_one_that_is_open_is_left(program: Program, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        ran = program("rescue", database)
    assert ran.code == 13
    assert "hint: Close that program" in ran.err


def test_a_run_archives_it_by_itself(program: Program, database: Path) -> None:
    before = rows_of(database)
    assert "opencode" in program("config", "show").out.decode()
    ran = program("run", "--json")
    assert ran.code == 0, ran.err
    (task,) = (task for task in ran.result["tasks"] if task["name"] == "opencode")
    assert (task["result"], task["payloads"]) == ("ok", 6)
    assert "data:" not in json.dumps(rows_of(database))
    assert program("rescue", "--undo", database).code == 0
    assert rows_of(database) == before
