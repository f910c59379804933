"""What calls ``run``, whoever set it up."""

import time
from pathlib import Path

import pytest

from assetstore.cli import scheduled
from assetstore.cli.invocation import Run
from assetstore.cli.scheduled import look
from assetstore.jobs.run import run_log
from assetstore.schedule.base import Completed, Host


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing is installed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("ASSETSTORE_CONFIG", "none")
    host = Host(
        platform="linux",
        home=tmp_path,
        environment={},
        uid=1,
        run=lambda words, stdin: Completed(code=127),
    )
    monkeypatch.setattr(scheduled, "this_host", lambda: host)
    monkeypatch.setattr("assetstore.schedule.others.Path", lambda *_: tmp_path / "etc")
    return tmp_path


def test_nothing_calls_it(here: Path) -> None:
    found = look(Run())
    assert not found.is_called
    assert (found.found, found.others, found.regular) == ({}, [], False)


def test_runs_that_come_regularly(here: Path) -> None:
    log = run_log(Run().state_path)
    for number in range(6, 0, -1):
        began = time.time() - number * 3600
        log.append({"run": str(number), "event": "begin", "began": began})
    assert len(log.runs()) == 6
    found = look(Run())
    assert (found.regular, found.is_called) == (True, True)
