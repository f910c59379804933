"""Damaged pictures are coded and come back, damage and all, or stay as they are.

``ASSETSTORE_TEST_IMAGES=10000`` makes it as many as docs/guarantees.md speaks of.
"""

import io
import os
import random
import zlib
from collections import Counter
from functools import cache

import pytest

from assetstore.store.codecs.png.container import split
from support.figures import count
from support.samples import picture
from support.screens import chunk, pillow, png, screen
from support.shelf import Shelf, decoded, shrinker

IMAGES = int(os.environ.get("ASSETSTORE_TEST_IMAGES", "150"))
_A_PACK = 40


@cache
def whole() -> list[bytes]:
    """Pictures as several programs write them."""
    found = [
        pillow(screen(scroll=21 * n, edits=n, width=160 + 40 * (n % 3)), level)
        for n, level in enumerate((1, 3, 6, 9, 6, 6))
    ]
    found += [pillow(screen(131, 97, mode=m)) for m in ("1", "L", "LA", "P", "RGBA")]
    lines = b"".join(b"\2" + bytes(range(120)) for _ in range(60))
    found += [
        png(lines, 40, 60, pieces=5, before=chunk(b"pHYs", bytes(9))),
        png(lines, 40, 60, after=chunk(b"tEXt", b"a\0b")) + b"trailing",
        png(lines * 2, 20, 120, depth=16),
        png(b"\0" + bytes(3), 1, 1, interlace=1),
        picture(30, 30, 1),
        picture(64, 48, 2, "JPEG"),
    ]
    for quality, how in (
        (75, {}),
        (92, {"progressive": True}),
        (60, {"subsampling": 0}),
    ):
        out = io.BytesIO()
        screen(176, 120, edits=3).save(out, "JPEG", quality=quality, **how)
        found.append(out.getvalue())
    return found


def flipped(data: bytes, r: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(r.choice((1, 1, 1, 2, 9, 60))):
        out[r.randrange(len(out))] ^= 1 << r.randrange(8)
    return bytes(out)


def truncated(data: bytes, r: random.Random) -> bytes:
    return data[: r.randrange(len(data))]


def grown(data: bytes, r: random.Random) -> bytes:
    return data + r.randbytes(r.randrange(1, 3000))


def spliced(data: bytes, r: random.Random) -> bytes:
    other = r.choice(whole())
    return data[: r.randrange(len(data))] + other[r.randrange(len(other)) :]


def zeroed(data: bytes, r: random.Random) -> bytes:
    at, size = r.randrange(len(data)), r.randrange(1, 600)
    return data[:at] + bytes(min(size, len(data) - at)) + data[at + size :]


def doubled(data: bytes, r: random.Random) -> bytes:
    at = r.randrange(len(data))
    return data[:at] + data[max(0, at - r.randrange(1, 900)) :]


def chunks_of(data: bytes) -> list[bytes]:
    found, at = [], 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big") + 12
        found.append(data[at : at + size])
        at += size
    return [*found, data[at:]]


def reordered(data: bytes, r: random.Random) -> bytes:
    """Two chunks swapped, one twice, one gone, or one with another name."""
    chunks = chunks_of(data)
    one, other = r.randrange(len(chunks)), r.randrange(len(chunks))
    match r.randrange(4):
        case 0:
            chunks[one], chunks[other] = chunks[other], chunks[one]
        case 1:
            chunks.insert(one, chunks[other])
        case 2:
            del chunks[one]
        case _:
            chunks[one] = chunks[one][:4] + b"IDAT" + chunks[one][8:]
    return data[:8] + b"".join(chunks)


def resealed(data: bytes, r: random.Random) -> bytes:
    """A stream with damage in it under checksums that are right."""
    parts = split(data)
    if parts is None:
        return flipped(data, r)
    stream = parts.stream
    if r.random() < 0.6:  # damage that can only be seen when it is shown
        lines = zlib.decompress(stream)
        lines = r.choice((flipped, flipped, zeroed, doubled))(lines, r)
        stream = zlib.compress(lines, r.randrange(10))
    else:
        stream = r.choice((flipped, truncated, grown))(stream, r)
    head = parts.head
    if r.random() < 0.2:
        head = head[:8] + chunk(b"IHDR", flipped(head[16:29], r)) + head[33:]
    cut = r.randrange(len(stream) + 1)
    return b"".join(
        [head, chunk(b"IDAT", stream[:cut]), chunk(b"IDAT", stream[cut:]), parts.tail]
    )


DAMAGE = (
    flipped,
    truncated,
    grown,
    spliced,
    zeroed,
    doubled,
    reordered,
    resealed,
    resealed,
)


@pytest.mark.timeout(120 + IMAGES)
def test_damaged_pictures_come_back_or_stay() -> None:
    r = random.Random(1)
    counts: Counter[str] = Counter()
    shelf, by = Shelf(), shrinker(1)
    for number in range(IMAGES):
        if number % _A_PACK == 0:
            # A pack begins; what is damaged is like a picture that it has.
            shelf, by = Shelf(pack=f"pack {number}"), shrinker(r.choice((1, 1, 1, 5)))
            for file in r.sample(whole(), 3):
                shelf.add(file, by)
        damage = DAMAGE[number % len(DAMAGE)]
        data = damage(r.choice(whole()), r)
        coded = shelf.add(data, by)
        counts["all"] += 1
        if coded is None:
            continue
        stored = b"".join(coded.stored)
        assert len(stored) == coded.record.stored < len(data) == coded.record.raw
        back = decoded(coded.record.codec, stored, len(data), shelf)
        assert back == data, (number, damage.__name__)
        counts["coded"] += 1
        counts[damage.__name__] += 1
    assert counts["coded"] > IMAGES // 9
    count("damaged pictures", counts["all"])
    count("damaged pictures that were coded", counts["coded"])
