"""Seconds by size, for documents that are made to be slow: ``python -m benchmarks.linear``.

Each line should show about the same speed at every size: the work is linear.
"""

import argparse
import io
import time

from assetstore.archiver.run import ArchiveOptions, archive_stream
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.store import Store

MIB = 1 << 20
REPEATED = {
    "data:image/": b"data:image/",
    "base64 heads": b"data:image/png;base64,",
    "quoted base64 heads": b'"data:image/png;base64,',
    "quoted text heads": b'"data:image/svg+xml,',
    "text heads": b"data:image/svg+xml,",
    "text heads in url(": b"url(data:image/svg+xml,",
    "placeholder marks": b"as1:",
    "placeholders": b"as1:" + b"A" * 27,
    "bare base64 heads": b'"iVBORw0KGgo',
    "strings joined": b'"iVBORw0KGgoA" + ',
    "items of a list": b'"iVBORw0KGgoAAAANSUhE",\n',
    "lines of base64": b"iVBORw0KGgoAAAAN\n",
    "words of base64": b'"iVBORw0KGgoAAAAN ',
    "drawings in base64": b"PHN2ZyB4 ",
    "media types": b"image/png ",
    "broken lines": b"data:image/png;base64,\n" + b"A" * 76 + b"\n",
    "[": b"[",
}


def main() -> None:
    """Print the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=16, metavar="MIB")
    parser.add_argument("names", nargs="*", metavar="NAME", help="these alone")
    given = parser.parse_args()
    largest = given.largest
    sizes = [size for size in (1, 4, 16, 64, 256, 1024) if size <= largest]
    print(f"{'MiB a second at':24}" + "".join(f"{size:>8} MiB" for size in sizes))
    for name, piece in REPEATED.items():
        if given.names and name not in given.names:
            continue
        row = f"{name:24}"
        for size in sizes:
            text = piece * (size * MIB // len(piece))
            store = Store.on(MemoryBackend(), create=True, writer="bench")
            began = time.perf_counter()
            archive_stream(
                store, io.BytesIO(text), io.BytesIO(), ArchiveOptions(dry_run=True)
            )
            row += f"{size / (time.perf_counter() - began):12.2f}"
        print(row, flush=True)


if __name__ == "__main__":
    main()
