"""The log of runs: bounded, and right about runs that were killed."""

import os
from pathlib import Path

import pytest

from assetstore.jobs import log
from assetstore.jobs.log import RunLog, TaskState
from assetstore.store.locks import hold


def test_runs_are_joined_and_killed_ones_told(tmp_path: Path) -> None:
    found = RunLog(tmp_path / "runs")
    assert found.runs() == []
    found.append({"event": "begin", "run": "a", "began": 1.0})
    found.append({"event": "end", "run": "a", "began": 1.0, "result": "ok"})
    found.append({"event": "begin", "run": "b", "began": 2.0})
    found.append({"event": "begin", "run": "c", "began": 3.0})
    assert [(r["run"], r["result"]) for r in found.runs()] == [
        ("a", "ok"),
        ("b", "killed"),
        ("c", "killed"),
    ]
    assert found.killed() == "c"
    with hold(found.lock_file, 1):
        assert [r["result"] for r in found.runs()] == ["ok", "killed", "running"]
    assert not found.is_running()


def test_a_line_is_written_whole_by_a_system_that_takes_little_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, bytes(data)[:3]))
    found = RunLog(tmp_path)
    found.append({"event": "begin", "run": "a", "began": 1.0})
    assert [run["run"] for run in found.runs()] == ["a"]


def test_what_a_killed_run_left_beside_the_tasks_goes(tmp_path: Path) -> None:
    left = tmp_path / ".tasks.json.assetstore-0123456789abcdef.tmp"
    left.write_bytes(b"{")
    RunLog(tmp_path).put_tasks({"a": TaskState(runs=1)})
    assert [path.name for path in tmp_path.iterdir()] == ["tasks.json"]


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    found = RunLog(tmp_path)
    found.append({"event": "begin", "run": "a", "began": 1.0})
    with (tmp_path / "log.jsonl").open("ab") as file:
        file.write(b'{"event":"end","run":"a","beg')
    found.append({"event": "begin", "run": "b", "began": 2.0})
    assert [r["run"] for r in found.records()] == ["a", "b"]
    assert found.killed() == "b"
    found.append({"event": "end", "run": "b", "began": 1.0})
    with (tmp_path / "log.jsonl").open("ab") as file:
        file.write(b'{"event":"begin","run":"c","beg')
    assert found.killed() == ""


def test_the_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST", 2000)
    found = RunLog(tmp_path)
    for number in range(1000):
        found.append({"event": "begin", "run": str(number), "began": 0.0})
        sizes = [path.stat().st_size for path in tmp_path.glob("log*")]
        assert len(sizes) <= log.FILES
        assert max(sizes) <= 2000
    runs = [int(r["run"]) for r in found.records()]
    assert runs == list(range(runs[0], 1000))
    assert len(runs) > 50
    assert found.killed() == "999"
    (tmp_path / "log.jsonl").unlink()  # as right after it became an older one
    assert found.killed() == [r["run"] for r in found.records()][-1] != "999"


def test_tasks_come_back_and_damage_is_nothing_known(tmp_path: Path) -> None:
    found = RunLog(tmp_path)
    assert found.tasks() == {}
    state = TaskState(
        last_success=1.5, last_end=2.0, last_result="ok", runs=3, saved=9, freed=8
    )
    found.put_tasks({"codex": state, "gc": TaskState()})
    assert found.tasks() == {"codex": state, "gc": TaskState()}
    (tmp_path / "tasks.json").write_bytes(b'{"codex":{"unknown":1}}')
    assert found.tasks() == {}


@pytest.mark.skipif(os.name == "nt", reason="links are for administrators there")
def test_a_link_in_its_place_is_not_written_to(tmp_path: Path) -> None:
    """Root's run would add lines to any file that the folder's owner names."""
    found, other = RunLog(tmp_path / "runs"), tmp_path / "other"
    other.write_bytes(b"x")
    found.folder.mkdir()
    (found.folder / "log.jsonl").symlink_to(other)
    with pytest.raises(OSError, match="symbolic links"):
        found.append({"event": "begin", "run": "a", "began": 1.0})
    assert other.read_bytes() == b"x"
