"""A picture's size is what Pillow says, whoever reads its header."""

import io
import random
import struct
import warnings
import zlib

import pytest
from PIL import Image

from assetstore.store import media


def chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


def png(header: bytes, *chunks: bytes) -> bytes:
    pixels = chunk(b"IDAT", b"x") + chunk(b"IEND", b"")
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + b"".join(chunks) + pixels


def header(
    width: int = 640, height: int = 480, depth: int = 8, color: int = 2, filter: int = 0
) -> bytes:
    return struct.pack(">IIBBBBB", width, height, depth, color, 0, filter, 0)


CHUNKS = (
    chunk(b"sRGB", b"\0"),
    chunk(b"gAMA", bytes(4)),
    chunk(b"cHRM", bytes(32)),
    chunk(b"pHYs", bytes(8) + b"\1"),
    chunk(b"tEXt", b"Software\0x"),
    chunk(b"gAMA", b""),
    chunk(b"acTL", bytes(8)),
)


def by_pillow(data: bytes) -> tuple[int, int] | None:
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=media.SAFE_FORMATS) as image,
        ):
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def test_the_size_of_a_png_is_what_pillow_says() -> None:
    dice = random.Random("png")
    both = 0
    for _ in range(3_000):
        width, height = dice.choices([1, 640, 5_000], k=2)
        depth, color = dice.choice([1, 2, 4, 8, 8, 16]), dice.choice([0, 1, 2, 2, 3, 6])
        first = header(width, height, depth, color)
        head = png(first, *dice.choices(CHUNKS, k=dice.randrange(3)))
        head = head[: dice.choice([len(head), dice.randrange(len(head))])]
        told = by_pillow(head)
        both += told is not None
        assert told in (None, media.dimensions(head))
    assert both > 100


@pytest.mark.parametrize("format", media.SAFE_FORMATS)
@pytest.mark.parametrize("size", [(7, 5), (1, 1), (300, 20), (64, 256)])
def test_the_size_of_each_format_is_what_pillow_says(
    format: str, size: tuple[int, int]
) -> None:
    file = io.BytesIO()
    try:
        Image.new("RGB", size, "red").save(file, format)
    except (OSError, KeyError) as e:
        pytest.skip(f"Pillow here writes none: {e}")
    assert media.dimensions(file.getvalue()) == by_pillow(file.getvalue())
    assert format == "ICO" or media.dimensions(file.getvalue()) == size


@pytest.mark.parametrize("format", media.SAFE_FORMATS)
def test_no_decoder_is_needed_and_no_bytes_break_it(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, dice = io.BytesIO(), random.Random(format)
    Image.new("RGB", (60, 40), "red").save(file, format)
    data = file.getvalue()
    monkeypatch.setattr(Image, "open", None)
    for _ in range(2_000):
        text = bytearray(data[: dice.choice([len(data), dice.randrange(len(data))])])
        for _ in range(dice.randrange(1, 8)):
            if text:
                text[dice.randrange(len(text))] = dice.choice([0, 1, 0x7F, 0xFF])
        size = media.dimensions(bytes(text))
        assert size is None or (size[0] > 0 and size[1] > 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16"])
def test_the_size_of_what_pillow_writes(mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (7, 5)).save(file, "PNG", dpi=(72, 72))
    assert media.dimensions(file.getvalue()) == (7, 5)
