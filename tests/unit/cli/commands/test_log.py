"""``assetstore log``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetstore.jobs.log import RunLog

Call = Callable[..., Any]


@pytest.fixture
def runs(home: Path) -> None:
    """Three runs: one that went well, one that failed, one that was killed."""
    log = RunLog(home / "xdg" / "state" / "assetstore" / "runs")
    for number, result in enumerate(("ok", "failed", "")):
        run = {"run": str(number), "began": 1e9 + number}
        log.append({"event": "begin", **run})
        if result:
            log.append({"event": "end", **run, "result": result, "tasks": []})


@pytest.mark.usefixtures("runs")
def test_past_runs_the_oldest_first(call: Call) -> None:
    lines = call("log").out.splitlines()
    assert [line.split()[3] for line in lines] == ["ok", "failed", "killed"]


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], ["0", "1", "2"]),
        (["-l", "2"], ["1", "2"]),
        (["--failed"], ["1", "2"]),
        (["--failed", "--lines", "1"], ["2"]),
    ],
)
def test_some_of_them(call: Call, words: list[str], found: list[str]) -> None:
    result = call("log", "--json", *words).result
    assert [run["run"] for run in result["runs"]] == found


def test_none_failed(call: Call, home: Path) -> None:
    log = RunLog(home / "xdg" / "state" / "assetstore" / "runs")
    log.append({"event": "end", "run": "1", "began": 1e9, "result": "ok", "tasks": []})
    done = call("log", "--failed")
    assert (done.code, done.err) == (0, "note: of 1 run, none failed\n")


def test_there_were_none(call: Call) -> None:
    done = call("log")
    assert (done.code, done.out) == (0, "")
    assert done.err == "note: there were no runs yet\n"
    assert call("log", "-l", "0").code == 2
