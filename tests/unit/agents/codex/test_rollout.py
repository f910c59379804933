"""Logs of Codex by their names, and the lock of their thread."""

import threading
from pathlib import Path

import pytest

from assetstore.agents.codex.rollout import Rollout, writer_lock
from assetstore.errors import SourceInUse
from assetstore.store.locks import hold, try_hold
from support.homes import ROLLOUT, THREAD, at, codex_home

OTHER = THREAD[:-2] + "ff"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rollout:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return at(codex_home(tmp_path, b""))


@pytest.mark.parametrize(
    ("name", "id", "packed"),
    [
        (ROLLOUT, THREAD, False),
        (ROLLOUT + ".zst", THREAD, True),
        (ROLLOUT.replace(".jsonl", f"_{OTHER}.jsonl"), OTHER, False),
    ],
)
def test_a_log_is_known_by_its_name_and_folder(
    name: str, id: str, packed: bool
) -> None:
    found = Rollout.at(Path("/h/.codex/archived_sessions") / name)
    assert found is not None
    assert (found.home, found.thread, found.id) == (Path("/h/.codex"), THREAD, id)
    assert found.packed is packed


@pytest.mark.parametrize(
    "path",
    [
        f"/h/elsewhere/{ROLLOUT}",
        "/h/.codex/sessions/notes.jsonl",
        f"/h/.codex/sessions/{ROLLOUT}.bak",
        f"/h/.codex/sessions/{ROLLOUT[:-7]}\n.jsonl",
    ],
)
def test_anything_else_is_none(path: str) -> None:
    assert Rollout.at(Path(path)) is None


def test_the_newest_history_counts(log: Rollout) -> None:
    assert log.history.name == "thread_history_1.sqlite"
    for name in ("thread_history_10.sqlite", "thread_history_9.sqlite"):
        (log.home / name).touch()
    assert log.history.name == "thread_history_10.sqlite"
    for path in log.home.glob("*.sqlite"):
        path.unlink()
    assert log.history == log.home / "thread_history_1.sqlite"


def test_what_is_noted_of_a_home_is_found(log: Rollout, tmp_path: Path) -> None:
    assert log.notes() == []
    log.note.parent.mkdir(parents=True)
    log.note.touch()
    assert log.notes() == [log.note]
    other = at(codex_home(tmp_path / "other", b""))
    assert other.notes() == []
    assert other.note != log.note


def lock(log: Rollout) -> Path:
    return log.home / "thread-writer-locks" / f"{log.thread}.lock"


def test_a_thread_that_is_loaded_is_refused(log: Rollout) -> None:
    with hold(lock(log), 1):
        loaded = pytest.raises(SourceInUse, match="is loaded in Codex")
        with loaded as error, writer_lock(log, waits=False):
            raise AssertionError("it is held")
        assert "--wait" in str(error.value.hint)


def test_the_lock_is_held_once_and_leaves_nothing(log: Rollout) -> None:
    with writer_lock(log):
        assert try_hold(lock(log)) is None
        with writer_lock(log):  # all logs of a thread share it
            pass
        assert try_hold(lock(log)) is None
    assert not lock(log).exists()


def test_another_thread_of_ours_waits_for_it(log: Rollout) -> None:
    order: list[str] = []

    def other() -> None:
        with writer_lock(log):
            order.append("other")

    thread = threading.Thread(target=other)
    with writer_lock(log):
        thread.start()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_a_home_without_locks_needs_none(log: Rollout) -> None:
    (log.home / "thread-writer-locks").rmdir()
    with writer_lock(log):
        assert not lock(log).parent.exists()
