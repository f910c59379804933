"""Codex's own state, brought along when a rollout is replaced."""

import sqlite3
from pathlib import Path

import pytest

from assetstore.agents.codex import state as codex_state
from assetstore.agents.codex.rollout import Rollout
from assetstore.agents.lines import moved
from assetstore.errors import SourceInUse, SourceRefused
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.store.locks import hold
from support.homes import swap

THREAD = "01a2056c-e85e-7890-9e8a-1d806f1a2b03"
NAME = f"rollout-2026-11-22T22-42-33-{THREAD}.jsonl"
OLD = b'{"a":1}\n' + b"x" * 5000 + b'\n{"b":2}\n' + b"y" * 900 + b"\n"
SLIM = b'{"a":1}\nx\n{"b":2}\ny\n'
ENDS = [0, 8, 5009, 5017, 5918]
SLIM_ENDS = [0, 8, 10, 18, 20]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    home = tmp_path / ".codex"
    folder = home / "sessions" / "2026" / "11" / "22"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(OLD)
    (home / "thread-writer-locks").mkdir()
    db = sqlite3.connect(home / "thread_history_1.sqlite")
    db.executescript(
        """
        CREATE TABLE thread_turns(thread_id TEXT, turn_id TEXT,
            rollout_byte_offset INTEGER, rollout_end_byte_offset INTEGER);
        CREATE TABLE thread_items(thread_id TEXT, item_json TEXT);
        CREATE TABLE thread_history_projection_state(
            thread_id TEXT, next_rollout_byte_offset INTEGER);
        """
    )
    db.executemany(
        "INSERT INTO thread_turns VALUES(?,?,?,?)",
        [
            (THREAD, "1", ENDS[1], ENDS[2]),
            (THREAD, "2", ENDS[2], ENDS[4]),
            (THREAD, "3", ENDS[4], None),
            ("another", "1", ENDS[1], ENDS[2]),
        ],
    )
    db.execute(
        "INSERT INTO thread_history_projection_state VALUES(?,?)", (THREAD, ENDS[3])
    )
    db.commit()
    db.close()
    return home


def rollout(home: Path) -> Path:
    return home / "sessions" / "2026" / "11" / "22" / NAME


def offsets(home: Path) -> list[int | None]:
    db = sqlite3.connect(home / "thread_history_1.sqlite")
    rows = db.execute(
        "SELECT rollout_byte_offset, rollout_end_byte_offset FROM thread_turns "
        "WHERE thread_id=? ORDER BY turn_id",
        (THREAD,),
    ).fetchall()
    rows += db.execute(
        "SELECT next_rollout_byte_offset FROM thread_history_projection_state"
    ).fetchall()
    rows += db.execute(
        "SELECT rollout_byte_offset FROM thread_turns WHERE thread_id='another'"
    ).fetchall()
    db.close()
    return [value for row in rows for value in row]


def test_offsets_follow_the_lines_and_come_back(home: Path) -> None:
    before = offsets(home)
    swap(rollout(home), SLIM)
    s = SLIM_ENDS
    assert offsets(home) == [s[1], s[2], s[2], s[4], s[4], None, s[3], ENDS[1]]
    swap(rollout(home), OLD)
    assert offsets(home) == before
    assert not list((home.parent / "state").rglob("*.json"))


@pytest.mark.parametrize(
    "stage", ["replaced", "not replaced", "torn note", "damaged note"]
)
def test_a_killed_replacement_is_finished_or_forgotten(
    home: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    before = offsets(home)
    path = rollout(home)

    class Killed(BaseException):
        pass

    def replace(draft: Draft, source: Source) -> None:
        if stage in ("replaced", "damaged note"):
            assert draft._path is not None
            draft._path.replace(path)
            draft._path = None
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Draft, "replace", replace)
        with pytest.raises(Killed):
            swap(path, SLIM)
    assert offsets(home) == before
    found = Rollout.at(path)
    assert found is not None
    assert found.note.exists()
    if stage == "torn note":
        found.note.write_bytes(found.note.read_bytes()[:50])
    elif stage == "damaged note":
        digit = str(SLIM_ENDS[1]).encode()
        assert digit in found.note.read_bytes()
        spoilt = found.note.read_bytes().replace(digit, digit[:-1] + b"0")
        found.note.write_bytes(spoilt if spoilt != found.note.read_bytes() else b"7")
    codex_state.recover(path)
    assert not found.note.exists()
    if stage == "replaced":
        assert offsets(home)[0:2] == SLIM_ENDS[1:3]
    elif stage == "damaged note":
        assert len(offsets(home)) < len(before)  # Codex makes them anew
    else:
        assert offsets(home) == before


def test_a_loaded_thread_is_refused(home: Path) -> None:
    lock = home / "thread-writer-locks" / f"{THREAD}.lock"
    held = hold(lock, 1)
    try:
        with pytest.raises(SourceInUse, match="loaded in Codex"):
            swap(rollout(home), SLIM)
    finally:
        held.release()
    assert rollout(home).read_bytes() == OLD


def test_an_unknown_history_is_refused(home: Path) -> None:
    db = sqlite3.connect(home / "thread_history_1.sqlite")
    db.execute("ALTER TABLE thread_items ADD COLUMN rollout_byte_offset INTEGER")
    db.close()
    with pytest.raises(SourceRefused, match="not known"):
        swap(rollout(home), SLIM)
    assert rollout(home).read_bytes() == OLD


@pytest.mark.parametrize(
    ("column", "known"),
    [
        ("size_bytes", True),
        ("page_offset", True),
        ("rollout_size_bytes", False),
        ("last_byte_offset", False),
        ("next_rollout_offset", False),
    ],
)
def test_a_later_history_is_known_by_the_columns_that_count(
    home: Path, column: str, known: bool
) -> None:
    db = sqlite3.connect(home / "thread_history_1.sqlite")
    db.execute(f"ALTER TABLE thread_items ADD COLUMN {column} INTEGER")
    db.execute("CREATE TABLE later(thread_id TEXT, payload BLOB)")
    db.close()
    if known:
        swap(rollout(home), SLIM)
        assert offsets(home)[-2] == SLIM_ENDS[3]
        return
    with pytest.raises(SourceRefused, match="not known"):
        swap(rollout(home), SLIM)
    assert rollout(home).read_bytes() == OLD


def test_a_later_history_is_found_by_its_name(home: Path) -> None:
    before = offsets(home)
    later = home / "thread_history_12.sqlite"
    (home / "thread_history_1.sqlite").rename(later)
    (home / "thread_history_1.sqlite").write_bytes(b"")
    swap(rollout(home), SLIM)
    later.rename(home / "thread_history_1.sqlite")
    assert offsets(home) != before
    assert offsets(home)[-2] == SLIM_ENDS[3]


def test_a_history_that_does_not_fit_is_left_to_codex(home: Path) -> None:
    db = sqlite3.connect(home / "thread_history_1.sqlite")
    db.execute("UPDATE thread_turns SET rollout_byte_offset=9999999 WHERE turn_id='2'")
    db.commit()
    db.close()
    swap(rollout(home), SLIM)
    assert offsets(home)[-1] == ENDS[1]  # the other thread's
    db = sqlite3.connect(home / "thread_history_1.sqlite")
    count = "SELECT count(*) FROM thread_turns WHERE thread_id=?"
    assert db.execute(count, (THREAD,)).fetchone() == (0,)
    db.close()


def test_places_of_line_boundaries(tmp_path: Path) -> None:
    old, slim = tmp_path / "old", tmp_path / "slim"
    old.write_bytes(OLD)
    slim.write_bytes(SLIM)
    with Source.open(old) as source, Source.open(slim) as target:
        assert moved(source, target, ENDS) == SLIM_ENDS
        assert moved(target, source, SLIM_ENDS) == ENDS
        assert moved(source, target, [3, 5919]) == [None, None]


@pytest.mark.parametrize(
    ("path", "thread"),
    [
        (f"/h/.codex/sessions/2026/11/22/{NAME}", THREAD),
        (f"/h/.codex/archived_sessions/{NAME}.zst", THREAD),
        (f"/h/.codex/else/{NAME}", None),
        ("/h/.codex/sessions/2026/notes.jsonl", None),
    ],
)
def test_which_files_are_rollouts(path: str, thread: str | None) -> None:
    found = Rollout.at(Path(path))
    assert (found and found.thread) == thread
    if found is not None:
        assert found.home == Path("/h/.codex")
