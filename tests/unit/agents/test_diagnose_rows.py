"""What a client's database holds is said by thread, and nothing is written."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assetstore.agents import diagnose_rows
from assetstore.agents.client_rows import ClientDatabase, database_at
from assetstore.agents.diagnose_rows import diagnose_database, largest_thread
from assetstore.documents.row_packing import Packing, packed_again
from assetstore.errors import SourceRefused
from support.clients import make_opencode, rows_of


@pytest.fixture
def database(tmp_path: Path) -> ClientDatabase:
    found = database_at(make_opencode(tmp_path / "opencode.db", pictures=5, side=60))
    assert found is not None
    return found


def test_a_damaged_page_is_told(database: ClientDatabase) -> None:
    """The table of tables is whole, so that it is known whose it is."""
    with database.path.open("r+b") as file:
        for page in range(2, database.path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 50)
    with pytest.raises(SourceRefused, match="malformed"):
        diagnose_database(database)
    with pytest.raises(SourceRefused, match="malformed"):
        largest_thread(database)


def test_the_thread_with_most_is_told(database: ClientDatabase) -> None:
    content = database.path.read_bytes()
    found = diagnose_database(database)
    assert database.path.read_bytes() == content
    parts = [row for row in rows_of(database.path) if "data:" in row[2]]
    sent = [row for row in parts if row[0].startswith("prt_") and row[1] == "ses_0"]
    assert (found.client, found.thread, found.risk) == ("opencode", "ses_0", "low")
    assert (found.images, found.distinct, found.request_images) == (10, 5, 3)
    assert found.image_bytes == sum(len(row[2]) for row in parts)
    assert found.request_bytes == sum(len(row[2]) for row in sent)
    assert found.largest_line == max(len(row[2]) for row in parts)
    assert found.command == ""
    assert largest_thread(database).size == found.request_bytes


@pytest.mark.parametrize(
    ("limit", "risk", "word"),
    [("_LARGE", "high", "ses_0 has"), ("_MUCH", "medium", "% of the database")],
)
def test_much_of_it_is_a_risk(
    database: ClientDatabase,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    risk: str,
    word: str,
) -> None:
    monkeypatch.setattr(diagnose_rows, limit, 100)
    found = diagnose_database(database)
    assert found.risk == risk
    assert word in found.reason
    assert found.command == f"assetstore rescue {database.path}"


@pytest.mark.parametrize("encoding", ["zstd", "zstd-1"])
def test_compressed_values_count_by_what_they_say(
    tmp_path: Path, encoding: Packing
) -> None:
    path = tmp_path / "opencode.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE part(id TEXT, session_id TEXT, data)")
        value = json.dumps({"url": "data:image/png;base64," + "A" * 5000}).encode()
        rows: list[tuple[str, str, object]] = [
            ("a", "s", packed_again(value, encoding)),
            ("b", "s", value.decode()),
            ("c", "s", packed_again(b"{}")),
            ("d", "s", None),
        ]
        db.executemany("INSERT INTO part VALUES(?, ?, ?)", rows)
        db.commit()
    found = database_at(path)
    assert found is not None
    entries = tuple(replace(entry, encoding=encoding) for entry in found.entries)
    held = largest_thread(replace(found, entries=entries))
    assert (held.thread, held.values, held.size) == ("s", 2, 2 * len(value))


def test_one_without_pictures(tmp_path: Path) -> None:
    database = database_at(make_opencode(tmp_path / "opencode.db", pictures=0))
    assert database is not None
    found = diagnose_database(database)
    assert (found.images, found.risk, found.thread) == (0, "low", "opencode.db")
