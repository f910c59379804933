"""What lies beside a log of Codex: entries, messages that wait, locks."""

import json
import sqlite3

import pytest

from assetstore.store.locks import hold
from support.homes import THREAD, codex_home, history
from support.program import Program
from support.samples import picture, uri


def test_entries_that_the_client_wrote_anew_of_a_small_log_do_not_stay(
    agents: Program,
) -> None:
    """It leaves out what it does not know, the placeholders too."""
    codex_home(agents.folder)
    assert agents("rescue", THREAD).code == 0
    db = sqlite3.connect(agents.folder / ".codex" / "thread_history_1.sqlite")
    for row, text in db.execute("SELECT rowid, item_json FROM thread_items").fetchall():
        item = json.loads(text)
        for part in item["content"]:
            part.pop("assetstore", None)
        anew = json.dumps(item, separators=(",", ":"))
        db.execute("UPDATE thread_items SET item_json=? WHERE rowid=?", (anew, row))
    db.commit()
    db.close()
    assert agents("rescue", "--undo", THREAD).code == 0
    now = history(agents.folder / ".codex")
    assert not any(now.values())


def test_pictures_beside_the_log_stay_and_are_told(agents: Program) -> None:
    home = codex_home(agents.folder).parents[4]
    shot = json.dumps({"url": uri(picture(20, 20, 1))})
    for name, table, column, rows in (
        ("queue_1", "queued_items", "payload_json", 2),
        ("state_5", "thread_attachments", "payload", 1),
    ):
        db = sqlite3.connect(home / f"{name}.sqlite")
        db.execute(f"CREATE TABLE {table}(thread_id TEXT, {column} TEXT)")
        said = [(THREAD, shot)] * rows + [(THREAD, "words"), ("another", shot)]
        db.executemany(f"INSERT INTO {table} VALUES(?,?)", said)
        db.commit()
        db.close()
    queue = (home / "queue_1.sqlite").read_bytes()
    done = agents("rescue", THREAD)
    assert done.code == 0, done.err
    queued, attached = done.err.splitlines()
    assert "2 messages that wait to be sent" in queued
    assert "queue_1.sqlite" in queued
    assert "note: An attachment of the thread" in attached
    assert (home / "queue_1.sqlite").read_bytes() == queue
    assert agents("rescue", "--undo", THREAD).err == ""


@pytest.mark.parametrize("command", ["rescue", "archive", "restore", "rescue --undo"])
def test_a_loaded_thread_is_waited_for(agents: Program, command: str) -> None:
    path = codex_home(agents.folder)
    lock = agents.folder / ".codex" / "thread-writer-locks" / f"{THREAD}.lock"
    back = command not in ("rescue", "archive")
    if back:
        assert agents("rescue", THREAD).code == 0
    held = hold(lock, 1)
    ran = agents.start(*command.split(), path, "--wait", "2m")
    assert ran.stderr is not None
    told = ran.stderr.readline().decode()
    held.release()
    _, rest = ran.communicate()
    assert ran.returncode == 0, rest
    assert "loaded in Codex" in told
    assert "waiting, up to 120 s" in told
    assert (b"data:image" in path.read_bytes()) == back
