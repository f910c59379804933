"""Pictures that other encoders wrote, taken apart."""

import struct
import zlib
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "fixtures" / "pictures"


class Picture(NamedTuple):
    """The parts of a PNG that its deflate stream depends on."""

    stream: bytes
    raw: bytes
    row: int


def picture(name: str) -> Picture:
    """The fixture of that name."""
    data = (FOLDER / name).read_bytes()
    at, stream, height = 8, b"", 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            height = struct.unpack_from(">I", body, 4)[0]
        elif kind == b"IDAT":
            stream += body
        at += size + 12
    raw = zlib.decompress(stream)
    return Picture(stream, raw, len(raw) // height)
