"""Get pictures and documents out of a store with Python and zstandard alone.

    python3 recover.py STORE OUT            every picture, as OUT/<hash>.<ending>
    python3 recover.py STORE OUT FILE...    archived files, restored, as OUT/<name>

It reads the packs alone, passes over damage, and exits with 1 if something is missing.
It needs Python 3.14 or zstandard; what 'optimize' coded, assetstore. It checks no hash.
"""

import importlib
import json
import re
import struct
import sys
import zlib
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

RECORD = struct.Struct("<4sBBBxQQ32s4xI")
ENDINGS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"RIFF": "webp"}
WRONG = "no packs there: STORE is the folder that holds 'packs' and 'config'"
BASES: Any = {"raw": bytes, "base64": b64encode, "base64url": urlsafe_b64encode}
Places = dict[bytes, tuple[Path, int, int, int]]  # pack, offset, size, codec by id


def main(store: str, out: str, *files: str) -> bool:
    """Read all packs, write what was asked for, and tell whether some is missing."""
    kinds: tuple[Places, Places, Places] = ({}, {}, {})  # media, recipes, optimized
    for pack in sorted(Path(store, "packs").glob("*/*")) or sys.exit(WRONG):
        data, at = pack.read_bytes(), 0
        while (at := data.find(b"ASrc", at)) >= 0 and at + RECORD.size <= len(data):
            _, _, codec, kind, _, stored, id, crc = RECORD.unpack_from(data, at)
            if crc != zlib.crc32(data[at : at + 60]) and (at := at + 1):
                continue
            kinds[kind if codec < 2 else 2][id] = pack, at + RECORD.size, stored, codec
            at += RECORD.size + stored
    (folder := Path(out)).mkdir(exist_ok=True)
    if others := kinds[2].keys() - kinds[0].keys():
        print(f"{len(others)} pictures are optimized: restore them with assetstore")
    failed = 0 if files else len(others)
    for id in kinds[0] if not files else ():
        data = blob(kinds[0], id)
        ending = next((e for m, e in ENDINGS.items() if data.startswith(m)), "bin")
        (folder / f"{id.hex()}.{ending}").write_bytes(data)
    recipes = {i[:20]: json.loads(blob(kinds[1], i)) for i in kinds[1]} if files else {}
    for file in files:
        slim = Path(file).read_bytes()
        wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(slim[:2])
        text = slim.decode(wide).encode() if wide else slim
        data, lost = restored(text, recipes, kinds[0])
        data = data.decode().encode(wide) if wide else data
        (folder / Path(file).name).write_bytes(data)
        print(f"{file}: {len(data)} bytes, {lost} placeholders not found")
        failed += lost
    return failed > 0


def restored(slim: bytes, recipes: Any, media: Places) -> tuple[bytes, int]:
    """An archived document's original, and how many placeholders name nothing."""
    parts, done, lost = [], 0, 0
    for match in re.finditer(rb"as1:([A-Za-z0-9_-]{27})", slim):
        found = recipes.get(urlsafe_b64decode(match[1] + b"="), {"was": [{"blob": ""}]})
        ids = {bytes.fromhex(p["blob"]) for p in found["was"] if isinstance(p, dict)}
        if ids - media.keys() and (lost := lost + 1):
            continue
        before, after = (text.encode("latin-1") for text in found["now"])
        whole, start = before + match[0] + after, match.start() - len(before)
        if start >= done and slim.startswith(whole, start):  # else it is quoted
            parts += [slim[done:start], *(spelt(p, media) for p in found["was"])]
            done = start + len(whole)
    return b"".join([*parts, slim[done:]]), lost


def spelt(part: Any, media: Places) -> bytes:
    """A part of a recipe as it stands in a document."""
    if isinstance(part, str):
        return part.encode("latin-1")
    way: Any = part["as"] if isinstance(part["as"], dict) else {"base": part["as"]}
    text: bytes = BASES[way["base"]](blob(media, bytes.fromhex(part["blob"])))
    subs = {ord(b): t.encode("latin-1") for b, t in way.get("subs", {}).items()}
    first, width, sep = way.get("wrap", (len(text), 1, ""))
    rest = (text[i : i + width] for i in range(first, len(text), width))
    lines = (b"".join(subs.get(b, b"%c" % b) for b in s) for s in (text[:first], *rest))
    text, (cut, tail) = sep.encode("latin-1").join(lines), way.get("tail", (0, ""))
    return text[: len(text) - cut] + bytes(tail, "latin-1")


def blob(places: Places, id: bytes) -> bytes:
    """A blob's bytes."""
    pack, offset, stored, codec = places[id]
    data = pack.read_bytes()[offset : offset + stored]
    if codec == 0:
        return data
    name = "compression.zstd" if sys.version_info >= (3, 14) else "zstandard"
    zstd: Any = importlib.import_module(name).ZstdDecompressor()
    return bytes(getattr(zstd, "decompressobj", lambda: zstd)().decompress(data))


try:
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 2 else __doc__)
except (ImportError, OSError) as e:
    sys.exit(f"{e}" + ": pip install zstandard" * isinstance(e, ImportError))
