"""Text in UTF-16 is read as UTF-8 by position, and written back byte for byte."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import SourceChanged, SourceRefused
from assetstore.files import utf16
from assetstore.files.source import CHUNK, Source, Window, same
from assetstore.files.utf16 import Utf16Encoder, Utf16Text

ORDERS = ("utf-16-le", "utf-16-be")
WORDS = "\ufeffa\0b é ☃ 𝄞\r\n\ufeff漢字 𝄞𝄞𝄞𝄞𝄞 end"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that end within characters."""
    monkeypatch.setattr(utf16, "_BLOCK", 6)
    monkeypatch.setattr(utf16, "_KEPT", 2)


@pytest.fixture(params=ORDERS)
def source(
    request: pytest.FixtureRequest, tmp_path: Path, small: None
) -> Iterator[Source]:
    path = tmp_path / "a.txt"
    path.write_bytes(WORDS.encode(request.param))
    with Source.open(path) as raw:
        yield Source(raw.fd, raw.name, Utf16Text(raw, request.param))


def test_every_piece_is_that_of_the_text(source: Source) -> None:
    text = WORDS.encode()
    assert source.size == len(text)
    for start in range(len(text) + 2):
        for length in range(len(text) + 2):
            assert source.read(start, length) == text[start : start + length]
    buffer = bytearray(9)
    assert source.read_into(memoryview(buffer), len(text) - 4) == 4
    assert buffer == text[-4:] + bytes(5)
    assert b"".join(source.pieces(3, source.size)) == text[3:]
    assert Window(source).find(b"end", 0) == text.index(b"end")
    assert same([text[:7], text[7:]], source)
    assert not same([text[:-1]], source)


def test_the_file_itself_is_there_as_well(source: Source) -> None:
    raw = WORDS.encode(source.encoding)
    assert source.raw.read(0, 1000) == raw
    assert (source.raw.size, source.stat.st_size) == (len(raw), len(raw))
    assert source.raw.encoding == ""


@pytest.mark.parametrize("order", ORDERS)
def test_windows_slide_over_more_than_one(tmp_path: Path, order: str) -> None:
    words = "\ufeff" + "".join(map(chr, range(0x20, 0x3000))) * 120
    path = tmp_path / "a.txt"
    path.write_bytes(words.encode(order))
    text = words.encode()
    assert len(text) > 3 * CHUNK
    with Source.open(path) as raw:
        source = Utf16Text(raw, order)
        assert source.size == len(text)
        dice = random.Random(1)
        for _ in range(50):
            at = dice.randrange(len(text))
            assert source.read(at, 5000) == text[at : at + 5000]


@given(
    st.text(st.characters(codec="utf-8")), st.sampled_from(ORDERS), st.integers(1, 5)
)
def test_what_is_written_is_what_python_writes(
    words: str, order: str, step: int
) -> None:
    encoder, text = Utf16Encoder(order, "a.txt"), words.encode()
    pieces = [memoryview(text)[i : i + step] for i in range(0, len(text), step)]
    assert b"".join(map(encoder.encode, pieces)) == words.encode(order)
    encoder.finish()


@pytest.mark.parametrize(
    "data",
    [b"a\0\0\xd8", b"a\0\0\xdc", b"\0\xd8a\0", b"a\0b", b"\0\xdc\0\xd8", b"a" * 5],
)
def test_what_is_not_exact_is_none(tmp_path: Path, small: None, data: bytes) -> None:
    path = tmp_path / "a.txt"
    for front in range(6):
        path.write_bytes(b"x\0" * front + data)
        with Source.open(path) as raw, pytest.raises(UnicodeDecodeError):
            Utf16Text(raw, "utf-16-le")


def test_what_changes_meanwhile_is_told(source: Source) -> None:
    path = Path(source.raw.name)
    raw = WORDS.encode(source.encoding)
    path.write_bytes(raw[:-8] + "é漢é漢".encode(source.encoding))
    with pytest.raises(SourceChanged, match="changed meanwhile"):
        source.read(0, source.size)
    path.write_bytes(raw[:-4] + b"\xd8" * 4)
    with pytest.raises(SourceChanged, match="changed meanwhile"):
        source.read(0, source.size)


def test_it_settles_as_what_it_is_then(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(source.raw.name)

    settle = Source.settle

    def wait(raw: Source) -> None:
        if raw is source:
            settle(raw)
            return
        with path.open("ab") as file:
            file.write("more".encode(source.encoding))
        raw.stat = path.stat()
        raw.size = raw.stat.st_size

    monkeypatch.setattr(Source, "settle", wait)
    source.settle()
    assert source.read(0, source.size) == (WORDS + "more").encode()
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SourceChanged):
        source.settle()


@pytest.mark.parametrize("text", [b"\xff", b"a\xc3", b"\xed\xa0\x80"])
def test_what_is_no_text_is_not_written(text: bytes) -> None:
    encoder = Utf16Encoder("utf-16-le", "a.txt")

    def write() -> None:
        encoder.encode(text)
        encoder.finish()

    with pytest.raises(SourceRefused, match=r"a\.txt is in UTF-16"):
        write()
