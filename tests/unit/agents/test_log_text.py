"""Logs that their client compressed, as text."""

import random
from pathlib import Path

import pytest
import zstandard

from assetstore.agents import log_text
from assetstore.agents.find import log_at
from assetstore.agents.log_text import is_torn, opened, unpack
from assetstore.errors import SourceRefused

TEXT = b'{"type":"session_meta"}\n' * 1000


def test_a_log_is_opened_packed_or_not(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.zst"
    plain.write_bytes(TEXT)
    half = len(TEXT) // 2
    frames = [zstandard.compress(part) for part in (TEXT[:half], TEXT[half:])]
    packed.write_bytes(b"".join(frames))
    with opened(log_at(plain)) as source:
        assert source.read(0, source.size) == TEXT
    with opened(log_at(packed)) as source:
        assert source.read(0, source.size) == TEXT


@pytest.mark.parametrize("data", [b"no zstd", zstandard.compress(TEXT)[:-9]])
def test_what_is_no_log_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(data)
    if data.startswith(b"no"):
        with pytest.raises(SourceRefused, match="no zstd file"):
            unpack(path, tmp_path / "text")
    else:  # torn: what is there of it
        unpack(path, tmp_path / "text")
        assert TEXT.startswith((tmp_path / "text").read_bytes())


def test_a_log_becomes_so_long_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(zstandard.compress(bytes(10 << 20)))
    size = path.stat().st_size
    most = -(-(10 << 20) // size)
    monkeypatch.setattr(log_text, "_SOME_TEXT", 0)
    monkeypatch.setattr(log_text, "_MOST_TEXT", most)
    unpack(path, tmp_path / "text")
    assert (tmp_path / "text").stat().st_size == 10 << 20
    monkeypatch.setattr(log_text, "_MOST_TEXT", most - 1)
    with pytest.raises(SourceRefused, match="times as long"):
        unpack(path, tmp_path / "text")
    assert (tmp_path / "text").stat().st_size < 10 << 20


def test_a_file_that_ends_before_its_last_frame_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.zst"
    noise = random.Random(1).randbytes(300_000)
    for text in (b"", b"x", TEXT, bytes(1 << 20), noise):
        for checksum in (False, True):
            how = zstandard.ZstdCompressor(write_checksum=checksum)
            one = how.compress(text)
            skipped = b"\x57\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"about"
            for parts in ([one], [one, one], [skipped, one], [one, skipped]):
                whole = b"".join(parts)
                ends = {0, len(parts[0]), len(whole)}
                for end in {len(whole) - n for n in (0, 1, 2, 5, len(one) // 2)}:
                    path.write_bytes(whole[:end])
                    assert is_torn(path) is (end not in ends)
    path.write_bytes(b"")
    assert not is_torn(path)
    path.write_bytes(b"no zstd at all")
    assert is_torn(path)
