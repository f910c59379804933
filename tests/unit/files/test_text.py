"""Documents in UTF-16 behind a byte order mark are opened as their text."""

from pathlib import Path

import pytest

from assetstore.errors import SourceRefused
from assetstore.files.source import Source
from assetstore.files.text import (
    as_text,
    as_written,
    encoder_for,
    encoding_of,
    open_text,
)

WORDS = "\ufeffé 𝄞 end"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_its_text_is_read_and_written_back(tmp_path: Path, order: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(WORDS.encode(order))
    with open_text(path, "a") as source:
        assert (source.encoding, source.name) == (order, "a")
        assert source.read(0, 1000) == WORDS.encode()
        pieces = [bytes((byte,)) for byte in WORDS.encode()]
        assert b"".join(as_written(pieces, source)) == path.read_bytes()
        with pytest.raises(SourceRefused):
            list(as_written(pieces[:-5], source))
    assert source.fd == source.raw.fd == -1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"a text",
        WORDS.encode(),
        WORDS.encode("utf-16-le")[2:],
        WORDS.encode("utf-16-be") + b"\n",
        WORDS.encode("utf-32-le"),
        WORDS.encode("utf-32-be"),
        b"\xff\xfea\0\0\xd8",
    ],
)
def test_all_else_is_read_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with open_text(path) as source:
        assert (source.encoding, source.raw) == ("", source)
        assert source.read(0, 1000) == data
        pieces = [b"\xff", b"any"]
        assert as_written(pieces, source) is pieces


def test_a_mark_says_the_encoding() -> None:
    assert encoding_of(b"\xff\xfea\0") == "utf-16-le"
    assert encoding_of(b"\xfe\xff") == "utf-16-be"
    assert {encoding_of(head) for head in (b"\xff\xfe\0\0", b"\xfe", b"")} == {""}
    assert encoder_for("", "a") is None


def test_what_cannot_be_read_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(WORDS.encode("utf-16-le"))
    source = Source.open(path)

    def fails(self: Source, offset: int, length: int) -> bytes:
        raise OSError("no")

    monkeypatch.setattr(Source, "read", fails)
    with pytest.raises(OSError, match="no"):
        as_text(source)
    assert source.fd == -1
