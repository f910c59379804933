"""``assetstore rescue`` of several threads, one of which fails unexpectedly."""

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents import rescue as engine
from assetstore.agents.find import Thread
from assetstore.cli import app
from support.clients import make_opencode
from support.homes import SESSION, THREAD, claude_home, claude_session, codex_home


@pytest.mark.parametrize("error", [RecursionError("deep"), MemoryError()])
def test_a_defect_in_one_thread_ends_none_of_the_others(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    sick = codex_home(tmp_path)
    well = claude_home(tmp_path, claude_session(1, width=8100))
    before = sick.read_bytes(), well.read_bytes()
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / ".codex"))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / ".claude"))
    rescue = engine.rescue

    def rescues(store: Any, thread: Thread, *args: Any, **more: Any) -> Any:
        if thread.path == sick:
            raise error
        return rescue(store, thread, *args, **more)

    monkeypatch.setattr(engine, "rescue", rescues)
    words = ["rescue", "--json", "--store", str(tmp_path / "store"), THREAD, SESSION]
    with pytest.raises(SystemExit) as ended:
        app.main(words)
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 3
    assert [problem["path"] for problem in told["errors"]] == [str(sick)]
    assert told["errors"][0]["type"] == type(error).__name__
    assert sick.read_bytes() == before[0]
    assert len(well.read_bytes()) < len(before[1])


def test_what_is_refused_makes_no_store(call: Callable[..., Any], home: Path) -> None:
    os.utime(claude_home(home, claude_session(1, width=8100)))
    place = home / "mistyped"
    refused = call("rescue", SESSION, "--store", place)
    assert refused.code == 13
    assert "made a new store" not in refused.err
    assert not place.exists()
    done = call("rescue", SESSION, "--store", place, "--now")
    assert done.code == 0
    assert f"made a new store at {place}" in done.err
    assert f"rescue --undo {SESSION} --store {place}" in done.out


def test_a_database_that_is_open_makes_no_store(
    call: Callable[..., Any], home: Path
) -> None:
    database = make_opencode(home / "opencode" / "opencode.db")
    place = home / "mistyped"
    with contextlib.closing(sqlite3.connect(database)) as db:
        db.execute("BEGIN IMMEDIATE")
        refused = call("rescue", database, "--store", place)
    assert refused.code != 0
    assert not place.exists()
    assert call("rescue", database, "--store", place).code == 0
    assert place.is_dir()
