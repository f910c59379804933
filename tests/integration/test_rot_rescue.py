"""Rot in what a rescue notes of itself: what it was, or a typed error."""

import shutil
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents import rescue
from assetstore.agents.codex import state as codex_state
from assetstore.agents.find import Thread, find_threads
from assetstore.agents.journal import Journal
from assetstore.errors import AssetstoreError
from assetstore.files.replace import Draft
from assetstore.store.store import Store
from support.homes import codex_home, rollout
from support.homes import history as rows_of
from support.rot import flips, harm

TAIL = rollout(1, 0, start=9)
VARIABLES = {
    "CODEX_HOME": ".codex",
    "XDG_CACHE_HOME": "xdg/cache",
    "XDG_DATA_HOME": "xdg/data",
    "XDG_STATE_HOME": "xdg/state",
}


class Killed(BaseException):
    pass


class Rescued:
    """A thread that was rescued, which can be put back to that time and again.

    Attributes:
        path: Its log.
        original: What it was.
        rows: What its client's database held.
        note: What is spoilt.
        noted: What it holds.
    """

    def __init__(self, folder: Path, work: Callable[["Rescued"], Path]):
        self.folder = folder / "work"
        self.folder.mkdir()
        self.path = codex_home(self.folder, rollout(2))
        self.original, self.rows = self.path.read_bytes(), rows_of(self.home)
        self.note = work(self)
        self.noted = self.note.read_bytes()
        self._made = folder / "made"
        shutil.copytree(self.folder, self._made)

    @property
    def home(self) -> Path:
        """The client's home."""
        return self.folder / ".codex"

    def store(self) -> Store:
        """The store."""
        return Store.open(self.folder / "store", create=True)

    def thread(self) -> Thread:
        """The thread as it is now."""
        return next(find_threads([self.path]))

    def rescue(self) -> None:
        """Rescue it."""
        with self.store() as store:
            rescue.rescue(store, self.thread(), rescue.RescueOptions(now=True))

    def undo(self) -> bool | None:
        """Take that back; None where it says that it cannot."""
        with self.store() as store:
            try:
                return rescue.undo(store, self.thread()).exact
            except AssetstoreError:
                return None

    def spoil(self, note: bytes | None) -> None:
        """Be as after the rescue, but for the note."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._made, self.folder)
        if note is None:
            self.note.unlink()
        else:
            self.note.write_bytes(note)

    def are_right(self) -> bool:
        """Whether the rows are what they were, or all left for the client to write."""
        found = rows_of(self.home)
        return found == self.rows or not any(found.values())


def journal_of(rescued: Rescued) -> Path:
    rescued.rescue()
    return Journal(rescued.thread()).path


@pytest.fixture
def rescued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rescued:
    return made(tmp_path, monkeypatch, journal_of)


def made(
    folder: Path, patch: pytest.MonkeyPatch, work: Callable[[Rescued], Path]
) -> Rescued:
    for name, value in VARIABLES.items():
        patch.setenv(name, str(folder / "work" / value))
    return Rescued(folder, work)


def spoilt(data: bytes) -> Iterator[bytes | None]:
    """With a flipped bit, and otherwise harmed."""
    yield from flips(data, (), every=11)
    for _, other in harm(data):
        yield other


def test_the_journal(rescued: Rescued) -> None:
    """Undone, with what came since; without the journal that is not compared."""
    rescued.spoil(rescued.noted)
    assert rescued.undo() is True
    assert rows_of(rescued.home) == rescued.rows
    compared = set()
    # A flipped bit of the sum's name changes nothing: a journal may have no sum.
    renamed = rescued.noted.replace(b'"check"', b'"chdck"')
    assert renamed != rescued.noted
    for note in (renamed, *spoilt(rescued.noted)):
        rescued.spoil(note)
        with rescued.path.open("ab") as file:
            file.write(TAIL)
        compared.add(rescued.undo())
        assert rescued.path.read_bytes() == rescued.original + TAIL
        assert rescued.are_right()
        assert not rescued.note.exists()
    assert compared == {True, False}


def test_the_journal_of_a_rescue_that_is_run_again(rescued: Rescued) -> None:
    for note in spoilt(rescued.noted):
        rescued.spoil(note)
        rescued.rescue()
        assert rescued.undo() is not None
        assert rescued.path.read_bytes() == rescued.original
        assert rescued.are_right()


def test_the_note_of_a_replacement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rescue that was killed when the log was replaced and its rows were not."""
    real: Callable[..., Any] = Draft.replace

    def killed(draft: Draft, *words: Any) -> None:
        real(draft, *words)
        raise Killed

    def work(rescued: Rescued) -> Path:
        with monkeypatch.context() as patch:
            patch.setattr(Draft, "replace", killed)
            with pytest.raises(Killed):
                rescued.rescue()
        (note,) = (rescued.folder / "xdg/state/assetstore/codex").glob("*.json")
        return note

    rescued = made(tmp_path, monkeypatch, work)
    assert b"data:image" not in rescued.path.read_bytes()
    for note in spoilt(rescued.noted):
        if note is None:  # then it was done
            continue
        rescued.spoil(note)
        codex_state.recover(rescued.path)
        ends = [0, *accumulate(map(len, rescued.path.read_bytes().splitlines(True)))]
        turns = [row[2:4] for row in rows_of(rescued.home)["thread_turns"]]
        assert turns in ([], list(pairwise(ends)))
        rescued.rescue()
        assert rescued.undo()
        assert rescued.path.read_bytes() == rescued.original
        assert rescued.are_right()
