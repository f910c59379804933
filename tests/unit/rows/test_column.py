"""Columns of databases: named, refused where something depends on them, changed."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assetstore.errors import ContainerRefused, SourceInUse, SourceRefused, UsageError
from assetstore.files.databases import quoted_name
from assetstore.rows.column import (
    Column,
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
    with opened(column(database)) as db:
        found = list(values(db, column(database)))
    assert [(value.row, value.is_text) for value in found] == [
        (1, True),
        (3, False),
        (6, True),
    ]
    assert found[0].data == part(1).encode()


def test_a_value_keeps_its_type(database: Path) -> None:
    with opened(column(database)) as db:
        for value in list(values(db, column(database))):
            update(db, column(database), replace(value, data=b"\xc3\xa4\x00'"))
        db.execute("COMMIT")
    assert parts(database)[0] == ("\u00e4\0'", "text")
    assert parts(database)[2] == (b"\xc3\xa4\0'", "blob")
    assert parts(database)[1] == (text("hi"), "text")


def test_without_a_commit_nothing_was_done(database: Path) -> None:
    before = parts(database)
    with opened(column(database)) as db:
        for value in list(values(db, column(database))):
            update(db, column(database), replace(value, data=b"x"))
    assert parts(database) == before


PART = "CREATE TABLE part(id INTEGER PRIMARY KEY, data TEXT);"
SCHEMAS = {
    "no table": ("CREATE TABLE a(data TEXT)", "there is no table"),
    "no column": ("CREATE TABLE part(id)", "there is no column"),
    "a view": ("CREATE VIEW part AS SELECT 1 AS data", "no table of its own"),
    "a virtual table": (
        "CREATE VIRTUAL TABLE part USING fts5(data)",
        "no table of its own",
    ),
    "generated": (
        "CREATE TABLE part(a TEXT, data TEXT GENERATED ALWAYS AS (a) STORED)",
        "generated",
    ),
    "a key": ("CREATE TABLE part(data TEXT PRIMARY KEY)", "key"),
    "no rowid": (
        "CREATE TABLE part(id TEXT PRIMARY KEY, data TEXT) WITHOUT ROWID",
        "WITHOUT ROWID",
    ),
    "rowid": ("CREATE TABLE part(rowid TEXT, data TEXT)", "WITHOUT ROWID"),
    "unique": ("CREATE TABLE part(id INTEGER, data TEXT UNIQUE)", "unique"),
    "a reference": (
        "CREATE TABLE part(id INTEGER, data TEXT REFERENCES part(id))",
        "refers to another table",
    ),
    "made into another": (
        "CREATE TABLE part(data TEXT, n INTEGER GENERATED ALWAYS AS (length(Data)) "
        "STORED UNIQUE ON CONFLICT REPLACE)",
        "generated column may be made from it",
    ),
    "unique by an expression": (
        f"{PART} CREATE UNIQUE INDEX u ON part(length(DATA))",
        "unique",
    ),
    "unique where it is long": (
        f"{PART} CREATE UNIQUE INDEX u ON part(id) WHERE length(data) > 9",
        "unique",
    ),
    "a trigger on another spelling": (
        f"{PART} CREATE TRIGGER t AFTER UPDATE ON Part BEGIN SELECT 1; END",
        "trigger",
    ),
    "a trigger that reads what goes": (
        f"{PART} CREATE TRIGGER t AFTER DELETE ON part BEGIN SELECT old.data; END",
        "trigger",
    ),
    "full text": (
        f"{PART} CREATE VIRTUAL TABLE f USING fts5(data, Content = 'Part')",
        "full-text",
    ),
    "full text, unquoted": (
        f"{PART} CREATE VIRTUAL TABLE f USING fts4(content=part, data)",
        "full-text",
    ),
    "full text of a view": (
        f"{PART} CREATE VIEW v AS SELECT id, data FROM part; "  # noqa: S608 no input
        'CREATE VIRTUAL TABLE f USING fts5(data, content="v")',
        "full-text",
    ),
    "inside full text": (
        "CREATE VIRTUAL TABLE words USING fts5(data)",
        "no table of its own",
    ),
}
COLUMNS = {"inside full text": "words_content.c0"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_columns_on_which_something_depends(tmp_path: Path, name: str) -> None:
    schema, why = SCHEMAS[name]
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as db:
        try:
            db.executescript(schema)
        except sqlite3.OperationalError as e:
            pytest.skip(f"this SQLite has no {name}: {e}")
    content = path.read_bytes()
    named = column(path, COLUMNS.get(name, "part.data"))
    with pytest.raises(ContainerRefused, match=why), opened(named):
        pass
    assert path.read_bytes() == content


WHAT_MAY_BE = {
    "an index": "CREATE INDEX i ON part(length(data)) WHERE data > ''",
    "words of its own": "CREATE VIRTUAL TABLE part_words USING fts5(content)",
    "no text": "CREATE VIRTUAL TABLE part_words USING fts5(data, content='')",
    "others' text": "CREATE VIRTUAL TABLE words USING fts5(data, content='other')",
    "another is unique": "CREATE UNIQUE INDEX u ON part(id)",
    "what is new": "CREATE TRIGGER t AFTER INSERT ON part BEGIN SELECT new.data; END",
    "another table's": "CREATE TRIGGER t AFTER UPDATE ON other BEGIN SELECT 1; END",
}


@pytest.mark.parametrize("name", WHAT_MAY_BE)
def test_columns_on_which_nothing_depends(tmp_path: Path, name: str) -> None:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as db:
        try:
            db.executescript(f"{PART} CREATE TABLE other(x); {WHAT_MAY_BE[name]}")
        except sqlite3.OperationalError as e:
            pytest.skip(f"this SQLite has no {name}: {e}")
    with opened(column(path)) as db:
        assert list(values(db, column(path))) == []


def test_a_trigger_and_another_encoding(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute(
            "CREATE TRIGGER t AFTER UPDATE ON part BEGIN SELECT 1; END",
        )
    with pytest.raises(ContainerRefused, match="trigger"), opened(column(database)):
        pass
    other = tmp_path / "wide.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("PRAGMA encoding='UTF-16le'")
        db.execute("CREATE TABLE part(data TEXT)")
    with pytest.raises(ContainerRefused, match="UTF-16le"), opened(column(other)):
        pass


def test_what_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<p>")
    with pytest.raises(SourceRefused, match="no SQLite database"), opened(column(path)):
        pass
    path.write_bytes(b"SQLite format 3\0" + bytes(200))
    with pytest.raises(SourceRefused), opened(column(path)):
        pass
    with pytest.raises(OSError, match="No such file"), opened(column(tmp_path / "no")):
        pass


def test_a_database_with_two_names(database: Path) -> None:
    database.with_name("other.db").hardlink_to(database)
    with pytest.raises(SourceRefused, match="2 names"), opened(column(database)):
        pass


def test_a_database_that_somebody_writes_to(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assetstore.rows.column._WAIT", 0.05)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(SourceInUse), opened(column(database)):
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
        with pytest.raises(SourceInUse, match="is open in"), opened(column(database)):
            pass
        client.communicate()
    with opened(column(database)):
        pass


def test_names_with_quotes(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute('CREATE TABLE "a""b; DROP TABLE part"("x ""y" TEXT)')
        db.execute('INSERT INTO "a""b; DROP TABLE part" VALUES(?)', (part(1),))
        db.commit()
    named = Column(path, 'a"b; DROP TABLE part', 'x "y')
    with opened(named) as db:
        assert [value.data for value in values(db, named)] == [part(1).encode()]
    assert quoted_name('a"b') == '"a""b"'
