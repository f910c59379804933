"""A FLAC file ends with the frame that has its last sample."""

import struct

import pytest

from assetstore.archiver.scan import flac
from support import media


def whole(data: bytes) -> bool | None:
    return flac.is_whole(lambda at, n: data[max(0, at) :][:n], len(data))


@pytest.mark.parametrize("frames", [1, 2, 3, 127, 128, 2100])
def test_its_last_frame_is_its_end(frames: int) -> None:
    for last in (192, 100):
        data = media.flac(frames, last)
        assert whole(data) is True
        assert whole(data[:-1]) is False
        assert whole(data + b"\1") is False
        assert whole(data + bytes(9)) is True  # filled up
        for end in (-40, -last - 12, len(data) // 2, 60, 44):
            assert whole(data[:end]) is False


def test_a_frame_with_a_wrong_byte_is_no_end() -> None:
    data = bytearray(media.flac())
    data[-30] ^= 1
    assert whole(bytes(data)) is False


@pytest.mark.parametrize("blocks", ["fixed", "variable"])
def test_frames_that_say_how_long_they_are(blocks: str) -> None:
    """As encoders write them: other sizes and rates, numbers of several bytes."""
    first = 70_000 if blocks == "variable" else 17
    number = chr(first).encode()
    for size, rate in ((4096, b""), (4608, b""), (20_000, b"\x2c"), (576, b"\x1f\x40")):
        code = {4096: 0xC0, 4608: 0x50, 576: 0x20}.get(size, 0x70)
        extra = struct.pack(">H", size - 1) if code == 0x70 else b""
        code |= {0: 0, 1: 0xC, 2: 0xD}[len(rate)]
        head = (b"\xff\xf9" if blocks == "variable" else b"\xff\xf8") + bytes((code, 8))
        head += number + extra + rate
        frame = head + media.remainder(head, 8, 0x07) + b"\x00\x12\x34"
        frame += media.remainder(frame, 16, 0x8005)
        total = (first if blocks == "variable" else first * size) + size
        info = struct.pack(">HH6xQ", size, size, 44100 << 44 | 15 << 36 | total)
        data = b"fLaC\x80\0\0\x22" + info + bytes(16) + b"\xff\xf8frames" + frame
        assert whole(data) is True
        assert whole(data[:-2]) is False


def test_a_header_that_says_too_little_decides_nothing() -> None:
    assert whole(media.flac_stream()) is None
    assert whole(b"fLaC\x80\0\0\x22") is None
    assert whole(b"fLaC" + bytes(90)) is None
