"""Whose a log is, and where its pictures are."""

from pathlib import Path
from typing import Any

from assetstore.agents.find import find_threads
from assetstore.agents.reading import Reading, read_thread
from support.samples import lines

CLAUDE: dict[str, Any] = {"type": "user", "sessionId": "s", "uuid": "u"}
CODEX: dict[str, Any] = {"type": "event_msg", "payload": {}}


def read(folder: Path, *records: object) -> Reading:
    path = folder / "log.jsonl"
    path.write_bytes(lines(*records))
    return read_thread(next(find_threads([path])))


def test_it_is_whose_records_are_most(tmp_path: Path) -> None:
    assert read(tmp_path, CODEX, CLAUDE, CLAUDE).client == "claude-code"
    assert read(tmp_path, CODEX, CODEX, CLAUDE).client == "codex"
    assert read(tmp_path, CLAUDE, CODEX).client == "codex"  # as many: it is asked first
    assert read(tmp_path, {"a": 1}).client == ""


def test_lines_that_are_there_twice_are_counted(tmp_path: Path) -> None:
    found = read(tmp_path, CLAUDE, {"a": 1}, CLAUDE)
    assert (found.lines, found.copies) == (3, 1)
    assert found.copied == len(lines(CLAUDE))
