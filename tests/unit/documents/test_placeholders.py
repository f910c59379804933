"""Placeholders are found wherever they stand, and nothing else is one."""

from pathlib import Path

import pytest

from assetstore.documents.placeholders import (
    find_lookalikes,
    find_marked,
    find_named,
    find_placeholders,
)
from assetstore.files.source import CHUNK, Source
from assetstore.store.format.placeholder import LENGTH, format_placeholder

MARK = format_placeholder(bytes(range(32)))


def places(tmp_path: Path, text: bytes) -> list[int]:
    path = tmp_path / "document"
    path.write_bytes(text)
    with Source.open(path) as source:
        return [at for at, _ in find_placeholders(source)]


@pytest.mark.parametrize("at", [0, 1, *range(CHUNK - LENGTH - 1, CHUNK + 2)])
def test_one_is_found_across_the_window_s_end(tmp_path: Path, at: int) -> None:
    assert places(tmp_path, b" " * at + MARK) == [at]
    assert places(tmp_path, b" " * at + MARK + b" " * CHUNK) == [at]


def test_those_side_by_side_are_all_found(tmp_path: Path) -> None:
    assert places(tmp_path, MARK * 5) == [n * LENGTH for n in range(5)]


def test_what_is_cut_off_is_none(tmp_path: Path) -> None:
    assert places(tmp_path, MARK[:-1]) == []
    assert places(tmp_path, b"as1:" * 100) == []
    assert places(tmp_path, b"as1:" + MARK) == [4]


def test_what_earlier_versions_took_for_one(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(b"..." + MARK[:28] + b" as1:short")
    with Source.open(path) as source:
        assert list(find_lookalikes(source)) == [(3, MARK[:28])]
        assert [at for at, _ in find_marked(source)] == [3, 32]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("at", [0, 1, *range(CHUNK - 2 * LENGTH - 1, CHUNK + 2, 9)])
def test_what_any_bytes_name_is_found_in_any_encoding(
    tmp_path: Path, encoding: str, at: int
) -> None:
    path = tmp_path / "document"
    one = (MARK.decode() * 2).encode(encoding)
    for data in (one, one + b" " * CHUNK, b"\xff" + one):
        path.write_bytes(b" " * at + data)
        with Source.open(path) as source:
            assert list(find_named(source)) == [bytes(range(20))] * 2


def test_letters_far_apart_name_nothing(tmp_path: Path) -> None:
    path = tmp_path / "document"
    wide = MARK.decode().encode("utf-16-le")
    path.write_bytes(wide[:21] + b"x" + wide[22:] + wide[:-3] + b"as1:" + MARK[:-1])
    with Source.open(path) as source:
        assert list(find_named(source)) == []
