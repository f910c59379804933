"""Text whose parts say how long they are is told; text that only looks so is not."""

import json
import plistlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.files.source import Source
from assetstore.protected.framed import framed
from assetstore.protected.sample import Sample

WORDS = b"Ordinary words, one after the other, and again.\n" * 4


def told(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "document"
    path.write_bytes(data)
    with Source.open(path) as source:
        return framed(source, Sample.of(source))


def net(*parts: bytes, end: bytes = b",") -> bytes:
    return b"".join(b"%d:%b%b" % (len(part), part, end) for part in parts)


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes((number & 127 | 128,))
        number >>= 7
    return out + bytes((number,))


def field(number: int, text: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(text)) + text


FRAMED = {
    "cpio": (b"070701" + b"0" * 104 + WORDS, "cpio"),
    "git object": (b"blob 12\0words", "git"),
    "cat-file": (b"a" * 40 + b" blob 12\nwords", "git"),
    "fast-export": (b"blob\nmark :1\ndata 5\nwords\n", "fast-export"),
    "php array": (b'a:1:{s:4:"name";s:2:"me";}', "PHP"),
    "php object": (b'O:3:"Foo":1:{s:1:"a";i:1;}', "PHP"),
    "redis": (b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n", "Redis"),
    "language server": (b"Content-Length: 20\r\n\r\n" + WORDS, "Content-Length"),
    "bencode": (b"d8:announce3:abce", "bencoded"),
    "netstrings": (net(WORDS, b"more", b""), "netstrings"),
    "tnetstrings": (net(b"1:a,", end=b"}"), "netstrings"),
    "msgpack": (b"\x82\xa4name\xc4\x02hi", "MessagePack"),
    "cbor": (b"\xa2dname\x1a\0\0\0\1", "CBOR"),
    "cbor, a long text": (b"\xa1dname\x78\x20" + WORDS[:32], "CBOR"),
    "protobuf": (field(1, b"\x01\x02" + WORDS) + b"\x10\x05", "Protocol Buffers"),
    "protobuf, fixed": (b"\x09" + bytes(8) + b"\x15" + bytes(4), "Protocol Buffers"),
}


@pytest.mark.parametrize("name", FRAMED)
def test_what_is_framed_is_named(tmp_path: Path, name: str) -> None:
    data, words = FRAMED[name]
    assert words in told(tmp_path, data)


TEXT = {
    "nothing": b"",
    "words": WORDS,
    "json": json.dumps({"a": [1, 2]}).encode(),
    "a list of numbers": b"12: twelve\n13: thirteen\n",
    "a time": b"12:30:05 the log begins\n",
    "netstrings that do not close": net(WORDS)[:-1] + b"x",
    "a netstring that is too long": b"999999999:" + WORDS,
    "a blob of words": b"blob of 12 words",
    "yaml": b"a:\n  b: 1\n",
    "python": b'd = {"a": 3}\n',
    "mail": b"Subject: x\r\nContent-Length: 20\r\n\r\nwords",
    "property list": plistlib.dumps({"a": b"b"}),
    "utf-8": "äöü ßé\n".encode() * 9,
}


@pytest.mark.parametrize("name", TEXT)
def test_text_that_only_looks_so_is_not(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, TEXT[name]) == ""


def test_many_parts_are_believed_without_reading_all(tmp_path: Path) -> None:
    parts = net(*[b"x"] * 70)
    assert told(tmp_path, parts + b"and then something else") != ""
    assert told(tmp_path, net(b"x") + b"and then something else") == ""


@given(st.binary(min_size=1, max_size=60))
def test_any_bytes_have_an_answer(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "framed"
    path.write_bytes(data)
    with Source.open(path) as source:
        assert isinstance(framed(source, Sample.of(source)), str)
