"""A rescue that is killed at any of its steps, and run again."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
import zstandard

from assetstore.agents import history, rescue, rescue_log
from assetstore.agents.codex import history_rows
from assetstore.agents.codex import state as codex_state
from assetstore.agents.find import Thread, find_threads
from assetstore.agents.journal import Journal
from assetstore.archiver.archive import Archiver
from assetstore.errors import SourceRefused
from assetstore.files.replace import Draft
from assetstore.store.store import Store
from support.cut_off import Killed, killed, killed_at
from support.homes import THREAD, base_of, codex_fork, codex_home, rollout
from support.homes import history as rows_of

STEPS: list[tuple[Any, str]] = [
    (rescue_log, "read_thread"),
    (rescue_log, "hand_off"),
    (Journal, "note"),
    (Archiver, "in_place"),
    (Draft, "replace"),
    (codex_state, "remember"),
    (codex_state, "rewriting"),
    (codex_state, "_write_note"),
    (history_rows, "apply"),
    (Store, "put_manifest"),
    (history, "slim"),
    (history, "_update"),
    (rescue_log, "check_loads"),
]
UNDO_STEPS: list[tuple[Any, str]] = [
    (Draft, "replace"),
    (codex_state, "rewriting"),
    (history_rows, "apply"),
    (history, "restore"),
    (history, "_update"),
    (Journal, "forget"),
]


def killing(function: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    def wrapper(*words: Any, **settings: Any) -> Any:
        if after:
            function(*words, **settings)
        raise Killed

    return wrapper


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name))
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / ".codex"))
    path = codex_home(tmp_path)
    ends = ends_of(path)
    # It has forks, which change along: of its whole, and of its beginning, packed.
    codex_fork(path, 1, ends[-1], rollout(1, 0, start=30))
    codex_fork(path, 2, ends[5], rollout(1, 0, start=40), packed=True)
    return path


def ends_of(path: Path) -> list[int]:
    return [0, *accumulate(map(len, path.read_bytes().splitlines(keepends=True)))]


def forks_of(path: Path) -> dict[Path, bytes]:
    """The forks, as text."""
    unpack = zstandard.ZstdDecompressor()
    return {
        fork: unpack.stream_reader(fork.read_bytes()).read()
        if fork.suffix == ".zst"
        else fork.read_bytes()
        for fork in sorted(path.parent.glob("rollout-*"))
        if fork != path
    }


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store", create=True) as store:
        yield store


def the(path: Path) -> Thread:
    return next(find_threads([path]))


def check_slim(path: Path) -> None:
    slim = path.read_bytes()
    assert b"data:image" not in slim
    for line in slim.splitlines():
        json.loads(line)
    ends = ends_of(path)
    found = rows_of(path.parents[4])
    turns = [row[2:4] for row in found["thread_turns"] if row[0] == THREAD]
    assert turns == list(pairwise(ends))
    assert (THREAD, ends[-1]) in found["thread_history_projection_state"]
    assert [base_of(fork) for fork in forks_of(path)] == [ends[-1], ends[5]]
    for row in found["thread_items"]:
        assert "data:image" not in str(row[2])


def options(path: Path) -> rescue.RescueOptions:
    return rescue.RescueOptions(handoff=path.parents[5] / "handoff.md")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("owner", "name"), STEPS, ids=lambda x: str(x)[-24:])
def test_run_again_it_finishes(
    path: Path,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    after: bool,
) -> None:
    original, before = path.read_bytes(), rows_of(path.parents[4])
    forks = forks_of(path)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killing(getattr(owner, name), after=after))
        with pytest.raises(Killed):
            rescue.rescue(store, the(path), options(path))
    # What is there is the old or the new file, whole.
    if b"data:image" in path.read_bytes():
        assert path.read_bytes() == original
    rescue.rescue(store, the(path), options(path))
    check_slim(path)
    assert rescue.undo(store, the(path)).exact
    assert path.read_bytes() == original
    assert rows_of(path.parents[4]) == before
    assert forks_of(path) == forks


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("owner", "name"), UNDO_STEPS, ids=lambda x: str(x)[-24:])
def test_an_undo_run_again_finishes(
    path: Path,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    after: bool,
) -> None:
    original, before = path.read_bytes(), rows_of(path.parents[4])
    forks = forks_of(path)
    rescue.rescue(store, the(path), options(path))
    check_slim(path)
    tail = rollout(1, 0, start=9)
    with path.open("ab") as file:
        file.write(tail)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killing(getattr(owner, name), after=after))
        with pytest.raises(Killed):
            rescue.undo(store, the(path))
    rescue.undo(store, the(path))
    assert path.read_bytes() == original + tail
    assert rows_of(path.parents[4]) == before
    assert forks_of(path) == forks


@pytest.mark.parametrize("fork", [None, 1, 2])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_killed_between_a_log_and_its_forks(
    path: Path,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    fork: int | None,
) -> None:
    """Whichever thread is worked on next, all of them are whole, both ways."""
    original, before = path.read_bytes(), rows_of(path.parents[4])
    forks = forks_of(path)
    next_ = path if fork is None else list(forks)[fork - 1]

    def killed(work: Callable[[], object]) -> None:
        with monkeypatch.context() as patch:
            killed_at(patch, count)
            patch.setattr(history, "slim", killing(history.slim, after=False))
            patch.setattr(history, "restore", killing(history.restore, after=False))
            with pytest.raises(Killed):
                work()

    killed(lambda: rescue.rescue(store, the(path), options(path)))
    codex_state.recover(next_)
    rescue.rescue(store, the(path), options(path))
    check_slim(path)
    killed(lambda: rescue.undo(store, the(path)))
    codex_state.recover(next_)
    assert forks_of(path) == forks
    rescue.undo(store, the(path))
    assert path.read_bytes() == original
    assert forks_of(path) == forks
    assert rows_of(path.parents[4]) == before


def test_too_little_space_is_said_before_anything_is_done(
    path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = path.read_bytes()

    class Usage:
        free = 1000

    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage)
    with pytest.raises(SourceRefused, match=r"needs \d+ MiB at"):
        rescue.rescue(store, the(path), options(path))
    assert path.read_bytes() == original


def test_a_broken_history_leaves_the_log_alone(path: Path, store: Store) -> None:
    original = path.read_bytes()
    db = path.parents[4] / "thread_history_1.sqlite"
    db.write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)
    with pytest.raises(SourceRefused, match="sqlite"):
        rescue.rescue(store, the(path), options(path))
    assert path.read_bytes() == original


@pytest.mark.skipif(sys.platform != "linux", reason="names are exchanged there")
def test_what_a_killed_replacement_left_is_put_back_first(
    path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, thread = path.read_bytes(), the(path)

    def cut_off() -> None:
        left = killed(path, monkeypatch, exchanged=True, beside=forks_of(path))
        os.utime(left)  # as if somebody had written to it
        assert path.read_bytes() == b"new"

    cut_off()
    rescue.rescue(store, thread, options(path))
    check_slim(path)
    cut_off()
    assert rescue.undo(store, thread).exact
    assert path.read_bytes() == original
