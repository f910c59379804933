"""What deflate streams are made of, the same on every run."""

import io
import os
import random
import zlib
from functools import cache

from PIL import Image, ImageDraw

ALL = os.environ.get("ASSETSTORE_TEST_DEFLATE") == "all"


@cache
def screenshot(width: int = 400, height: int = 90) -> bytes:
    """The filtered scanlines of a picture with text, as Pillow writes them."""
    picture = Image.new("RGB", (width, height), (250, 250, 248))
    draw = ImageDraw.Draw(picture)
    draws = random.Random(7)
    draw.rectangle((20, 10, 150, 60), fill=(30, 60, 200))
    for y in range(0, height, 13):
        line = "".join(chr(draws.randrange(33, 120)) for _ in range(50))
        draw.text((y % 40, y), line, fill=(draws.randrange(90), 20, 30))
    file = io.BytesIO()
    picture.save(file, "PNG")
    png = file.getvalue()
    stream = []
    at = 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            stream.append(png[at + 8 : at + 8 + size])
        at += 12 + size
    return zlib.decompress(b"".join(stream))


@cache
def inputs() -> dict[str, bytes]:
    """What streams are made of, by name."""
    draws = random.Random(5)
    words = [draws.randbytes(draws.randrange(2, 9)) for _ in range(400)]
    runs = [bytes([draws.randrange(4)]) * draws.randrange(1, 600) for _ in range(200)]
    found = {
        "empty": b"",
        "one byte": b"x",
        "two bytes": b"xx",
        "short": b"abcabcabcab",
        "zeros": bytes(66_000),
        "runs": b"".join(runs),
        "text": b" ".join(draws.choices(words, k=6000)),
        "screenshot": screenshot(),
    }
    if ALL:
        found["noise"] = draws.randbytes(200_000)
        found["few symbols"] = bytes(draws.choices(b"abcd", k=70_000))
        found["long text"] = b" ".join(draws.choices(words, k=60_000))
        found["screenshot"] = screenshot(900, 300)
        for width in (2, 5, 9, 17, 40):
            found[f"weights {width}"] = skewed(width, 60_000)
        for size in (65_273, 65_274, 65_275, 65_278, 65_536, 98_042, 98_304):
            found[f"{size} bytes"] = draws.randbytes(size)
    return found


def skewed(width: int, size: int) -> bytes:
    """Each symbol half as frequent as the one before: very long codes."""
    draws = random.Random(width)
    weights = [2.0**-place for place in range(width)]
    return bytes(draws.choices(range(width), weights, k=size))
