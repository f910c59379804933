"""Searches a disk for what was forgotten: in every byte, and in all that decodes.

Of each file that is its bytes, the records of packs as they are and decoded, the rows
of databases, and whatever looks like Zstandard, deflate, base64 or a picture at any
place of these, again and again.
"""

import binascii
import io
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import unquote_to_bytes

import zstandard
from PIL import Image

from assetstore.errors import AssetstoreError
from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.pack import RECORD, pack_key
from assetstore.store.repair.index import scan_pack
from assetstore.store.store import Store

_DEEP = 5
_MOST = 64 << 20
_NAME = "0" * 26
_ZSTD = re.compile(rb"\x28\xb5\x2f\xfd")
_DEFLATE = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_PICTURE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP", re.S)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_SQLITE = b"SQLite format 3\0"
_URLSAFE = bytes.maketrans(b"-_", b"+/")
# So many pixels in a row are found in nothing else by chance.
_PIXELS = 8


def everything(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """All bytes in some folders, and all that they decode to, with where it was."""
    seen: set[int] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            yield f"name of {path}", bytes(path)
            if path.is_symlink():
                continue
            if path.is_file():
                yield from _decoded(str(path), path.read_bytes(), _DEEP, seen)


def _decoded(
    where: str, data: bytes, deep: int, seen: set[int]
) -> Iterator[tuple[str, bytes]]:
    """Bytes and what they decode to; what was looked into elsewhere is not again."""
    if not data:
        return
    yield where, data
    if hash(data) in seen:
        return
    seen.add(hash(data))
    if deep:
        for what, inner in _inside(data):
            yield from _decoded(f"{where}, {what}", inner, deep - 1, seen)


def _inside(data: bytes) -> Iterator[tuple[str, bytes]]:
    """All that some bytes decode to, by the ways that there are."""
    if data.startswith(b"ASPK"):
        yield from _records(data)
    if data.startswith(_SQLITE):
        yield from _rows(data)
    for match in _ZSTD.finditer(data):
        inflated = zstandard.ZstdDecompressor().decompressobj()
        with suppress(zstandard.ZstdError):
            yield (
                f"frame at {match.start()}",
                inflated.decompress(data[match.start() :]),
            )
    for match in _DEFLATE.finditer(data):
        yield f"deflate at {match.start()}", _inflated(data[match.start() :])
    for match in _PICTURE.finditer(data):
        with suppress(Exception):  # whatever Pillow says of what only looks like one
            image = Image.open(io.BytesIO(data[match.start() :]))
            if image.width * image.height < 1 << 24:
                yield f"pixels at {match.start()}", image.convert("RGB").tobytes()
    for match in _BASE64.finditer(data.replace(b"\\/", b"/")):
        text = match[0].rstrip(b"=").translate(_URLSAFE)
        for skip in range(4) if len(text) < 4096 else (0,):
            whole = text[skip:]
            with suppress(binascii.Error):
                short = whole[: len(whole) // 4 * 4]
                yield f"base64 at {match.start()}+{skip}", binascii.a2b_base64(short)
    if b"%3" in data and b"\0" not in data:
        yield "percent", unquote_to_bytes(data)


def _inflated(data: bytes) -> bytes:
    """As much of a deflate stream as there is."""
    inflater, out = zlib.decompressobj(47), bytearray()
    with suppress(zlib.error):
        for at in range(0, len(data), 256):
            out += inflater.decompress(data[at : at + 256], _MOST)
            if inflater.eof or len(out) > _MOST:
                break
    return bytes(out)


def _records(data: bytes) -> Iterator[tuple[str, bytes]]:
    """A pack's records, as they are and decoded, also of one that lies anywhere."""
    backend = MemoryBackend()
    store = Store.on(backend, create=True, writer="search")
    put(backend, pack_key(_NAME), [data])
    for entry in scan_pack(backend, _NAME, len(data))[0]:
        at = entry.offset + RECORD.size
        name = f"record {entry.record.id.hex()[:8]}"
        yield f"{name} as stored", data[at : at + entry.record.stored]
        with suppress(AssetstoreError):
            yield name, b"".join(map(bytes, store.stream_copy(entry)))


def _rows(data: bytes) -> Iterator[tuple[str, bytes]]:
    with closing(sqlite3.connect(":memory:")) as db, suppress(sqlite3.Error):
        db.deserialize(data)
        tables = db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        for (table,) in tables.fetchall():
            for row in db.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 its own
                for value in row:
                    yield f"row of {table}", str(value).encode()
                    if isinstance(value, bytes):
                        yield f"row of {table}", value


def pixels(raw: bytes) -> set[bytes]:
    """The rows of pixels of a picture, in pieces that no other has by chance."""
    rgb = Image.open(io.BytesIO(raw)).convert("RGB").tobytes()
    size = 3 * _PIXELS
    found = {rgb[at : at + size] for at in range(0, len(rgb) - size, 3)}
    return {each for each in found if len(set(each)) > 6}


def holders(found: Iterable[tuple[str, bytes]], wanted: Iterable[bytes]) -> list[str]:
    """Where one of some bytes is, as it is or in hexadecimal."""
    marks = [piece for each in wanted for piece in (each, each.hex().encode())]
    return [
        f"{where}: {mark!r}"
        for where, data in found
        for mark in next(([mark] for mark in marks if mark in data), [])
    ]
