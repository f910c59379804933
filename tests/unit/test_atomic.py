"""Replacing a file beside somebody who writes to it."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetstore import atomic
from assetstore.atomic import Draft
from assetstore.errors import SourceChanged, SourceInUse
from assetstore.guard import leased
from assetstore.reader import Source

APPEND = """
import sys
with open(sys.argv[1], "ab", buffering=0) as file:
    file.write(b" and more")
"""
HOLD = "import sys; f = open(sys.argv[1], 'ab'); print(flush=True); input()"
linux = pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")
posix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows replaces no file that is open"
)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "document"
    path.write_bytes(b"as it was")
    return path


def replaced(path: Path) -> None:
    with Source.open(path) as source, Draft(path) as draft:
        draft.write(b"new")
        draft.replace(source)


def before_the_rename(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something between the last look at a file and the rename over it."""
    replace = Path.replace
    acts = [act]

    def late(path: Path, target: Path) -> Path:
        if acts:
            acts.pop()()
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", late)


@contextlib.contextmanager
def no_lease(_fd: int, _name: str) -> Iterator[Callable[[], bool]]:
    yield lambda: True


def alone(path: Path) -> bool:
    return [p.name for p in path.parent.iterdir()] == [path.name]


def test_it_takes_the_place(document: Path) -> None:
    replaced(document)
    assert document.read_bytes() == b"new"
    assert document.stat().st_nlink == 1
    assert alone(document)


@linux
def test_who_opens_it_at_the_last_moment_waits_and_loses_nothing(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers: list[subprocess.Popen[bytes]] = []
    undisturbed: list[Callable[[], bool]] = []
    found = document.stat().st_ino

    @contextlib.contextmanager
    def watched(fd: int, name: str) -> Iterator[Callable[[], bool]]:
        with leased(fd, name) as known:
            undisturbed.append(known)
            yield known

    def act() -> None:
        writers.append(subprocess.Popen([sys.executable, "-c", APPEND, str(document)]))
        while undisturbed[0]():  # until it has found the old file
            assert writers[0].poll() is None, "it did not wait"
            time.sleep(0.001)

    monkeypatch.setattr(atomic, "leased", watched)
    before_the_rename(monkeypatch, act)
    with pytest.raises(SourceChanged, match="changed"):
        replaced(document)
    assert writers[0].wait() == 0
    assert document.read_bytes() == b"as it was and more"
    assert document.stat().st_ino == found
    assert alone(document)


@posix
def test_what_is_appended_at_the_last_moment_comes_back_without_leases(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        with document.open("ab") as file:
            file.write(b" and more")

    monkeypatch.setattr(atomic, "leased", no_lease)
    before_the_rename(monkeypatch, act)
    with pytest.raises(SourceChanged, match="changed"):
        replaced(document)
    assert document.read_bytes() == b"as it was and more"
    assert alone(document)


@linux
def test_a_writer_that_proc_does_not_show_is_refused(document: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(document)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(SourceInUse, match="open for writing"):
            replaced(document)
        holder.communicate(b"\n")
    assert document.read_bytes() == b"as it was"
    assert alone(document)


@posix
def test_a_file_system_without_links(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    replaced(document)
    assert document.read_bytes() == b"new"
    assert alone(document)


@posix
def test_a_file_that_is_swapped_before_it_gets_its_second_name(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link
    other = document.with_name("other")
    other.write_bytes(b"of somebody else")

    def swapping(old: Path, new: Path, **named: bool) -> None:
        other.rename(document)
        link(old, new, **named)

    monkeypatch.setattr(os, "link", swapping)
    with pytest.raises(SourceChanged):
        replaced(document)
    assert document.read_bytes() == b"of somebody else"
    assert alone(document)


@linux
def test_a_lease_ends_with_its_block(document: Path) -> None:
    with Source.open(document) as source:
        with leased(source.fd, "it") as undisturbed:
            assert undisturbed()
        document.write_bytes(b"written without waiting")
