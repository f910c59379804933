"""The log of what happens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assetstore.cli.debug import DebugLog, LoggedProgress, to_file, to_stream
from assetstore.progress import SilentProgress

Lines = list[tuple[str, str]]


@pytest.fixture
def lines() -> Lines:
    return []


@pytest.fixture
def log(lines: Lines) -> DebugLog:
    ticks = iter(range(1000))
    return DebugLog(
        lambda kind, text: lines.append((kind, text)), clock=lambda: float(next(ticks))
    )


def test_what_happens_to_files_is_told_by_the_interpreter(
    log: DebugLog, lines: Lines, tmp_path: Path
) -> None:
    log.begin(["archive", "a b"])
    first = tmp_path / "first"
    first.write_text("x")
    first.rename(tmp_path / "second")
    (tmp_path / "second").read_text()
    subprocess.run([sys.executable, "-c", ""], check=True)
    (tmp_path / "second").unlink()
    log.end(3)
    first.touch()  # is not told any more
    assert ("called", "'archive' 'a b'") in lines
    kinds = [kind for kind, text in lines if str(tmp_path) in text]
    assert [k for k in kinds if k != "folder"] == [
        "write",
        "os.rename",
        "read",
        "os.remove",
    ]
    assert any(kind == "subprocess.Popen" for kind, _ in lines)
    assert not any(text.startswith(os.__file__[:-5]) for _, text in lines)
    kind, text = lines[-1]
    assert kind == "end"
    assert text.startswith("exit code 3; ")


def test_nothing_depends_on_the_log() -> None:
    def fails(kind: str, text: str) -> None:
        raise OSError("full")

    log = DebugLog(fails)
    log.log("a", "b")
    log.end(0)


def test_parts_of_the_work_have_their_times(log: DebugLog, lines: Lines) -> None:
    progress = LoggedProgress(SilentProgress(), log)
    progress.start(2000, "archiving")
    progress.advance(1500)
    progress.message("a\x1b[31m")
    progress.start(None, "coding")
    progress.close()
    progress.close()
    assert lines == [
        ("start", "archiving, 2,000 bytes"),
        ("message", r"a\x1b[31m"),
        ("done", "archiving: 1,500 bytes in 1.000 s"),
        ("start", "coding"),
        ("done", "coding: 0 bytes in 1.000 s"),
    ]


def test_a_file_is_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with to_file(path) as stream:
        to_stream(stream, clock=lambda: 1.0)("read", "/x \udcff")
    assert path.read_bytes() == b"    0.000  read          /x \\udcff\n"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
