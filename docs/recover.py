"""Get pictures and documents out of a store with Python's standard library alone.

    python3 recover.py STORE OUT            every picture, as OUT/<hash>.<ending>
    python3 recover.py STORE OUT FILE...    archived files, restored, as OUT/<name>

It reads nothing but the packs (docs/format.md), so that lost or damaged indexes,
manifests and configs do not matter. Blobs that were compressed need Python 3.14 or
the program zstd. It has no BLAKE3 and compares no hashes: every picture is named
by its own, so that ``b3sum OUT/*`` shows whether it is whole.
"""

import base64
import importlib
import json
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

RECORD = struct.Struct("<4sBBBxQQ32s4xI")
PLACEHOLDER = re.compile(rb"as1:([A-Za-z0-9_-]{27})")
Place = tuple[Path, int, int, int]  # pack, offset, stored bytes, codec
ENDINGS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"RIFF": "webp"}


def main(store: str, out: str, *files: str) -> None:
    """Read all packs, then write what was asked for."""
    folder = Path(out)
    folder.mkdir(exist_ok=True)
    media: dict[str, Place] = {}
    recipes: dict[bytes, Any] = {}
    for pack in sorted(Path(store, "packs").glob("*/*")):
        size, offset = pack.stat().st_size, 16
        while offset + RECORD.size <= size:
            _, _, codec, kind, _, stored, id, _ = RECORD.unpack(
                read(pack, offset, RECORD.size)
            )
            place = (pack, offset + RECORD.size, stored, codec)
            if kind == 0:
                media[id.hex()] = place
            else:
                recipes[id[:20]] = json.loads(blob(place))
            offset += RECORD.size + stored
    if not files:
        for name, place in media.items():
            data = blob(place)
            ending = next((e for m, e in ENDINGS.items() if data.startswith(m)), "bin")
            (folder / f"{name}.{ending}").write_bytes(data)
        print(f"{len(media)} blobs")
    for file in files:
        data, lost = restored(Path(file).read_bytes(), recipes, media)
        (folder / Path(file).name).write_bytes(data)
        print(f"{file}: {len(data)} bytes, {lost} placeholders not found")


def restored(
    slim: bytes, recipes: dict[bytes, Any], media: dict[str, Place]
) -> tuple[bytes, int]:
    """An archived document's original, and how many placeholders name nothing."""
    parts, done, lost = [], 0, 0
    for match in PLACEHOLDER.finditer(slim):
        recipe = recipes.get(base64.urlsafe_b64decode(match[1] + b"="))
        if recipe is None:
            lost += 1
            continue
        before, after = (text.encode("latin-1") for text in recipe["now"])
        start = match.start() - len(before)
        if start < done or not (
            slim.startswith(before, start) and slim.startswith(after, match.end())
        ):
            continue  # the document quotes it
        parts.append(slim[done:start])
        for part in recipe["was"]:
            if isinstance(part, str):
                parts.append(part.encode("latin-1"))
            else:
                parts.append(spelt(blob(media[part["blob"]]), part["as"]))
        done = match.end() + len(after)
    return b"".join([*parts, slim[done:]]), lost


def spelt(raw: bytes, dialect: Any) -> bytes:
    """A blob's text in a document."""
    if isinstance(dialect, str):
        dialect = {"base": dialect}
    code: dict[str, Any] = {
        "raw": bytes,
        "base64": base64.b64encode,
        "base64url": base64.urlsafe_b64encode,
    }
    text: bytes = code[dialect["base"]](raw)
    subs = {ord(b): t.encode("latin-1") for b, t in dialect.get("subs", {}).items()}
    first, width, sep = dialect.get("wrap", (len(text), 0, ""))
    lines = [text[:first]]
    if width:
        lines += [text[i : i + width] for i in range(first, len(text), width)]
    if subs:
        lines = [b"".join(subs.get(b, b"%c" % b) for b in line) for line in lines]
    text = sep.encode("latin-1").join(lines)
    cut, tail = dialect.get("tail", (0, ""))
    end: bytes = tail.encode("latin-1")
    return text[: len(text) - cut] + end


def blob(place: Place) -> bytes:
    """A blob's bytes."""
    pack, offset, stored, codec = place
    data = read(pack, offset, stored)
    if codec == 0:
        return data
    try:
        zstd = importlib.import_module("compression.zstd")  # Python 3.14
    except ImportError:
        done = subprocess.run(
            ["zstd", "-dc"],  # noqa: S607 wherever it is
            input=data,
            capture_output=True,
            check=True,
        )
        return bytes(done.stdout)
    return bytes(zstd.decompress(data))


def read(path: Path, offset: int, size: int) -> bytes:
    """Some of a file's bytes."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(size)


main(*sys.argv[1:])
