"""Pictures beside a log that stay there are told."""

import sqlite3
from contextlib import closing
from pathlib import Path

from assetstore.agents.codex.left_beside import left_beside
from support.homes import THREAD, codex_home


def rows(file: Path, table: str, column: str, *values: tuple[str, object]) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(f'CREATE TABLE IF NOT EXISTS "{table}"(thread_id, "{column}")')
        db.executemany(f'INSERT INTO "{table}" VALUES(?,?)', values)


def test_what_waits_and_what_is_attached_is_counted(tmp_path: Path) -> None:
    log = codex_home(tmp_path, b"")
    home = tmp_path / ".codex"
    assert list(left_beside(log)) == []
    shot = '{"url":"data:image/png;base64,AAAA"}'
    rows(
        home / "queue_1.sqlite",
        "queued_items",
        "payload_json",
        (THREAD, shot),
        (THREAD, "only words"),
        ("another", shot),
    )
    attached = [(THREAD, shot.encode()), (THREAD, shot)]
    rows(home / "state_5.sqlite", "thread_attachments", "payload", *attached)
    one, several = left_beside(log)
    assert one.startswith("A message that waits to be sent holds a picture")
    assert one.endswith("(queue_1.sqlite).")
    assert several.startswith("2 attachments of the thread hold pictures")


def test_what_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    log = codex_home(tmp_path, b"")
    home = tmp_path / ".codex"
    (home / "queue_1.sqlite").write_bytes(b"no database" * 100)
    rows(home / "state_5.sqlite", "of_another_version", "payload")
    assert list(left_beside(log)) == []
    assert list(left_beside(tmp_path / "page.html")) == []
