"""A rescue that is killed at any of its steps, and run again."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from assetstore.archiver.archive import Archiver
from assetstore.atomic import Draft
from assetstore.clients import codex_state
from assetstore.errors import SourceRefused
from assetstore.store.store import Store
from assetstore.threads import history, rescue
from assetstore.threads.find import Thread, find_threads
from assetstore.threads.journal import Journal
from support.homes import THREAD, codex_home, rollout
from support.homes import history as rows_of

STEPS: list[tuple[Any, str]] = [
    (rescue, "read_thread"),
    (rescue, "hand_off"),
    (Journal, "note"),
    (Archiver, "in_place"),
    (Draft, "replace"),
    (codex_state, "_write_note"),
    (codex_state, "_apply"),
    (Store, "put_manifest"),
    (history, "slim"),
    (history, "_update"),
    (rescue, "check_loads"),
]
UNDO_STEPS: list[tuple[Any, str]] = [
    (Draft, "replace"),
    (codex_state, "_apply"),
    (history, "restore"),
    (history, "_update"),
    (Journal, "forget"),
]


class Killed(BaseException):
    pass


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
    return codex_home(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store", create=True) as store:
        yield store


def the(path: Path) -> Thread:
    return next(find_threads([path]))


def check_slim(path: Path) -> None:
    slim = path.read_bytes()
    assert b"data:image" not in slim
    ends = [0]
    for line in slim.splitlines(keepends=True):
        json.loads(line)
        ends.append(ends[-1] + len(line))
    found = rows_of(path.parents[4])
    assert [row[2:4] for row in found["thread_turns"]] == list(pairwise(ends))
    assert found["thread_history_projection_state"] == [(THREAD, ends[-1])]
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
    rescue.rescue(store, the(path), options(path))
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
    with pytest.raises((SourceRefused, sqlite3.DatabaseError)):
        rescue.rescue(store, the(path), options(path))
    assert path.read_bytes() == original
