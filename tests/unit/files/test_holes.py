"""Long runs of NUL take no room on the disk."""

import itertools
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.files.holes import BLOCK, SparseWriter, find_holes
from assetstore.files.replace import Draft

runs = st.lists(
    st.tuples(st.integers(0, 3 * BLOCK), st.sampled_from([b"\0", b"a"])), max_size=8
)


@given(runs, st.integers(0, 2 * BLOCK))
def test_they_are_whole_blocks_of_nothing_and_all_of_them(
    found: list[tuple[int, bytes]], offset: int
) -> None:
    data = b"".join(length * byte for length, byte in found)
    holes = find_holes(memoryview(data), offset)
    for start, end in holes:
        assert data[start:end] == bytes(end - start)
        assert (offset + start) % BLOCK == (offset + end) % BLOCK == 0
    assert all(a[1] < b[0] for a, b in itertools.pairwise(holes))
    inside = {at for start, end in holes for at in range(start, end, BLOCK)}
    for at in range(-offset % BLOCK, len(data) - BLOCK + 1, BLOCK):
        assert (data[at : at + BLOCK] == bytes(BLOCK)) == (at in inside)


@given(runs, st.lists(st.integers(1, 2 * BLOCK), min_size=1, max_size=9))
def test_what_is_written_in_any_pieces_is_there(
    found: list[tuple[int, bytes]], cuts: list[int]
) -> None:
    data = b"".join(length * byte for length, byte in found)
    with tempfile.TemporaryFile(buffering=0) as file:
        writer, at, cut = SparseWriter(), 0, itertools.cycle(cuts)
        while at < len(data):
            size = next(cut)
            writer.write(file.fileno(), data[at : at + size])
            at += size
        writer.end(file.fileno())
        file.seek(0)
        assert file.read() == data


@pytest.mark.parametrize("end", [b"", b"the end"])
def test_a_draft_has_the_holes_of_what_is_written(tmp_path: Path, end: bytes) -> None:
    pieces = [b"words", bytes(3 << 20), b"more", bytes(1 << 20), end]
    path = tmp_path / "document"
    with Draft(path) as draft:
        for piece in pieces:
            draft.write(piece)
        with draft.reopened() as source:
            assert b"".join(source.pieces(0, source.size)) == b"".join(pieces)
        draft.publish()
    assert path.read_bytes() == b"".join(pieces)
    sparse = tmp_path / "sparse"
    sparse.touch()
    os.truncate(sparse, 1 << 20)
    if getattr(sparse.stat(), "st_blocks", 1):
        pytest.skip("the file system has no holes")
    assert path.stat().st_blocks * 512 < 64 << 10
