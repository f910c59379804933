"""Every format's end is seen, and what has none, or another one, is not whole."""

import re

import pytest

from assetstore.archiver.scan.whole import Extent, is_whole, is_whole_text
from support.media import PICTURES
from support.samples import b64, wrapped


@pytest.mark.parametrize(
    ("head", "size", "whole"),
    [
        (b"RIFF\x04\0\0\0WEBP", 12, True),
        (b"RIFF\x05\0\0\0WEBPx", 14, True),
        (b"RIFF\x05\0\0\0WEBPx", 15, False),
        (b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\0mdat", 99, None),
        (b"\0\0\0\x10ftypheic\0\0\0\0\0\0\1\0mdat", 272, True),
        (b"\0\0\0\x10ftypheic\0\0\0\0\0\0\1\0mdat", 271, False),
        (b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\1mdat" + b"\0" * 7 + b"\x20", 48, True),
        (b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\4mdat", 48, False),
        (b"\0\0\0\x10ftypheic\0\0\0\0\x81\x02\xff\1\0\0\0\0", 48, False),
        (b"\0\0\1\0\2\0" + bytes(16), 22, False),
        (b"\0\0\1\0\1\0" + bytes(8) + b"\4\0\0\0\x16\0\0\0", 26, True),
    ],
)
def test_sizes_that_are_said(head: bytes, size: int, whole: bool | None) -> None:
    assert is_whole(head, head[-12:], size) is whole


@pytest.mark.parametrize("between", ["", "\n", '" +\n  "', "&#10;", " "])
@pytest.mark.parametrize(
    "name", ["png", "jpeg", "gif", "webp", "avif", "svg", "tiff", "psd"]
)
def test_text_in_lines(name: str, between: str) -> None:
    plain = b64(PICTURES[name])
    text = wrapped(plain, 61, between).encode()
    document = b"abc" + text + b"def"
    breaks = re.compile(re.escape(between.encode()) or b"(?!)")

    def peek(start: int, length: int) -> bytes:
        return document[start : start + length]

    letters = len(plain.rstrip("="))
    end = 3 + len(text)
    extent = Extent(end=end, letters=letters, breaks=breaks)
    assert is_whole_text(peek, 3, extent) is True
    short = Extent(end=end - 8, letters=letters - 8, breaks=breaks)
    assert is_whole_text(peek, 3, short) is False
