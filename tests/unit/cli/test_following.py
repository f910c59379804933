"""How a run is followed."""

import json
from pathlib import Path

import pytest

from assetstore.cli.following import debug_log, progress_of
from assetstore.cli.invocation import Run
from assetstore.cli.terminal import TerminalProgress


def test_without_options_there_is_a_bar(home: Path) -> None:
    assert isinstance(progress_of(Run()), TerminalProgress)


def test_lines_and_log_go_to_standard_error(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(words=("ls", "--json-progress"), command="ls")
    run.debug = debug_log(run)
    progress = progress_of(run)
    progress.start(5, "listing")
    progress.advance(5)
    progress.close()
    run.end(0)
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in err.splitlines()]
    events = [(line["event"], line.get("kind")) for line in lines]
    assert out == ""
    assert events == [
        ("begin", None),
        ("debug", "start"),
        ("start", None),
        ("debug", "done"),
        ("progress", None),
        ("debug", "end"),
        ("end", None),
    ]


def test_a_log_in_a_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(given={"debug_file": "log"})
    log = debug_log(run)
    log.log("note", "here")
    log.end(0)
    assert "note          here\n" in Path("log").read_text()
    assert capsys.readouterr() == ("", "")


def test_behind_two_dashes_it_is_no_option() -> None:
    assert Run(words=("archive", "--", "--json-progress")).lines is None
