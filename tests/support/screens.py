"""Pictures as screens show them, the same on every run: text, windows, scrolling."""

import io
import random
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw

from assetstore.store.codecs.png.container import SIGNATURE

_PAPER, _INK, _BAR = (250, 250, 247), (30, 32, 38), (58, 110, 165)
_ROW = 12


@cache
def _page(width: int, rows: int, seed: int) -> Image.Image:
    """A long page of rows that look like text, each unlike the others."""
    r = random.Random(seed)
    image = Image.new("RGB", (width, rows * _ROW), _PAPER)
    draw = ImageDraw.Draw(image)
    for row in range(rows):
        x, y = 8 + 12 * r.randrange(4), row * _ROW + 2
        while x < width - 60 * r.random():
            for _ in range(r.randrange(2, 10)):  # a word
                strokes = r.getrandbits(20)
                for bit in range(20):
                    if strokes >> bit & 1:
                        draw.point((x + bit % 4, y + bit // 4 * 2), _INK)
                x += 6
            x += 5
    return image


def screen(
    width: int = 320,
    height: int = 200,
    *,
    seed: int = 1,
    scroll: int = 0,
    edits: int = 0,
    mode: str = "RGB",
) -> Image.Image:
    """A window over a page.

    Args:
        width: Pixels.
        height: Pixels.
        seed: Which page.
        scroll: How many pixels it is scrolled by.
        edits: How many small things differ from the page.
        mode: Pillow's mode.
    """
    page = _page(640, 120, seed)
    image = Image.new("RGB", (width, height), _PAPER)
    image.paste(page.crop((0, scroll, width, scroll + height)), (0, 0))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 19), _BAR)
    draw.ellipse((6, 5, 15, 14), (230, 80, 70))
    for number in range(edits):
        r = random.Random(seed * 1000 + number)
        x, y = r.randrange(max(1, width - 40)), 20 + r.randrange(max(1, height - 60))
        draw.rectangle((x, y, x + 30, y + 14), tuple(r.randbytes(3)))
    if mode == "RGBA":
        image.putalpha(255)
        return image
    return image.convert(mode)


def pillow(image: Image.Image, level: int = 6, *, optimize: bool = False) -> bytes:
    """A file as Pillow writes it."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=level, optimize=optimize)
    return out.getvalue()


def jpeg(image: Image.Image) -> bytes:
    """A JPEG file as Pillow writes it."""
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk with its checksum."""
    crc = zlib.crc32(data, zlib.crc32(kind))
    return len(data).to_bytes(4, "big") + kind + data + crc.to_bytes(4, "big")


def png(
    lines: bytes,
    width: int,
    height: int,
    *,
    depth: int = 8,
    color: int = 2,
    interlace: int = 0,
    pieces: int = 1,
    before: bytes = b"",
    after: bytes = b"",
    deflate: Callable[[bytes], bytes] = zlib.compress,
) -> bytes:
    """A file of filtered scanlines.

    Args:
        lines: The scanlines.
        width: Pixels.
        height: Pixels.
        depth: Bits of a sample.
        color: The colour type.
        interlace: The interlace method.
        pieces: How many IDAT chunks.
        before: Chunks in front of them.
        after: Chunks behind them.
        deflate: Makes the stream.
    """
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    head += bytes((depth, color, 0, 0, interlace))
    stream = deflate(lines)
    size = -(-len(stream) // pieces)
    cut = [stream[at : at + size] for at in range(0, len(stream), size)]
    return b"".join(
        [
            SIGNATURE,
            chunk(b"IHDR", head),
            before,
            *(chunk(b"IDAT", piece) for piece in cut),
            after,
            chunk(b"IEND", b""),
        ]
    )


def session(count: int, *, seed: int = 1, height: int = 200) -> list[bytes]:
    """What somebody sees of a page one after the other: scrolled, edited."""
    return [
        pillow(screen(height=height, seed=seed, scroll=29 * number, edits=number % 3))
        for number in range(count)
    ]
