"""Logs that grow longer with their origin, and those of one thread that was rewound."""

import sqlite3
from itertools import accumulate
from pathlib import Path

import pytest

from assetstore.agents.ancestors import ancestors, broken_link
from assetstore.agents.codex import state as codex_state
from assetstore.agents.codex.forks import earlier_forms, threads_of
from assetstore.agents.codex.rollout import writer_lock
from assetstore.agents.find import log_at
from assetstore.errors import SourceInUse, SourceRefused
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

OLD = b'{"ordinal":0,"payload":{"w":"' + b"w" * 100 + b'"}}\n'
OLD += b'{"ordinal":1,"payload":{"x":"' + b"x" * 500_000 + b'"}}\n'
OLD += b'{"ordinal":2,"payload":{"y":"' + b"y" * 900 + b'"}}\n'
SLIM = b"".join(
    b'{"ordinal":%d,"payload":{"%c":""}}\n' % (i, c) for i, c in enumerate(b"wxy")
)
ENDS, SLIM_ENDS = (
    list(accumulate(map(len, text.splitlines(keepends=True)))) for text in (OLD, SLIM)
)
TURNS = b'{"ordinal":3,"payload":{"z":"and on"}}\n{"ordinal":4,"payload":{}}\n'


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return codex_home(tmp_path, OLD)


def starts(path: Path) -> list[int]:
    return [0, *accumulate(map(len, text_of(path).splitlines(keepends=True)))]


def rows_of(path: Path) -> list[tuple[object, ...]]:
    found = history(path.parents[4])["thread_turns"]
    return [row[2:4] for row in found if row[0] == at(path).id]


def family(origin: Path, *, packed: bool = False) -> list[Path]:
    """Logs that were made from the small log, each from the one before it."""
    swap(origin, SLIM)
    rewound = codex_fork(origin, 11, SLIM_ENDS[1], TURNS, packed=packed, rewinds=True)
    twice = codex_fork(rewound, 12, starts(rewound)[2], TURNS, rewinds=True)
    fork = codex_fork(twice, 13, starts(twice)[3], TURNS, packed=packed)
    return [rewound, twice, fork]


@pytest.mark.parametrize("packed", [False, True])
def test_logs_made_from_the_small_log_follow_the_large_one(
    origin: Path, packed: bool
) -> None:
    logs = family(origin, packed=packed)
    rewound, twice, fork = logs
    before = {path: text_of(path) for path in logs}
    rows = history(origin.parents[4])
    assert len(str(SLIM_ENDS[1])) < len(str(ENDS[1]))
    swap(origin, OLD)
    assert base_of(rewound) == ENDS[1]
    assert base_of(twice) == starts(rewound)[2]
    assert base_of(fork) == starts(twice)[3]
    for path in logs:
        rest = text_of(path).partition(b"\n")[2]
        assert rest == before[path].partition(b"\n")[2]
        assert rows_of(path) == list(zip(starts(path), starts(path)[1:], strict=False))
    assert text_of(rewound) != before[rewound]
    swap(origin, SLIM)
    assert {path: text_of(path) for path in logs} == before
    assert history(origin.parents[4]) == rows
    assert not list(origin.parents[4].rglob(".*.assetstore-*"))


@pytest.mark.parametrize("count", range(5))
@pytest.mark.parametrize("by", ["origin", "rewound", "fork"])
def test_a_killed_replacement_of_a_family_is_finished(
    origin: Path, monkeypatch: pytest.MonkeyPatch, count: int, by: str
) -> None:
    logs = family(origin)
    codex_fork(logs[0], 14, starts(logs[0])[1])  # keeps its length
    before = {path: text_of(path) for path in (origin, *logs)}
    rows = history(origin.parents[4])
    with monkeypatch.context() as patch:
        killed_at(patch, count)
        if count < 4:
            with pytest.raises(Killed):
                swap(origin, OLD)
        else:
            swap(origin, OLD)
    codex_state.recover({"origin": origin, "rewound": logs[0], "fork": logs[2]}[by])
    if count == 0:
        codex_state.recover(origin)
        assert {path: text_of(path) for path in before} == before
        assert history(origin.parents[4]) == rows
        return
    codex_state.recover(origin)
    assert base_of(logs[0]) == ENDS[1]
    assert base_of(logs[1]) == starts(logs[0])[2]
    assert base_of(logs[2]) == starts(logs[1])[3]
    for path in (origin, *logs):
        assert rows_of(path) == list(zip(starts(path), starts(path)[1:], strict=False))
    assert not at(origin).note.exists()


def test_logs_that_go_on_from_each_other_are_refused(origin: Path) -> None:
    rewound = codex_fork(origin, 11, SLIM_ENDS[1], TURNS, rewinds=True)
    log = b'{"type":"session_meta","payload":{"history_base":{"thread_id":"%s",' % (
        at(rewound).id.encode()
    )
    log += b'"end_ordinal_exclusive":1,"end_byte_offset":%d}}}\n' % starts(rewound)[1]
    origin.write_bytes(log + SLIM)
    before = origin.read_bytes(), rewound.read_bytes()
    with pytest.raises(SourceRefused):
        swap(origin, log + OLD)
    assert (origin.read_bytes(), rewound.read_bytes()) == before


def test_a_place_that_was_wrong_already_is_mended(origin: Path) -> None:
    """An archive that did not know rewinds left it where it was in the large log."""
    rewound = codex_fork(origin, 11, ENDS[1], TURNS, rewinds=True)
    first = rewound.read_bytes().replace(b'exclusive":3', b'exclusive":2')
    rewound.write_bytes(first)
    origin.write_bytes(SLIM)
    codex_state.check_free(origin)
    swap(origin, OLD)
    assert base_of(rewound) == ENDS[1]
    origin.write_bytes(SLIM)
    swap(origin, SLIM + b'{"ordinal":3}\n')
    assert base_of(rewound) == SLIM_ENDS[1]


def test_a_log_that_was_left_behind_is_mended_alone(origin: Path) -> None:
    rewound = codex_fork(origin, 11, ENDS[1], TURNS, rewinds=True)
    line = rewound.read_bytes().replace(b'exclusive":3', b'exclusive":2')
    rewound.write_bytes(line)
    origin.write_bytes(SLIM)
    assert "where no line begins" in broken_link(log_at(rewound))
    held = hold(origin.parents[4] / "thread-writer-locks" / f"{THREAD}.lock", 1)
    codex_state.mend(origin)
    assert rewound.read_bytes() == line
    held.release()
    codex_state.mend(origin)
    assert base_of(rewound) == SLIM_ENDS[1]
    assert len(rewound.read_bytes()) == len(line)
    assert broken_link(log_at(rewound)) == ""
    swap(origin, OLD)
    assert rewound.read_bytes() == line
    origin.unlink()
    assert "which is gone" in broken_link(log_at(rewound))


def test_rows_that_do_not_fit_are_mended_by_the_numbers_of_lines(origin: Path) -> None:
    home = origin.parents[4]
    db = sqlite3.connect(home / "thread_history_1.sqlite")
    for table, columns in {
        "thread_turns": ("rollout_ordinal", "rollout_end_ordinal"),
        "thread_history_projection_state": ("next_rollout_ordinal",),
    }.items():
        for column in columns:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    db.execute("UPDATE thread_turns SET rollout_ordinal=rowid-1")
    db.execute("UPDATE thread_turns SET rollout_end_ordinal=rowid-1")
    db.execute("UPDATE thread_history_projection_state SET next_rollout_ordinal=3")
    db.commit()
    origin.write_bytes(SLIM)  # by hand
    swap(origin, SLIM + b'{"ordinal":3,"payload":{}}\n')
    # A turn that begins with the log has no place to move.
    assert rows_of(origin) == list(zip([0, *SLIM_ENDS], SLIM_ENDS, strict=False))
    (state,) = history(home)["thread_history_projection_state"]
    assert state[1] == SLIM_ENDS[-1]
    db.execute("UPDATE thread_turns SET rollout_end_ordinal=99 WHERE rowid=2")
    db.commit()
    db.close()
    origin.write_bytes(OLD)
    swap(origin, OLD + b"\n")
    assert not rows_of(origin)  # a number that no line has: Codex makes them anew


def test_what_a_log_was_is_known_where_it_became_longer(origin: Path) -> None:
    rewound, *_ = family(origin)
    was = rewound.read_bytes()
    swap(origin, OLD)
    now = rewound.read_bytes()
    assert len(now) > len(was)
    with Source.open(rewound) as text:
        (form,) = earlier_forms(rewound, text)
        assert b"".join(form.pieces(0, form.size)) == was
        for at, length in ((0, 50), (200, 900), (form.size - 20, 100), (0, 1 << 20)):
            assert form.read(at, length) == was[at : at + length]


def test_the_logs_of_a_thread_share_its_lock(origin: Path) -> None:
    rewound, twice, _ = family(origin)
    home = origin.parents[4]
    assert [log.path for log in threads_of(home)[THREAD]] == sorted(
        [origin, rewound, twice], key=lambda path: at(path).id
    )
    lock = home / "thread-writer-locks" / f"{THREAD}.lock"
    held = hold(lock, 1)
    try:
        for path in (origin, rewound, twice):
            with pytest.raises(SourceInUse), writer_lock(at(path)):
                pass
    finally:
        held.release()
    with writer_lock(at(origin)), writer_lock(at(rewound)):
        swap(twice, TURNS.replace(b"and on", b"") + TURNS)
        assert lock.exists()
    assert not lock.exists()


def test_a_thread_may_have_been_rewound_any_number_of_times(origin: Path) -> None:
    log, turns = origin, b""
    for number in range(10, 99):
        end = len(text_of(log))
        turns = b'{"ordinal":%d,"payload":{}}\n' % number
        log = codex_fork(log, number, end, turns, rewinds=True)
    thread = log_at(log)
    chain = [base.path for base, _ in ancestors(thread)]
    assert (len(chain), chain[-1]) == (89, origin)
    assert broken_link(thread) == ""
    line = origin.read_bytes().partition(b"\n")[0]
    circle = b'{"payload":{"history_base":{"thread_id":"%b"}}}\n' % at(log).id.encode()
    origin.write_bytes(circle + line)
    assert len(list(ancestors(thread))) == 89
