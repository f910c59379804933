"""The few bytes that tell what a document is: its start, middle and end."""

from pathlib import Path

import pytest

from assetstore.files.source import Source
from assetstore.protected.sample import HEAD, PART, Sample, strays


def sampled(tmp_path: Path, data: bytes) -> Sample:
    path = tmp_path / "document"
    path.write_bytes(data)
    with Source.open(path) as source:
        return Sample.of(source)


@pytest.mark.parametrize("size", [0, 1, HEAD])
def test_a_short_document_is_its_own_sample(tmp_path: Path, size: int) -> None:
    sample = sampled(tmp_path, b"x" * size)
    assert (sample.size, len(sample.head), sample.middle) == (size, size, b"")
    assert sample.tail == sample.head
    assert sample.parts == (sample.head,)


def test_of_a_longer_one_head_and_tail_have_all(tmp_path: Path) -> None:
    data = bytes(n % 251 for n in range(HEAD + PART))
    sample = sampled(tmp_path, data)
    assert (sample.head, sample.tail) == (data[:HEAD], data[-HEAD:])
    assert sample.middle == b""


def test_a_long_one_is_looked_at_in_its_middle(tmp_path: Path) -> None:
    data = b"a" * 400_000 + b"b" * 200_000 + b"c" * 400_000
    sample = sampled(tmp_path, data)
    assert sample.size == len(data)
    assert set(sample.head) == set(b"a")
    assert sample.middle == b"b" * PART
    assert set(sample.tail) == set(b"c")
    assert len(sample.parts) == 3


def test_what_text_holds_is_no_stray() -> None:
    assert strays(b"tab\t line\r\n form\f bell\a back\b dos\x1a esc\x1b rs\x1e") == 0
    assert strays("é ü 日本".encode()) == 0
    assert strays(bytes(range(32))) == 32 - 12
    assert strays(b"\0 \0 \x7f") == 2


@pytest.mark.parametrize("at", [0, 500_000, 999_999])
def test_a_stray_in_any_part_is_seen(tmp_path: Path, at: int) -> None:
    data = bytearray(b"x" * 1_000_000)
    assert sampled(tmp_path, bytes(data)).plain
    data[at] = 0
    assert not sampled(tmp_path, bytes(data)).plain
