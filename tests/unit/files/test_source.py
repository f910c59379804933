"""Documents are read by position, and as if some of their bytes were others."""

import itertools
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from assetstore.documents.placeholders import find_placeholders
from assetstore.errors import SourceChanged, SourceRefused
from assetstore.files.source import Overlay, Source, Window, same
from assetstore.store.format.placeholder import LENGTH, format_placeholder

TEXT = bytes(range(256)) * 10


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "file"
    path.write_bytes(TEXT)
    return Source.open(path)


@pytest.mark.parametrize("length", [None, 0, 3, 11, 30])
def test_every_piece_of_an_overlay_has_the_other_bytes(
    source: Source, length: int | None
) -> None:
    other = b"other bytes"
    goes = len(other) if length is None else length
    whole = TEXT[:700] + other + TEXT[700 + goes :]
    with source:
        over = Overlay(source, 700, other, length)
        assert over.size == len(whole)
        assert b"".join(over.pieces(0, over.size)) == whole
        ends = [0, 1, 699, 700, 701, 705, 711, 712, len(whole)]
        for start, end in itertools.combinations(ends, 2):
            assert over.read(start, end - start) == whole[start:end]
            buffer = bytearray(end - start)
            assert over.read_into(memoryview(buffer), start) == end - start
            assert buffer == whole[start:end]
        assert over.read(len(whole) - 2, 10) == whole[-2:]
        assert b"".join(source.pieces(0, source.size)) == TEXT


def test_placeholders_are_found_where_an_overlay_puts_them(source: Source) -> None:
    text = format_placeholder(bytes(range(32)))
    with source:
        over = Overlay(source, 100, text)
        assert [at for at, _ in find_placeholders(over)] == [100]
        assert list(find_placeholders(source)) == []
        assert Window(over).bytes(100, 100 + LENGTH) == text


def test_a_file_that_becomes_shorter_is_noticed(source: Source) -> None:
    with source:
        Path(source.name).write_bytes(TEXT[:100])
        assert source.read(0, 100) == TEXT[:100]
        with pytest.raises(SourceChanged, match="became shorter"):
            source.read(0, 101)


def test_links_and_folders_are_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "file")
    with pytest.raises(SourceRefused, match="symbolic link"):
        Source.open(link)
    with pytest.raises(SourceRefused, match="not a regular file"):
        Source.open(tmp_path)


@pytest.mark.parametrize(
    ("pieces", "alike"),
    [
        ([TEXT], True),
        ([TEXT[:1], TEXT[1:2000], TEXT[2000:]], True),
        ([TEXT[:-1]], False),
        ([TEXT, b"."], False),
        ([TEXT[:9], b"?", TEXT[10:]], False),
    ],
)
def test_the_same_bytes_are_told(
    source: Source, pieces: list[bytes], alike: bool
) -> None:
    with source:
        assert same(pieces, source) is alike


SECOND = 10**9


@pytest.mark.parametrize(
    ("modified", "changed", "now", "slept"),
    [
        (100 * SECOND + 1, 100 * SECOND + 1, 100 * SECOND + 5_000_001, 0.015),
        (100 * SECOND + 1, 100 * SECOND + 1, 101 * SECOND, 0),
        (50 * SECOND, 100 * SECOND + 1, 100 * SECOND + 1, 0.02),
        (100 * SECOND, 100 * SECOND, 100 * SECOND + 500_000_000, 1.5),  # FAT
        (100 * SECOND, 100 * SECOND, 103 * SECOND, 0),
        (300 * SECOND + 1, 100 * SECOND + 1, 200 * SECOND, 0),  # from the future
    ],
)
def test_it_is_waited_until_a_change_would_show(
    source: Source,
    monkeypatch: pytest.MonkeyPatch,
    modified: int,
    changed: int,
    now: int,
    slept: float,
) -> None:
    times = SimpleNamespace(st_mtime_ns=modified, st_ctime_ns=changed, st_size=7)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        monkeypatch.setattr(time, "time_ns", lambda: now + 10 * SECOND)

    with source:
        monkeypatch.setattr(time, "time_ns", lambda: now)
        monkeypatch.setattr(time, "sleep", sleep)
        monkeypatch.setattr(os, "fstat", lambda fd: times)
        source.stat = times  # type: ignore[assignment]
        source.settle()
        monkeypatch.undo()
    assert waits == ([pytest.approx(slept)] if slept else [])


@pytest.mark.skipif(os.name == "nt", reason="links")
@pytest.mark.parametrize("target", ["loop", "elsewhere/nothing", "."])
def test_a_link_is_refused_wherever_it_leads(tmp_path: Path, target: str) -> None:
    (tmp_path / "loop").symlink_to(target)
    with pytest.raises(SourceRefused, match="is a symbolic link"):
        Source.open(tmp_path / "loop")
