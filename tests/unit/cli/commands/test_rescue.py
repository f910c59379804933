"""``assetstore rescue`` of several threads, one of which fails unexpectedly."""

import json
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents import rescue as engine
from assetstore.agents.find import Thread
from assetstore.cli import app
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
