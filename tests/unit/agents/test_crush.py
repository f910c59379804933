"""Crush sends texts in place of pictures: attached ones, and what a tool said."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from assetstore.agents.client_rows import database_at
from assetstore.archiver.options import ArchiveOptions
from assetstore.results import Why
from assetstore.rows.archive import archive_columns, restore_columns
from support.samples import b64, picture, uri
from support.stores import archived, folder_store, memory_store, restored

OPTIONS = ArchiveOptions(profile="crush")
# As its first migration makes them.
SCHEMA = """
CREATE TABLE sessions (id TEXT PRIMARY KEY, message_count INTEGER NOT NULL DEFAULT 0);
CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    role TEXT NOT NULL,
    parts TEXT NOT NULL default '[]',
    updated_at INTEGER NOT NULL,
    FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
);
CREATE TRIGGER IF NOT EXISTS update_messages_updated_at
AFTER UPDATE ON messages
BEGIN
UPDATE messages SET updated_at = strftime('%s', 'now')
WHERE id = new.id;
END;
CREATE TRIGGER IF NOT EXISTS update_session_message_count_on_delete
AFTER DELETE ON messages
BEGIN
UPDATE sessions SET
    message_count = message_count - 1
WHERE id = old.session_id;
END;
"""


def binary(data: bytes, mime: str = "image/png") -> dict[str, Any]:
    """A pasted file, as it is written."""
    file = {"Path": "/home/ada/a.png", "MIMEType": mime, "Data": b64(data)}
    return {"type": "binary", "data": file}


def result(content: str, data: str) -> dict[str, Any]:
    """What a tool gave, as it is written."""
    said = {"tool_call_id": "t", "name": "view", "content": content, "data": data}
    more = {"mime_type": "image/png" if data else "", "metadata": "", "is_error": False}
    return {"type": "tool_result", "data": {**said, **more}}


def there_and_back(*parts: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """What parts are archived, and why pictures stayed; they come back."""
    line, store = json.dumps(parts, separators=(",", ":")).encode(), memory_store()
    slim, done = archived(store, line, OPTIONS)
    assert restored(store, slim) == line
    assert archived(store, slim, OPTIONS)[0] == slim
    return json.loads(slim), sorted(done.stays.reasons)


def test_a_pasted_picture_is_an_attached_text() -> None:
    text = {"type": "text", "data": {"text": "look"}}
    (first, *files), why = there_and_back(
        text, binary(picture(9, 9, 1)), binary(b"no picture", "application/pdf")
    )
    assert (first, why) == (text, [])
    for file in files:
        assert file["type"] == "binary"
        assert file["data"].pop("Path").startswith("[")
        assert file["data"] == {"MIMEType": "text/plain", "Data": ""}


def test_an_attached_text_stays() -> None:
    text = binary(b"words, as they were attached", "text/markdown")
    assert there_and_back(text) == ([text], [])


def test_what_a_tool_said_tells_of_its_picture() -> None:
    """Without data, the words are sent."""
    (part,), why = there_and_back(result("Loaded", b64(picture(9, 9, 2))))
    said = part["data"]
    assert said["content"].startswith("Loaded\n[image 9x9 png archived as1:")
    assert (said["data"], said["mime_type"], said["is_error"]) == (
        "",
        "image/png",
        False,
    )
    assert why == []


def test_a_result_without_words_or_data_stays() -> None:
    """An API refuses a result that is empty."""
    silent, plain = result("", b64(picture(9, 9, 3))), result("words", "")
    parts, why = there_and_back(silent, plain)
    assert parts == [silent, plain]
    assert why == [Why.NOT_UNDERSTOOD.value]


def test_every_other_picture_stays_and_is_told() -> None:
    url = {"type": "image_url", "data": {"url": uri(picture(9, 9, 4))}}
    assert there_and_back(url) == ([url], [Why.NOT_UNDERSTOOD.value])


def test_a_picture_in_a_text_is_text() -> None:
    words = {"type": "text", "data": {"text": f"see {uri(picture(9, 9, 5))}"}}
    (part,), _ = there_and_back(words)
    assert part["data"]["text"].startswith("see as1:")


def test_its_database_comes_back_value_for_value(tmp_path: Path) -> None:
    """The time of a message's last change does, too."""
    path = tmp_path / "crush.db"
    parts = json.dumps([binary(picture(9, 9, 6)), result("x", b64(picture(9, 9, 7)))])
    with closing(sqlite3.connect(path)) as db:
        db.executescript(SCHEMA)
        db.execute("INSERT INTO messages VALUES('m', 's', 'user', ?, 7)", (parts,))
        db.commit()

    def rows() -> list[Any]:
        with closing(sqlite3.connect(path)) as db:
            schema = db.execute("SELECT * FROM sqlite_master WHERE type='trigger'")
            found = {row[1]: row[4] for row in schema}
            return [*db.execute("SELECT * FROM messages"), found]

    whole = rows()
    found = database_at(path)
    assert found is not None
    with folder_store(tmp_path) as store:
        (done,) = archive_columns(store, found.columns).files
        assert (done.status, done.payloads) == ("archived", 2)
        slim = rows()
        assert slim[0][3].count("as1:") == 2
        assert (slim[0][4], slim[1:]) == (7, whole[1:])
        restore_columns(store, found.columns)
    assert rows() == whole
