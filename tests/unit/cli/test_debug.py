"""The log of what happens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assetstore.cli.debug import DebugLog, LoggedProgress, to_file, to_stream
from assetstore.errors import UsageError
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


@pytest.mark.skipif(os.name == "nt", reason="links and FIFOs")
def test_what_is_no_log_is_left_as_it_is(tmp_path: Path) -> None:
    """The option may stand in front of a document's name."""
    page = tmp_path / "page.html"
    page.write_text("<p>mine</p>")
    link, fifo = tmp_path / "link", tmp_path / "fifo"
    link.symlink_to(page)
    os.mkfifo(fifo)
    with pytest.raises(UsageError, match="is no log"):
        to_file(page)
    with pytest.raises(UsageError, match="is no log"):
        to_file(fifo)
    with pytest.raises(OSError, match="symbolic links"):
        to_file(link)
    assert page.read_text() == "<p>mine</p>"
    for _ in range(2):  # its own log begins anew
        with to_file(tmp_path / "log") as file:
            log = DebugLog(to_stream(file))
            log.log("version", "assetstore 1, Python 3")
            log.end(0)
        assert (tmp_path / "log").read_text().count("version") == 1
