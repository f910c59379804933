"""Forks that count an origin's bytes, when the origin is replaced."""

import os
import sqlite3
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import pytest
import zstandard

from assetstore.agents.codex import forks as codex_forks
from assetstore.agents.codex import state as codex_state
from assetstore.agents.codex.forks import Index, earlier_forms, first_line, forks_of
from assetstore.agents.codex.rollout import Rollout
from assetstore.errors import SourceChanged, SourceInUse, SourceRefused
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.store.locks import hold
from support.cut_off import Killed, killed_at
from support.homes import (
    THREAD,
    at,
    base_of,
    codex_fork,
    codex_home,
    history,
    swap,
    text_of,
)

OLD = b'{"payload":{"w":"' + b"w" * 100 + b'"}}\n'
OLD += b'{"payload":{"x":"' + b"x" * 5000 + b'"}}\n'
OLD += b'{"payload":{"y":"' + b"y" * 900 + b'"}}\n'
SLIM = b'{"payload":{"w":""}}\n{"payload":{"x":""}}\n{"payload":{"y":""}}\n'
ENDS, SLIM_ENDS = (
    list(accumulate(map(len, text.splitlines(keepends=True)))) for text in (OLD, SLIM)
)


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return codex_home(tmp_path, OLD)


@pytest.mark.parametrize("packed", [False, True])
def test_forks_follow_their_origin_and_come_back(origin: Path, packed: bool) -> None:
    turns = b'{"payload":{"z":"' + os.urandom(2000).hex().encode() + b'"}}\n'
    forks = [
        codex_fork(origin, i, end, turns, packed=packed) for i, end in enumerate(ENDS)
    ]
    of_fork = codex_fork(forks[2], 9, len(text_of(forks[2])), turns, packed=packed)
    away = origin.parents[4] / "archived_sessions" / forks[0].name
    away.parent.mkdir()
    forks[0] = forks[0].rename(away)
    before = {path: text_of(path) for path in (*forks, of_fork)}
    times = {path: path.stat().st_mtime_ns for path in before}
    rows = history(origin.parents[4])
    swap(origin, SLIM)
    assert [base_of(fork) for fork in forks] == SLIM_ENDS
    for path, was in before.items():
        now = text_of(path)
        assert len(now) == len(was)
        assert now.partition(b"\n")[2] == was.partition(b"\n")[2]
        assert path.stat().st_mtime_ns == times[path]
    assert text_of(of_fork) == before[of_fork]
    swap(origin, OLD)
    assert {path: text_of(path) for path in before} == before
    assert {path: path.stat().st_mtime_ns for path in before} == times
    assert history(origin.parents[4]) == rows
    assert not list(origin.parents[4].rglob(".*.assetstore-*"))


def test_a_fork_follows_where_no_history_is_kept(origin: Path) -> None:
    fork = codex_fork(origin, 1, ENDS[1])
    (origin.parents[4] / "thread_history_1.sqlite").unlink()
    swap(origin, SLIM)
    assert base_of(fork) == SLIM_ENDS[1]


def test_a_loaded_fork_is_refused(origin: Path) -> None:
    fork = codex_fork(origin, 1, ENDS[1])
    before = fork.read_bytes()
    lock = origin.parents[4] / "thread-writer-locks" / f"{at(fork).thread}.lock"
    held = hold(lock, 1)
    try:
        with pytest.raises(SourceInUse, match="goes on from"):
            codex_state.check_free(origin)
        with pytest.raises(SourceInUse, match="goes on from"):
            swap(origin, SLIM)
    finally:
        held.release()
    assert (origin.read_bytes(), fork.read_bytes()) == (OLD, before)
    swap(origin, SLIM)
    assert base_of(fork) == SLIM_ENDS[1]


@pytest.mark.parametrize("end", [14, len(OLD) + 1])
def test_an_offset_that_is_no_boundary_is_refused(origin: Path, end: int) -> None:
    fork = codex_fork(origin, 1, end)
    before = fork.read_bytes()
    with pytest.raises(SourceRefused, match="where no line of it ends"):
        codex_state.check_free(origin)
    with pytest.raises(SourceRefused, match="where no line of it ends"):
        swap(origin, SLIM)
    assert (origin.read_bytes(), fork.read_bytes()) == (OLD, before)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"end_ordinal_exclusive"', b'"end_something"'),
        (b'"end_byte_offset":15', b'"end_byte_offset":1.5'),
        (b'"end_byte_offset":15', b'"end_byte_offset":null'),
        (b'{"id":', b'{"id" '),
    ],
)
def test_a_fork_of_an_unknown_kind_is_refused(
    origin: Path, old: bytes, new: bytes
) -> None:
    fork = codex_fork(origin, 1, 15)
    log = fork.read_bytes()
    assert old in log
    fork.write_bytes(log.replace(old, new))
    with pytest.raises(SourceRefused, match="not known"):
        swap(origin, SLIM)
    assert origin.read_bytes() == OLD


def test_a_fork_that_counts_no_bytes_is_left_alone(origin: Path) -> None:
    fork = codex_fork(origin, 1, 15)
    log = fork.read_bytes().replace(b',"end_byte_offset":15', b"")
    fork.write_bytes(log)
    swap(origin, SLIM)
    assert fork.read_bytes() == log


def test_a_fork_that_may_not_be_replaced_is_refused(origin: Path) -> None:
    fork = codex_fork(origin, 1, ENDS[1])
    os.link(fork, fork.with_name("another name"))
    with pytest.raises(SourceRefused, match="hard links"):
        swap(origin, SLIM)
    assert origin.read_bytes() == OLD


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("by", ["origin", "first fork", "last fork"])
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_killed_replacement_is_finished(
    origin: Path, monkeypatch: pytest.MonkeyPatch, count: int, by: str, packed: bool
) -> None:
    forks = [codex_fork(origin, i, end, packed=packed) for i, end in enumerate(ENDS)]
    before = {path: text_of(path) for path in (origin, *forks)}
    rows = history(origin.parents[4])
    with monkeypatch.context() as patch:
        killed_at(patch, count)
        with pytest.raises(Killed):
            swap(origin, SLIM)
    assert at(origin).note.exists()
    path = {"origin": origin, "first fork": forks[0], "last fork": forks[-1]}[by]
    codex_state.recover(path)
    codex_state.recover(path)
    if count == 0:
        assert {path: text_of(path) for path in before} == before
        assert history(origin.parents[4]) == rows
    else:
        assert origin.read_bytes() == SLIM
        assert [base_of(fork) for fork in forks] == SLIM_ENDS
        turns = history(origin.parents[4])["thread_turns"]
        assert [r[3] for r in turns if r[0] == THREAD] == SLIM_ENDS
        swap(origin, OLD)
        assert {path: text_of(path) for path in before} == before
        assert history(origin.parents[4]) == rows
    assert not at(origin).note.exists()
    assert not list(origin.parents[4].rglob(".*.assetstore-*"))


def test_a_killed_replacement_is_finished_where_codex_moved_the_files(
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = codex_fork(origin, 1, ENDS[1])
    with monkeypatch.context() as patch:
        killed_at(patch, 1)
        with pytest.raises(Killed):
            swap(origin, SLIM)
    packed = origin.with_name(f"{origin.name}.zst")
    packed.write_bytes(zstandard.compress(origin.read_bytes()))
    origin.unlink()
    away = origin.parents[4] / "archived_sessions" / fork.name
    away.parent.mkdir()
    codex_state.recover(fork.rename(away))
    assert base_of(away) == SLIM_ENDS[1]
    assert not at(origin).note.exists()


def test_a_fork_that_changed_meanwhile_is_finished_by_the_next_run(
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its replacement fails once the origin is in its place."""
    fork = codex_fork(origin, 1, ENDS[1])
    real: Callable[[Draft, Source], None] = Draft.replace

    def replace(draft: Draft, source: Source) -> None:
        real(draft, source)
        if draft.target == origin:
            with fork.open("ab") as file:
                file.write(b'{"payload":{"z":1}}\n')

    with monkeypatch.context() as patch:
        patch.setattr(Draft, "replace", replace)
        with pytest.raises(SourceChanged):
            swap(origin, SLIM)
    codex_state.recover(origin)
    assert base_of(fork) == SLIM_ENDS[1]
    assert fork.read_bytes().endswith(b'{"z":1}}\n')


def test_what_a_fork_was(origin: Path) -> None:
    fork = codex_fork(origin, 1, ENDS[1], b'{"payload":{}}\n')
    was = fork.read_bytes()
    with Source.open(fork) as text:
        assert earlier_forms(fork, text) == ()
    swap(origin, SLIM)
    slim = fork.read_bytes()
    with Source.open(fork) as text:
        (form,) = earlier_forms(fork, text)
        assert b"".join(form.pieces(0, form.size)) == was
    swap(origin, OLD)
    with Source.open(fork) as text:
        (form,) = earlier_forms(fork, text)
        assert b"".join(form.pieces(0, form.size)) == slim
        assert earlier_forms(origin, text) == ()


def test_no_fork_is_missed_and_no_first_line_read_twice(
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counted(path: Path) -> bytes:
        read.append(path.name)
        return first_line(path)

    monkeypatch.setattr(codex_forks, "first_line", counted)
    index, home = Index(), origin.parents[4]

    def based() -> list[Path]:
        return sorted(index.forks(home, THREAD))

    def trusted() -> None:
        """Let every folder be as it is since long ago."""
        for folder in origin.parents[:4]:
            os.utime(folder, (1_790_000_000, 1_790_000_000))
        based()
        read.clear()

    one = codex_fork(origin, 1, ENDS[1])
    assert based() == [one]
    assert sorted(read) == sorted([origin.name, one.name])
    trusted()
    assert based() == [one]
    assert read == []
    two = codex_fork(origin, 2, ENDS[1])
    assert based() == [one, two]
    assert read == [two.name]
    trusted()
    folder = origin.parents[1] / "24"
    folder.mkdir()
    three = codex_fork(origin, 3, ENDS[1]).rename(folder / two.name)
    assert based() == [one, two, three]
    assert read == [three.name]
    trusted()
    begun = origin.with_name(origin.name.replace(THREAD, f"{THREAD[:-2]}99"))
    begun.write_bytes(b"")
    assert based() == [one, two, three]
    begun.write_bytes(one.read_bytes())  # the same file, of which more is there now
    assert based() == sorted([one, two, three, begun])


def test_a_home_without_threads_has_no_forks(tmp_path: Path) -> None:
    rollout = Rollout(tmp_path / "none", tmp_path, THREAD, THREAD)
    assert forks_of(rollout) == []


def test_the_history_of_forks_is_their_own(origin: Path) -> None:
    codex_fork(origin, 1, ENDS[1], b'{"payload":{}}\n')
    rows = history(origin.parents[4])["thread_turns"]
    swap(origin, SLIM)
    db = sqlite3.connect(origin.parents[4] / "thread_history_1.sqlite")
    found = db.execute("SELECT * FROM thread_turns WHERE thread_id!=?", (THREAD,))
    assert found.fetchall() == [row for row in rows if row[0] != THREAD]
    db.close()
