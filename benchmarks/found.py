"""What is taken for a picture in any files: ``python -m benchmarks.found FOLDER...``.

Every payload that the archiver would take at the smallest size is decoded: a picture
that Pillow loads, or a drawing, is one; all others are listed. Without a folder, it
goes through what Python's own installation holds (sources, documents, bundles).
``--sealed MB`` adds so much text in which there is none for certain: encrypted files,
keys, lock files, source maps, made of random bytes (`benchmarks.sealed`). With
``--media any``, what is taken for other media is looked at, too. Nothing is written
to disk.
"""

import argparse
import io
import os
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PIL import Image

from assetstore.archiver.scan.hit import Form
from assetstore.archiver.scan.scanner import Scanner
from assetstore.archiver.scan.whole import is_whole
from assetstore.archiver.take.taker import Taker
from assetstore.files.source import Source
from assetstore.formats.text import is_json
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import Kind
from assetstore.store.store import Store
from benchmarks.sealed import documents

# Not text: other parts of the program leave them.
_BINARY = frozenset(
    ".7z .a .bin .bz2 .class .dll .dylib .exe .gif .gz .ico .jar .jpg .mo .node .o .pdf"
    " .pkl .png .pyc .rlib .so .tar .ttf .wasm .webp .whl .woff .woff2 .xz .zip".split()
)


@dataclass
class Found:
    """What was found below some folders.

    Attributes:
        files: Files that were looked at.
        size: Their bytes.
        kinds: How many payloads of each kind are pictures.
        others: Where in which file one stands that is none, and its beginning.
    """

    files: int = 0
    size: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    others: list[tuple[Path, int, bytes]] = field(default_factory=list)


def texts(folders: Iterable[Path]) -> Iterator[Path]:
    """The files below folders that may be text."""
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in names:
                path = Path(root, name)
                text = path.suffix not in _BINARY and not path.is_symlink()
                if text and path.is_file():
                    yield path


def is_picture(data: bytes) -> bool:
    """Whether bytes are a drawing, or a picture that can be loaded.

    A drawing may be stored as it was written, with percent signs.
    """
    if b"<svg" in data or b"<svg" in unquote_to_bytes(data[:4096]):
        return True
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def is_medium(mime: str, data: bytes) -> bool:
    """Whether bytes that are said to be a font, say, are one to its own end."""
    if mime.startswith("image/") or not mime:
        return False
    whole = is_whole(
        data[:4096], data[-128:], len(data), lambda at, n: data[max(0, at) :][:n]
    )
    return bool(whole)


def find_sealed(size: int, media: str = "image") -> Found:
    """Look for payloads in text that holds none; what is found is none."""
    with tempfile.TemporaryDirectory() as folder:
        found = Found()
        for name, data in documents(size):
            path = Path(folder, name)
            path.write_bytes(data)
            one = find([path], media)
            found.files += 1
            found.size += one.size
            found.kinds += one.kinds
            found.others += one.others
            path.unlink()
    return found


def find(paths: Iterable[Path], media: str = "image") -> Found:
    """Look for payloads in files."""
    found = Found()
    store = Store.on(MemoryBackend(), create=True, writer="bench")
    for path in paths:
        with Source.open(path) as source, store.session() as session:
            found.files += 1
            found.size += source.size
            json = is_json(source.read(0, 4096))
            scanner = Scanner(source, media=media, json=json)
            taker = Taker(session, scanner, media, 0)
            while (hit := scanner.next()) is not None:
                taken = None if hit.form is Form.MARKED else taker.take(hit)
                if taken is None:
                    scanner.resume(hit.start + 1)
                    continue
                assert taken.fitted is not None
                blob = taken.fitted.media.blob
                data = b"".join(bytes(p) for p in session.stream(Kind.MEDIA, blob))
                if is_picture(data) or is_medium(taken.mime, data):
                    found.kinds[f"{hit.form.name.lower()} {taken.mime}"] += 1
                else:
                    begin = source.read(hit.start, 60)
                    found.others.append((path, hit.start, begin))
                scanner.resume(taken.end)
    return found


def main() -> None:
    """Look, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--sealed", type=int, default=0, metavar="MB")
    parser.add_argument("--media", choices=("image", "any"), default="image")
    given = parser.parse_args()
    folders = given.folders or [Path(sysconfig.get_path("stdlib"))]
    began = time.perf_counter()
    show("files of others", find(texts(folders), given.media))
    if given.sealed:
        show("sealed", find_sealed(given.sealed * 1_000_000, given.media))
    print(f"{time.perf_counter() - began:.0f} s")


def show(name: str, found: Found) -> None:
    """Print what was found."""
    print(f"{name}: {found.files:,} files, {found.size / 1e6:,.0f} MB")
    for kind, count in found.kinds.most_common():
        print(f"{count:8,}  {kind}")
    print(f"{len(found.others):8,}  none")
    for path, offset, begin in found.others:
        print(f"{path}:{offset}: {begin!r}")


if __name__ == "__main__":
    main()
