"""What is tried of an installation, where it does not work."""

import importlib.util
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from assetstore.cli.installation import (
    _clocks,
    _extras,
    _locks,
    _program,
    _tried,
    _writing,
)
from assetstore.errors import StoreWriteError
from assetstore.installation import how_to_get
from assetstore.store.store import Store
from support.stores import folder_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return folder_store(tmp_path)


def test_locks_that_do_not_hold_are_worth_knowing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _locks(store).state == "ok"
    monkeypatch.setattr(store, "lock", lambda *words: nullcontext())
    assert _locks(store).state == "note"


def test_a_store_that_cannot_be_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _tried(_writing, store).state == "ok"
    assert store.packs() == {}

    def full(key: str) -> None:
        raise StoreWriteError("the disk is full", hint="Make room.")

    monkeypatch.setattr(store.backend, "create", full)
    found = _tried(_writing, store)
    assert (found.name, found.state) == ("writing", "wrong")
    assert (found.what, found.hint) == ("the disk is full", "Make room.")


def test_a_clock_that_was_reset(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _clocks(store).state == "ok"
    monkeypatch.setattr(time, "time", lambda: 86_400.0)
    found = _clocks(store)
    assert (found.state, found.hint) == ("wrong", "Set the clock.")


def test_an_extra_that_is_not_here_comes_with_the_command_that_gets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "mcp" else real(name)
    )
    found = {each.name: each for each in _extras()}
    assert found["extra codecs"].state == "ok"
    assert found["extra mcp"].state == "note"
    assert found["extra mcp"].hint.endswith(how_to_get("mcp"))


def test_packages_are_named_as_they_are_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = {each.name: each for each in _extras()}
    assert found["extra view"].what == "not installed: markdown-it-py"
    assert found["extra view"].hint.endswith(" 'markdown-it-py>=4.0'")
    assert "zlib-ng" in found["extra codecs"].what
    assert "zlib_ng" not in found["extra codecs"].what


def test_only_what_is_needed_here_is_looked_at() -> None:
    what = _program().what
    assert "unknown version" not in what
    assert ("filelock" in what) == (sys.platform == "win32")
