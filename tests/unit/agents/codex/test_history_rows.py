"""Rows that count bytes of a log follow its text."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.agents.codex.history_rows import Move, apply, forget, moves_of, opened
from assetstore.agents.codex.rollout import Rollout
from assetstore.errors import SourceRefused
from support.homes import THREAD, at, codex_home, history, rollout
from support.sources import BytesSource

LOG = rollout(1, 0)
STARTS = [sum(map(len, LOG.splitlines(True)[:n])) for n in range(6)]
SMALL = b"".join(b'{"ordinal":%d}\n' % n for n in range(5))
SHORT = SMALL.index(b"\n") + 1


@pytest.fixture
def log(tmp_path: Path) -> Rollout:
    return at(codex_home(tmp_path, LOG))


@pytest.fixture
def db(log: Rollout) -> Iterator[sqlite3.Connection]:
    with opened(log) as found:
        yield found


def turns(db: sqlite3.Connection) -> list[tuple[int, int]]:
    return db.execute(
        "SELECT rollout_byte_offset, rollout_end_byte_offset FROM thread_turns"
    ).fetchall()


def test_each_place_moves_to_the_same_lines_beginning(
    db: sqlite3.Connection, log: Rollout
) -> None:
    moves = moves_of(db, log, BytesSource(LOG), BytesSource(SMALL))
    assert len(moves) == 10  # 5 turns have two places each, the first is 0; the end
    apply(db, moves)
    assert turns(db) == [(SHORT * n, SHORT * (n + 1)) for n in range(5)]
    (end,) = db.execute(
        "SELECT next_rollout_byte_offset FROM thread_history_projection_state"
    ).fetchone()
    assert end == len(SMALL)


def test_an_equal_text_moves_nothing(db: sqlite3.Connection, log: Rollout) -> None:
    assert moves_of(db, log, BytesSource(LOG), BytesSource(LOG)) == []


def test_a_place_that_is_another_by_now_is_not_written(db: sqlite3.Connection) -> None:
    row = ("thread_turns", "rollout_byte_offset", 2)
    apply(db, [Move(*row, old=1, new=77), Move(*row[:2], 3, old=STARTS[2], new=88)])
    assert [start for start, _ in turns(db)][1:3] == [STARTS[1], 88]


def test_rows_that_do_not_fit_go_and_the_client_writes_them_anew(
    db: sqlite3.Connection, log: Rollout
) -> None:
    db.execute("UPDATE thread_turns SET rollout_byte_offset=3 WHERE rowid=2")
    assert moves_of(db, log, BytesSource(LOG), BytesSource(SMALL)) == []
    for table in ("thread_turns", "thread_items", "thread_history_projection_state"):
        (left,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 of this test
        assert left == 0


def test_rows_that_do_not_fit_are_mended_by_the_numbers_of_lines(
    db: sqlite3.Connection, log: Rollout
) -> None:
    for table, columns in (
        ("thread_turns", ("rollout_ordinal", "rollout_end_ordinal")),
        ("thread_history_projection_state", ("next_rollout_ordinal",)),
    ):
        for column in columns:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER")
    for row in range(5):
        db.execute(
            "UPDATE thread_turns SET rollout_ordinal=?, rollout_end_ordinal=? "
            "WHERE rowid=?",
            (row, row, row + 1),
        )
    db.execute("UPDATE thread_history_projection_state SET next_rollout_ordinal=5")
    db.execute("UPDATE thread_turns SET rollout_byte_offset=3 WHERE rowid=2")
    apply(db, moves_of(db, log, BytesSource(LOG), BytesSource(SMALL)))
    assert turns(db) == [(SHORT * n, SHORT * (n + 1)) for n in range(5)]


def test_only_a_logs_own_rows_are_forgotten(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO thread_turns VALUES('other', 't', 1, 2)")
    forget(db, THREAD)
    assert turns(db) == [(1, 2)]


def test_a_history_with_other_places_is_refused(
    db: sqlite3.Connection, log: Rollout
) -> None:
    db.execute("CREATE TABLE more(rollout_byte_offset)")
    with pytest.raises(SourceRefused, match="is not known"):
        moves_of(db, log, BytesSource(LOG), BytesSource(SMALL))


def test_a_transaction_that_is_not_committed_is_undone(log: Rollout) -> None:
    before = history(log.home)
    with opened(log) as db:
        forget(db, log.id)
    assert history(log.home) == before
    with (
        pytest.raises(SourceRefused, match="cannot be brought along"),
        opened(log) as db,
    ):
        db.execute("SELECT nonsense")
