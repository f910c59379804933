"""Jobs keep threads, as far as there is time and room."""

from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.kept.listing import list_threads
from assetstore.config.keys import JobSettings, Limits
from assetstore.jobs.keep import keep_threads
from assetstore.jobs.limits import Bounds
from assetstore.jobs.task_result import TaskResult
from assetstore.progress import SILENT
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.purge.purge import purge
from assetstore.store.store import Store
from support.homes import claude_home, codex_home
from support.kept import kept
from support.stores import folder_store, memory_store


def run(
    store: Store, folder: Path, bounds: Bounds | None = None, **settings: Any
) -> TaskResult:
    task = TaskResult(name="a")
    keep_threads(
        store,
        JobSettings(paths=(str(folder),), keep=True, **settings.pop("job", {})),
        [folder],
        task,
        bounds=bounds or Bounds(Limits(keep_free=0)),
        progress=SILENT,
        **settings,
    )
    return task


def test_what_is_new_is_kept(tmp_path: Path) -> None:
    store = memory_store()
    log = claude_home(tmp_path)
    codex_home(tmp_path)
    dry = run(store, tmp_path, dry_run=True)
    assert (dry.kept, dry.notes) == (0, ["2 threads would be kept."])
    first = run(store, tmp_path)
    assert (first.kept, first.result, first.stored > 0) == (2, "ok", True)
    assert run(store, tmp_path).kept == 0
    log.write_bytes(log.read_bytes() * 2)
    assert run(store, tmp_path, job={"exclude": ("*.jsonl",)}).kept == 0
    assert run(store, tmp_path, job={"include": ("rollout-*",)}).kept == 0
    assert run(store, tmp_path, job={"min_size": 0}).kept == 1
    assert run(store, tmp_path, dry_run=True).notes == []
    assert len(list(list_threads(store))) == 2


def test_limits_hold(tmp_path: Path) -> None:
    store = memory_store()
    claude_home(tmp_path)
    full = run(store, tmp_path, Bounds(Limits(), free=lambda path: 1 << 30))
    assert (full.kept, full.result, full.exit_code) == (0, "stopped", 3)
    late = Bounds(Limits(run_time=1.0, keep_free=0), clock=iter([0.0, 9.0]).__next__)
    task = run(store, tmp_path, late)
    assert (task.kept, task.result, task.exit_code) == (0, "stopped", 0)
    assert "threads are left for the next run" in task.reason


def test_what_goes_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with folder_store(tmp_path) as store:
        home = tmp_path / "home"
        log = claude_home(home)
        run(store, home)
        mine = kept(store)
        purge(store, [BlobId(id) for kind, id in mine.refs if kind is Kind.MEDIA])
        purged = run(store, home)
        assert (purged.result, purged.troubles) == ("ok", [])
        assert "what was kept of it was purged" in purged.notes[0]
        store.retract(mine)
        log.rename(log.with_name("22222222-2222-4333-8444-555555555555.jsonl"))

        def refuse(*words: object, **settings: object) -> None:
            raise PermissionError(13, "no")

        monkeypatch.setattr("assetstore.agents.kept.attempt.write_file", refuse)
        task = run(store, home)
        assert (task.result, task.exit_code, task.kept) == ("partial", 3, 0)
        assert [t.type for t in task.troubles] == ["PermissionError"]
    assert "cannot be read" in run(memory_store(), tmp_path / "gone").notes[0]
