"""A made-up home with threads of many clients, each as it writes them."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from support.samples import b64, lines, picture, uri

CODE = ".config/Code/User"


def documents() -> Mapping[str, bytes]:
    """The text files, by their places below the user's folder; a picture in each."""
    pixels = dict(enumerate(picture(9, 9, 4)))
    asset = {
        "assetId": f"sha256:{hashlib.sha256(picture(9, 9, 1)).hexdigest()}",
        "data": b64(picture(9, 9, 1)),
        "mimeType": "image/png",
    }
    part = {"type": "image", "data": b64(picture(9, 9, 2)), "mimeType": "image/png"}
    blob = {**part, "type": "blob"}
    inline = {"inlineData": {"mimeType": "image/png", "data": b64(picture(9, 9, 3))}}
    url = {"url": uri(picture(9, 9, 5))}
    buffer = {"$base64": b64(picture(9, 9, 6))}
    variables = [
        {"kind": "image", "value": buffer, "mimeType": "image/png"},
        {"kind": "image", "value": pixels, "mimeType": "image/png"},
    ]
    cline = {"type": "image", "data": b64(picture(9, 9, 7)), "mediaType": "image/png"}
    shown = [{"ts": 1, "say": "text", "text": "x", "images": [uri(picture(9, 9, 8))]}]
    task = f"{CODE}/globalStorage/saoudrizwan.claude-dev/tasks/1"
    return {
        ".copilot/session-state/a/events.jsonl": lines(
            {"type": "session.start", "data": {"sessionId": "a"}, "id": "1"},
            {"type": "session.binary_asset", "data": asset, "id": "2"},
            {"type": "user.message", "data": {"attachments": [blob]}, "id": "3"},
        ),
        f"{CODE}/workspaceStorage/w/chatSessions/a.json": _json(
            {"requests": [{"variableData": {"variables": variables}}]}
        ),
        ".gemini/tmp/p/chats/session-1.json": _json(
            {"sessionId": "1", "messages": [{"type": "user", "content": [inline]}]}
        ),
        ".qwen/projects/p/chats/a.jsonl": lines(
            {
                "sessionId": "1",
                "type": "user",
                "message": {"role": "user", "parts": [inline]},
            }
        ),
        ".pi/agent/sessions/--x--/a.jsonl": lines(
            {"type": "session", "id": "1"},
            {"type": "message", "message": {"role": "user", "content": [part]}},
        ),
        ".cline/data/sessions/1/1.messages.json": _json(
            [{"role": "user", "content": [cline]}]
        ),
        f"{task}/ui_messages.json": _json(shown),
        ".continue/sessions/11dce2d0-35d8-4f77-9c80-4ecf0240c5ae.json": _json(
            {
                "history": [
                    {
                        "message": {
                            "role": "user",
                            "content": [{"type": "imageUrl", "imageUrl": url}],
                        }
                    }
                ]
            }
        ),
        ".kimi/sessions/p/s/context.jsonl": lines(
            {"role": "user", "content": [{"type": "image_url", "image_url": url}]}
        ),
    }


def make_clients(home: Path) -> list[Path]:
    """Write them, and a database of opencode."""
    made = []
    for place, text in documents().items():
        path = home / place
        path.parent.mkdir(parents=True)
        path.write_bytes(text)
        made.append(path)
    return [*made, make_rows(home / ".local/share/opencode/opencode.db")]


def make_rows(path: Path) -> Path:
    """A database whose parts are JSON, as opencode writes them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE part(id TEXT PRIMARY KEY, n INTEGER, data TEXT)")
        part = {"type": "file", "mime": "image/png", "url": uri(picture(9, 9, 9))}
        rows = [("a", 1, json.dumps(part)), ("b", 2, '{"type":"text","text":"hi"}')]
        db.executemany("INSERT INTO part VALUES(?, ?, ?)", rows)
        db.commit()
    return path


OWN = {"id": "prt_1", "sessionID": "ses_1", "messageID": "msg_1"}


def make_opencode(path: Path, *, pictures: int = 2, side: int = 20) -> Path:
    """A database of opencode's: a picture of the user's and those of tools.

    Two sessions have them; each part is in the events as well, as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE part(id TEXT PRIMARY KEY, session_id TEXT, data TEXT);"
            "CREATE TABLE event(id TEXT PRIMARY KEY, aggregate_id TEXT, data TEXT);"
            "CREATE TABLE session(id TEXT PRIMARY KEY, time_updated INTEGER);"
            "INSERT INTO session VALUES('ses_0', 1000), ('ses_1', 2000);"
        )
        for number in range(pictures):
            add_part(db, f"prt_{number}", f"ses_{number % 2}", number, side)
        words = json.dumps({"type": "text", "text": "hi"})
        db.execute("INSERT INTO part VALUES('prt_words', 'ses_0', ?)", (words,))
        db.commit()
    return path


def add_part(
    db: sqlite3.Connection, name: str, session: str, seed: int, side: int = 20
) -> None:
    """A part with a picture, and the event that says so."""
    url = uri(picture(side, side, seed))
    file: dict[str, Any] = {"type": "file", "mime": "image/png", "url": url}
    part = file
    if seed % 2:
        state = {"status": "completed", "output": "read", "attachments": [file]}
        part = {"type": "tool", "tool": "read", "state": state}
    event = {"sessionID": session, "part": {**OWN, "id": name, **part}, "time": 1}
    packed = (",", ":")
    db.execute(
        "INSERT INTO part VALUES(?, ?, ?)",
        (name, session, json.dumps(part, separators=packed)),
    )
    db.execute(
        "INSERT INTO event VALUES(?, ?, ?)",
        (f"evt_{name}", session, json.dumps(event, separators=packed)),
    )


def rows_of(path: Path) -> list[Any]:
    """All that is in such a database, which is sound."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        parts = db.execute("SELECT * FROM part ORDER BY rowid").fetchall()
        return parts + db.execute("SELECT * FROM event ORDER BY rowid").fetchall()


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2).encode()
