"""One log is rescued, and that is taken back."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.agents import disk_space
from assetstore.agents.find import log_at
from assetstore.agents.journal import Journal
from assetstore.agents.rescue_log import judged_again, rescue_log, undo_log
from assetstore.agents.rescue_options import RescueOptions, RescueReport
from assetstore.errors import SourceInUse, SourceRefused, VerifyMismatch
from assetstore.store.locks import hold
from assetstore.store.store import Store
from support.homes import THREAD, claude_home, codex_home, history
from support.stores import folder_store


@pytest.fixture
def store(alone: Path) -> Iterator[Store]:
    with folder_store(alone) as made:
        yield made


def rescue(
    store: Store, log: Path, options: RescueOptions | None = None
) -> RescueReport:
    return rescue_log(store, log_at(log), options or RescueOptions())


@pytest.mark.parametrize("home", [codex_home, claude_home])
def test_every_byte_comes_back(store: Store, alone: Path, home: object) -> None:
    log: Path = home(alone)  # type: ignore[operator]
    before = log.read_bytes()
    done = rescue(store, log)
    assert done.well
    assert (done.before, done.after) == (len(before), log.stat().st_size)
    assert done.after < done.before / 3
    assert done.lines == before.count(b"\n")
    assert done.request_after < done.request_before
    undone = undo_log(store, log_at(log))
    assert (undone.exact, undone.undone, undone.images) == (True, True, done.images)
    assert log.read_bytes() == before
    assert Journal(log_at(log)).record == {}


def test_what_came_behind_it_stays(store: Store, alone: Path) -> None:
    log = claude_home(alone)
    before = log.read_bytes()
    rescue(store, log)
    log.write_bytes(log.read_bytes() + b'{"type":"user","more":1}\n')
    assert undo_log(store, log_at(log)).exact
    assert log.read_bytes() == before + b'{"type":"user","more":1}\n'


def test_a_log_that_was_edited_is_told(store: Store, alone: Path) -> None:
    log = claude_home(alone)
    rescue(store, log)
    log.write_bytes(log.read_bytes().replace(b'"cwd":"/home/x"', b'"cwd":"/home/y"', 1))
    with pytest.raises(VerifyMismatch, match="does not begin with what it was"):
        undo_log(store, log_at(log))


def test_a_dry_run_changes_nothing(store: Store, alone: Path) -> None:
    log = codex_home(alone)
    before, rows = log.read_bytes(), history(alone / ".codex")
    plan = rescue(store, log, RescueOptions(dry_run=True))
    assert (plan.dry_run, plan.images) == (True, 12)
    assert plan.needed > 0
    assert (log.read_bytes(), history(alone / ".codex")) == (before, rows)
    assert Journal(log_at(log)).record == {}
    done = rescue(store, log)
    assert abs(done.after - plan.after) < 200 * plan.images
    assert done.rows == 4


def test_the_newest_stay(store: Store, alone: Path) -> None:
    log = claude_home(alone)
    done = rescue(store, log, RescueOptions(keep_pictures=1))
    assert done.kept == 1
    assert log.read_bytes().count(b"iVBOR") == 1


def test_a_copy_and_what_it_knows_are_written_first(store: Store, alone: Path) -> None:
    log = claude_home(alone)
    before = log.read_bytes()
    options = RescueOptions(backup=alone / "b", handoff=alone / "h" / "it.md")
    done = rescue(store, log, options)
    assert Path(done.backup).read_bytes() == before
    assert (alone / "h" / "it.md").read_text().startswith("# Handoff")
    assert done.handoff == str(alone / "h" / "it.md")


def test_one_that_somebody_is_at_work_on_is_refused(store: Store, alone: Path) -> None:
    log = claude_home(alone)
    before = log.read_bytes()
    os.utime(log)
    with pytest.raises(SourceInUse, match="seconds ago"):
        rescue(store, log)
    assert log.read_bytes() == before
    assert rescue(store, log, RescueOptions(now=True)).images
    codex = codex_home(alone)
    os.utime(codex, (time.time(), time.time()))  # its lock says for certain
    lock = alone / ".codex" / "thread-writer-locks" / f"{THREAD}.lock"
    with hold(lock, 1), pytest.raises(SourceInUse, match="is loaded in Codex"):
        rescue(store, codex)
    assert rescue(store, codex).images


def test_one_that_cannot_be_replaced_is_refused_before_anything(
    store: Store, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = claude_home(alone)
    before = log.read_bytes()
    other = log.with_name("another name")
    other.hardlink_to(log)
    with pytest.raises(SourceRefused):
        rescue(store, log)
    other.unlink()
    monkeypatch.setattr(disk_space, "_MARGIN", 1 << 60)
    with pytest.raises(SourceRefused, match="are free"):
        rescue(store, log)
    assert log.read_bytes() == before
    assert Journal(log_at(log)).record == {}


def test_a_second_rescue_finishes_and_knows_what_was_before(
    store: Store, alone: Path
) -> None:
    log = claude_home(alone)
    before = log.read_bytes()
    rescue(store, log, RescueOptions(keep_pictures=1))
    rescue(store, log)
    assert b"iVBOR" not in log.read_bytes()
    assert undo_log(store, log_at(log)).exact
    assert log.read_bytes() == before


def test_it_is_judged_by_what_its_client_builds_now(store: Store, alone: Path) -> None:
    log = claude_home(alone)
    done = rescue(store, log)
    again = judged_again(done, log_at(log))
    assert (again.risk, again.request_after) == (done.risk, done.request_after)
    assert again.well
