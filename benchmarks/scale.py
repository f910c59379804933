"""Every command on stores of 10,000 to 1,000,000 blobs: time and memory.

    python -m benchmarks.scale [--blobs 1000000] [--only N]

Builds a store through the library's own sessions (real packs, indexes, manifests, and
archived documents of ten blobs each; only fsync is left out), runs each command as a
process of its own, and prints a table in Markdown: seconds of processor time (a busy
machine changes wall time more), and peak memory. Exits with 1 where a command needs
more than 200 MB.
"""

import argparse
import base64
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from blake3 import blake3

from assetstore.store.format.blob import Kind
from assetstore.store.format.dialect import Dialect
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.placeholder import format_placeholder
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.session import Session
from assetstore.store.store import Store
from benchmarks.measure import Run, run

_PAYLOADS = 5
_LIMIT = 200_000_000
_OLD = 1_780_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_GARBAGE = 100  # one document in so many is forgotten
_COMMIT = 6 << 20  # packs that are not small, so that gc has nothing to join


def build(folder: Path, blobs: int) -> None:
    """Write a store and its documents."""
    os.fsync = lambda fd: None
    r = random.Random(1)
    with Store.open(
        folder / "store",
        create=True,
        cache_dir=folder / "cache" / "assetstore",
        state_dir=folder / "state" / "assetstore",
    ) as store:
        session = store.session()
        described: list[Manifest] = []
        done = 0
        for number in range(blobs // (2 * _PAYLOADS)):
            path = folder / "docs" / f"{number // 500:04}" / f"{number:07}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            refs, parts, size = [], [b"<p>%d</p>\n" % number], 0
            for _ in range(_PAYLOADS):
                raw = _PNG + r.randbytes(r.randrange(400, 800))
                id, _ = session.put(Kind.MEDIA, raw)
                recipe = Recipe(
                    was=(b"data:image/png;base64,", Media(blob=id, dialect=Dialect()))
                )
                session.put(Kind.RECIPE, recipe.raw)
                refs += [(Kind.MEDIA, id), (Kind.RECIPE, recipe.id)]
                parts += [b'<img src="', format_placeholder(recipe.id), b'">\n']
                size += 22 + len(base64.b64encode(raw)) - 31
            slim = b"".join(parts)
            path.write_bytes(slim)
            os.utime(path, (_OLD, _OLD))
            described.append(
                Manifest(
                    document=str(path),
                    source_size=len(slim) + size,
                    slim_size=len(slim),
                    slim_hash=blake3(slim).digest(),
                    payloads=_PAYLOADS,
                    refs=tuple(sorted(refs)),
                )
            )
            if session.new_bytes - done > _COMMIT:
                done = session.new_bytes
                _publish(store, session, described)
        _publish(store, session, described)


def _publish(store: Store, session: Session, described: list[Manifest]) -> None:
    session.commit()
    for manifest in described:
        store.put_manifest(manifest)
    described.clear()


def forget(folder: Path) -> None:
    """Forget one document in a hundred: half of them in one place."""
    with Store.open(
        folder / "store",
        cache_dir=folder / "cache" / "assetstore",
        state_dir=folder / "state" / "assetstore",
    ) as store:
        documents = sorted((folder / "docs").rglob("*.html"))
        count = len(documents) // _GARBAGE
        chosen = documents[: count // 2]
        chosen += documents[count // 2 :: 2 * _GARBAGE][: count - len(chosen)]
        for path in chosen:
            manifest = store.manifest(path)
            if manifest is not None:
                store.retract(manifest)


class Bench:
    """The commands on one store."""

    def __init__(self, folder: Path):
        self._folder = folder
        config = folder / "config.toml"
        docs = folder / "docs"
        config.write_text(
            f"[gc]\nevery = 0\n[verify]\nevery = 0\n[optimize]\nevery = 0\n[jobs.docs]\npaths = ['{docs}']\n"
        )
        self.environment = {
            **os.environ,
            "HOME": str(folder / "home"),
            "ASSETSTORE_CONFIG": str(config),
            "ASSETSTORE_STORE": str(folder / "store"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def python(self, *words: str) -> None:
        """Do a part of the preparation in a process of its own.

        Linux counts what a process has in memory as the peak of those it starts.
        """
        subprocess.run([sys.executable, "-m", "benchmarks.scale", *words], check=True)

    def measured(self, *words: str | Path) -> Run:
        """Run a command."""
        program = [sys.executable, "-m", "assetstore", *map(str, words)]
        return run(program, self.environment, self._folder / "out")

    def rows(self) -> Iterator[tuple[str, Run]]:
        """Each command with what it took."""
        folder = self._folder
        page, copy = folder / "new.html", folder / "copy.html"
        picture = base64.b64encode(_PNG + random.Random(2).randbytes(3000)).decode()
        page.write_text(f'<img src="data:image/png;base64,{picture}">\n')
        was = page.read_bytes()
        yield "archive one more document", self.measured("archive", page)
        shutil.copy(page, copy)
        yield "restore it", self.measured("restore", page)
        yield "restore a copy of it elsewhere", self.measured("restore", copy)
        if page.read_bytes() != was or copy.read_bytes() != was:
            sys.exit("a restored document is not what it was")
        yield "ls", self.measured("ls")
        yield "ls --json", self.measured("ls", "--json")
        yield "ls --blobs --json", self.measured("ls", "--blobs", "--json")
        yield "stats", self.measured("stats")
        yield "verify", self.measured("verify")
        yield "gc -n", self.measured("gc", "-n", "--grace", "0")
        yield "gc -n --json", self.measured("gc", "-n", "--grace", "0", "--json")
        yield "gc, joins small indexes", self.measured("gc", "--grace", "0")
        yield "gc, nothing to do", self.measured("gc", "--grace", "0")
        yield "archive, after that gc", self.measured("archive", page)
        self.python("--forget", str(folder))
        yield "gc, 1 % garbage", self.measured("gc", "--grace", "0")
        yield "verify --rebuild-index", self.measured("verify", "--rebuild-index")
        shutil.rmtree(folder / "cache")
        yield "restore one, no cache", self.measured("restore", page)
        yield "verify --read-data", self.measured("verify", "--read-data")
        yield "run, the first over its documents", self.measured("run", "docs")
        yield "run, nothing to do", self.measured("run", "docs")


def main() -> None:
    """Build stores, run everything, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blobs", type=int, default=1_000_000)
    parser.add_argument("--only", type=int, help="this size alone")
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--forget", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.build:
        build(given.build, given.blobs)
        return
    if given.forget:
        forget(given.forget)
        return
    sizes = [n for n in (10_000, 100_000, 1_000_000) if n < given.blobs]
    sizes = [given.only] if given.only else [*sizes, given.blobs]
    table: dict[str, list[Run]] = {}
    for blobs in sizes:
        with tempfile.TemporaryDirectory(prefix="assetstore-scale-") as name:
            bench = Bench(Path(name))
            began = time.monotonic()
            bench.python("--build", name, "--blobs", str(blobs))
            print(
                f"{blobs:,} blobs: built in {time.monotonic() - began:.0f} s",
                file=sys.stderr,
            )
            for label, took in bench.rows():
                table.setdefault(label, []).append(took)
                print(
                    f"  {label}: {took.seconds:.2f} s, {took.cpu:.2f} s of a "
                    f"processor, {took.rss / 1e6:.0f} MB",
                    file=sys.stderr,
                    flush=True,
                )
    heads = [f"{blobs:,} blobs" for blobs in sizes]
    print("| | " + " | ".join(f"{head} | MB" for head in heads) + " |")
    print("|---|" + "---:|" * (2 * len(sizes)))
    for label, runs in table.items():
        cells = " | ".join(f"{r.cpu:.2f} s | {r.rss / 1e6:.0f}" for r in runs)
        print(f"| {label} | {cells} |")
    worst = max(r.rss for runs in table.values() for r in runs)
    print(f"\nMost memory: {worst / 1e6:.0f} MB; the limit is {_LIMIT / 1e6:.0f} MB.\n")
    above = [run for runs in table.values() for run in runs if run.rss > _LIMIT]
    count = sum(map(len, table.values()))
    print(f"| scale: commands, up to {sizes[-1]:,} blobs | {count} | {len(above)} |")
    sys.exit(worst > _LIMIT)


if __name__ == "__main__":
    main()
