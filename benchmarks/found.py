"""What is taken for a picture in any files: ``python -m benchmarks.found FOLDER...``.

Every payload that the archiver would take at the smallest size is decoded: a picture
that Pillow loads, or a drawing, is one; all others are listed. Without a folder, it
goes through what Python's own installation holds (sources, documents, bundles).
Nothing is written to disk.
"""

import argparse
import io
import os
import sysconfig
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from assetstore.archiver.scan.hit import Form
from assetstore.archiver.scan.scanner import Scanner
from assetstore.archiver.take.taker import Taker
from assetstore.files.source import Source
from assetstore.formats.text import is_json
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import Kind
from assetstore.store.store import Store

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
    """Whether bytes are a drawing, or a picture that can be loaded."""
    if b"<svg" in data:
        return True
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def find(paths: Iterable[Path]) -> Found:
    """Look for payloads in files."""
    found = Found()
    store = Store.on(MemoryBackend(), create=True, writer="bench")
    for path in paths:
        with Source.open(path) as source, store.session() as session:
            found.files += 1
            found.size += source.size
            scanner = Scanner(source, json=is_json(source.read(0, 4096)))
            taker = Taker(session, scanner, "image", 0)
            while (hit := scanner.next()) is not None:
                taken = None if hit.form is Form.MARKED else taker.take(hit)
                if taken is None:
                    scanner.resume(hit.start + 1)
                    continue
                assert taken.fitted is not None
                blob = taken.fitted.media.blob
                data = b"".join(bytes(p) for p in session.stream(Kind.MEDIA, blob))
                if is_picture(data):
                    found.kinds[f"{hit.form.name.lower()} {taken.mime}"] += 1
                else:
                    begin = source.read(hit.start, 60)
                    found.others.append((path, hit.start, begin))
                scanner.resume(taken.end)
    return found


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    folders = parser.parse_args().folders or [Path(sysconfig.get_path("stdlib"))]
    began = time.perf_counter()
    found = find(texts(folders))
    seconds = time.perf_counter() - began
    print(f"{found.files:,} files, {found.size / 1e6:,.0f} MB, {seconds:.0f} s")
    for kind, count in found.kinds.most_common():
        print(f"{count:8,}  {kind}")
    print(f"{len(found.others):8,}  no picture")
    for path, offset, begin in found.others:
        print(f"{path}:{offset}: {begin!r}")


if __name__ == "__main__":
    main()
