"""Pictures of Zed's messages and results are texts of theirs."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from assetstore.agents.client_rows import database_at
from assetstore.archiver.options import ArchiveOptions
from assetstore.documents.row_packing import packed_again, unpacked
from assetstore.results import Why
from assetstore.rows.archive import archive_columns, restore_columns
from support.samples import b64, picture, uri
from support.stores import archived, folder_store, memory_store, restored

OPTIONS = ArchiveOptions(profile="zed")


def image(seed: int) -> dict[str, Any]:
    """A picture, as it is written."""
    size = {"width": 9, "height": 9}
    return {"Image": {"source": b64(picture(9, 9, seed)), "size": size}}


def result(*parts: Any, **more: Any) -> dict[str, Any]:
    """A message with what a tool gave."""
    said = {"tool_use_id": "t", "tool_name": "read_file", "is_error": False}
    tool = {**said, "content": list(parts), "output": None, **more}
    return {"Agent": {"content": [{"Text": "so"}], "tool_results": {"t": tool}}}


def there_and_back(*messages: Any, **more: Any) -> tuple[dict[str, Any], list[str]]:
    """What a thread is archived, and why pictures stayed; it comes back."""
    thread = {"title": "x", "messages": list(messages), "version": "0.3.0", **more}
    line, store = json.dumps(thread, separators=(",", ":")).encode(), memory_store()
    slim, done = archived(store, line, OPTIONS)
    assert restored(store, slim) == line
    assert archived(store, slim, OPTIONS)[0] == slim
    return json.loads(slim), sorted(done.stays.reasons)


def test_a_pasted_picture_is_a_text() -> None:
    words = [{"Text": "look"}, image(1), image(2)]
    user = {"User": {"id": "1", "content": words}}
    thread, why = there_and_back(user, "Resume")
    first, *pictures = thread["messages"][0]["User"]["content"]
    assert first == {"Text": "look"}
    assert [list(part) for part in pictures] == [["Text"]] * 2
    assert pictures[0]["Text"].startswith("[image 9x9 png archived as1:")
    assert why == []


def test_a_tools_picture_is_a_text() -> None:
    thread, why = there_and_back(result({"Text": "here"}, image(3)))
    content = thread["messages"][0]["Agent"]["tool_results"]["t"]["content"]
    assert content[0] == {"Text": "here"}
    assert content[1]["Text"].startswith("[image 9x9 png archived as1:")
    assert why == []


def test_every_other_picture_stays_and_is_told() -> None:
    data = b64(picture(9, 9, 4))
    draft = [{"type": "image", "data": data, "mimeType": "image/png"}]
    output = result({"Text": "x"}, output={"Image": {"source": data}})
    thread, why = there_and_back(output, draft_prompt=draft)
    assert thread["messages"] == [output]
    assert thread["draft_prompt"] == draft
    assert why == [Why.NOT_UNDERSTOOD.value]


def test_a_picture_in_a_text_is_text() -> None:
    user = {"User": {"id": "1", "content": [{"Text": f"see {uri(picture(9, 9, 5))}"}]}}
    thread, _ = there_and_back(user)
    (part,) = thread["messages"][0]["User"]["content"]
    assert part["Text"].startswith("see as1:")


def test_its_database_comes_back_value_for_value(tmp_path: Path) -> None:
    path = tmp_path / "threads.db"
    user = {"User": {"id": "1", "content": [image(6)]}}
    thread = json.dumps({"messages": [user], "version": "0.3.0"}).encode()
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "CREATE TABLE threads (id TEXT PRIMARY KEY, summary TEXT NOT NULL, "
            "updated_at TEXT NOT NULL, data_type TEXT NOT NULL, data BLOB NOT NULL)"
        )
        row = ("1", "x", "now", "zstd", packed_again(thread))
        db.execute("INSERT INTO threads VALUES(?, ?, ?, ?, ?)", row)
        db.commit()

    def value() -> Any:
        with closing(sqlite3.connect(path)) as db:
            return db.execute("SELECT data FROM threads").fetchone()[0]

    whole = value()
    found = database_at(path)
    assert found is not None
    with folder_store(tmp_path) as store:
        (done,) = archive_columns(store, found.columns).files
        assert (done.status, done.payloads) == ("archived", 1)
        slim = unpacked(value(), 1 << 20) or b""
        assert b'{"Text":"[image 9x9 png archived as1:' in slim
        restore_columns(store, found.columns)
    assert value() == whole
