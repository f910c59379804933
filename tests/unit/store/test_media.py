"""A picture's size is what Pillow says, whoever reads its header."""

import io
import random
import struct
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
    chunk(b"IHDR", header(1, 1)),
    chunk(b"acTL", bytes(8)),
)


def by_pillow(head: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int] | None:
    with monkeypatch.context() as patched:
        patched.setattr(media, "_plain_png", lambda head: None)
        return media.dimensions(head)


def test_the_size_of_a_png_is_what_pillow_says(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random("png")
    plain = 0
    for _ in range(3_000):
        width, height = dice.choices([0, 1, 640, 20_000, 1 << 31], k=2)
        depth, color = dice.choice([1, 2, 4, 8, 8, 16]), dice.choice([0, 1, 2, 2, 3, 6])
        first = header(width, height, depth, color, dice.choice([0, 0, 0, 1]))
        text = bytearray(png(first, *dice.choices(CHUNKS, k=dice.randrange(3))))
        if dice.random() < 0.3:
            text[dice.randrange(len(text))] ^= 1 << dice.randrange(8)
        head = bytes(text[: dice.choice([len(text), dice.randrange(len(text))])])
        plain += media._plain_png(head) is not None
        assert media.dimensions(head) == by_pillow(head, monkeypatch)
    assert plain > 100


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16"])
def test_pillow_is_not_asked_of_what_it_writes(mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (7, 5)).save(file, "PNG", dpi=(72, 72))
    assert (media._plain_png(file.getvalue()) is None) == (mode == "P")
    assert media.dimensions(file.getvalue()) == (7, 5)
