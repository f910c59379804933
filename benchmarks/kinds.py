"""Files of others, of as many kinds as can be had: ``python -m benchmarks.kinds``.

Fetches the packages of benchmarks/kinds.txt from npm and PyPI, by their own clients,
into the user's cache (``--cache FOLDER``), and goes through the text in them and in
the repository's own documents. The
pictures in each file are counted by other means than the scanner's
(`benchmarks.seen`); then a copy is archived at the smallest size, parsed by a parser
of its format as it was and as it is, restored and compared. A package that cannot be
fetched is left out, and this is said. ``--write`` puts the table into docs/kinds.md.

Parsers beside Python's own: ``pip install --group kinds``, and node.
"""

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from assetstore import Store
from assetstore.archiver.payload import Payload, Wanted
from assetstore.archiver.payloads import payloads_of
from assetstore.errors import ContainerRefused
from assetstore.files.source import Source
from assetstore.files.text import encoding_of, open_text
from benchmarks.parse import parser_of
from benchmarks.seen import pictures

HERE = Path(__file__).parent
PACKAGES = HERE / "kinds.txt"
TABLE = HERE.parent / "docs" / "kinds.md"
_LARGEST = 24 << 20
_NONE = "(none)"
_UNSEEN = "**not seen**"


@dataclass
class Tally:
    """What became of the pictures in files of one kind.

    Attributes:
        files: Files in which there is a picture.
        found: Pictures that were counted in them.
        taken: How many of these an archive took.
        besides: How many it took that were not counted.
        left: Why others stayed, and how many.
        parser: What parsed the files.
        parsed: Archived files that were parsed before and after.
    """

    files: int = 0
    found: int = 0
    taken: int = 0
    besides: int = 0
    left: Counter[str] = field(default_factory=Counter)
    parser: str = ""
    parsed: int = 0


@dataclass
class Kinds:
    """What came of all files.

    Attributes:
        tallies: By kind.
        files: Files of text that were looked at.
        size: Their bytes.
        broken: Files that did not parse any more, or did not come back.
        unseen: Where pictures stand that were neither taken nor told.
        absent: Packages that could not be fetched.
    """

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    files: int = 0
    size: int = 0
    broken: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def kind_of(path: Path) -> str:
    """The kind of a file, by its name."""
    return path.suffix[1:].lower() or _NONE


def fetched(registry: str, package: str, cache: Path) -> Path | None:
    """A package's archive, from the cache or a registry; None: out of reach."""
    folder = cache / f"{registry}-{package.replace('/', '-')}"
    if not folder.is_dir() or not any(folder.iterdir()):
        folder.mkdir(parents=True, exist_ok=True)
        words = ["npm", "pack", "--silent", package]
        if registry != "npm":
            words = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
            words += [
                f"--{'only' if registry == 'wheel' else 'no'}-binary=:all:",
                package,
            ]
        try:
            done = subprocess.run(words, cwd=folder, capture_output=True, check=False)
        except FileNotFoundError:
            return None
        if done.returncode:
            return None
    return next(iter(folder.iterdir()), None)


def texts(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a package that are text, with their names."""
    if archive.suffix in (".zip", ".whl"):
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                if packed.getinfo(name).file_size <= _LARGEST and name[-1] != "/":
                    data = packed.read(name)
                    if is_text(data):
                        yield name, data
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.size <= _LARGEST:
                file = tar.extractfile(member)
                data = file.read() if file else b""
                if is_text(data):
                    yield member.name, data


def own() -> Iterator[tuple[str, bytes]]:
    """The repository's own documents: kinds that packages rarely have."""
    for folder in ("kinds", "documents"):
        for path in sorted((HERE.parent / "fixtures" / folder).iterdir()):
            if is_text(data := path.read_bytes()):
                yield f"fixtures/{folder}/{path.name}", data


def is_text(data: bytes) -> bool:
    """Tell whether a file is text: without NULs at its beginning, or in UTF-16."""
    return b"\0" not in data[:8192] or bool(encoding_of(data[:4]))


def measure(files: Iterable[tuple[str, bytes]], work: Path, kinds: Kinds) -> None:
    """Archive files, parse them, restore them, and count what became of each picture.

    Args:
        files: Names, and what is in each.
        work: An empty folder.
        kinds: What is counted so far.
    """
    with Store.open(work / "store", create=True) as store:
        for number, (name, data) in enumerate(files):
            kinds.files += 1
            kinds.size += len(data)
            # Each in a folder of its own: neighbours may cover one another.
            path = work / str(number) / Path(name).name
            path.parent.mkdir()
            path.write_bytes(data)
            _measure_one(store, path, name, data, kinds)
            shutil.rmtree(path.parent)


def _measure_one(
    store: Store, path: Path, name: str, data: bytes, kinds: Kinds
) -> None:
    with open_text(path) as source:
        text, spans = source.read(0, source.size), _spans(source, path)
    seen = pictures(text)
    if not seen and not spans:
        return
    (result,) = store.archive([path], min_size=0).files
    taken = spans if result.status == "archived" else []
    if len(taken) != result.payloads:
        kinds.broken.append(f"{name}: {len(taken)} to be taken, {result.payloads} were")
    tally = kinds.tallies[kind_of(path)]
    tally.files += 1
    tally.found += len(seen)
    reached = set()
    error = result.error
    refused = error.reason if isinstance(error, ContainerRefused) else result.reason
    for each in seen:
        over = [i for i, (a, b) in enumerate(taken) if a < each.end and each.start < b]
        reached.update(over)
        if over:
            tally.taken += 1
            continue
        told = [s for s in result.stays.listed if each.start < s.offset + s.size]
        why = next((s.why.value for s in told if s.offset < each.end), refused)
        if not why:
            around = text[max(0, each.start - 20) : each.start + 60]
            kinds.unseen.append(f"{name}:{each.start}: {around!r}")
        tally.left[why or _UNSEEN] += 1
    tally.besides += len(taken) - len(reached)
    _compare(store, path, name, data, kinds)


def _spans(source: Source, path: Path) -> list[tuple[int, int]]:
    """Where the payloads of a document stand that an archive takes."""
    found = payloads_of(source, path, Wanted(min_size=0))
    return [(p.start, p.end) for p in found if isinstance(p, Payload)]


def _compare(store: Store, path: Path, name: str, data: bytes, kinds: Kinds) -> None:
    """Parse a file as it was and as it is, restore it, and compare."""
    tally, slim = kinds.tallies[kind_of(path)], path.read_bytes()
    parser = parser_of(kind_of(path))
    if slim != data and parser is not None:
        tally.parser, parse = parser
        try:
            before = parse(data)
        except Exception:  # it is none, or the parser knows too little
            before = None
        if before is not None:
            tally.parsed += 1
            try:
                same = parse(slim) == before
            except Exception:  # whatever a parser raises
                same = False
            if not same:
                kinds.broken.append(f"{name} does not parse as before")
    if slim != data:
        store.restore([path])
    if path.read_bytes() != data:
        kinds.broken.append(f"{name} did not come back")


def table(kinds: Kinds) -> str:
    """The table, as docs/kinds.md has it."""
    rows = sorted(kinds.tallies.items(), key=lambda item: (-item[1].found, item[0]))
    total = Tally()
    lines = []
    for kind, tally in rows:
        for name in ("files", "found", "taken", "besides", "parsed"):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
        total.left.update(tally.left)
        lines.append(_row(f"`{kind}`", tally))
    return "\n".join(
        [
            "| Kind | Files | Found | Taken | Besides | Parsed | Left, and why |",
            "|---|---:|---:|---:|---:|---:|---|",
            *lines,
            _row(f"{len(rows)} kinds", total),
        ]
    )


def _row(kind: str, tally: Tally) -> str:
    left = "; ".join(f"{n:,} {why}" for why, n in tally.left.most_common())
    parsed = f"{tally.parsed:,} ({tally.parser})" if tally.parser else ""
    if tally.parsed and not tally.parser:
        parsed = f"{tally.parsed:,}"
    numbers = f"{tally.files:,} | {tally.found:,} | {tally.taken:,} | {tally.besides:,}"
    return f"| {kind} | {numbers} | {parsed} | {left} |"


def document(kinds: Kinds, packages: list[str]) -> str:
    """What docs/kinds.md says."""
    names = ", ".join(f"`{name}`" for name in packages)
    return f"""# Kinds of files

`python -m benchmarks.kinds --write` wrote this: {kinds.files:,} files of text, {kinds.size / 1e6:,.0f} MB, out of packages of npm and PyPI, and `fixtures/`.

*Found* is what a counter of its own sees, which knows nothing of the scanner: regular expressions, Python's decoders, Pillow and an XML
parser (`benchmarks/seen.py`). *Taken* is how many of these `archive --min-size 0` takes; *besides*, what it takes that the counter does not
see: drawings that no XML parser reads, spellings that the expressions do not know, pictures that Pillow does not load. Every file came back
byte for byte. *Parsed* is how many archived files a real parser of their format read before and after, to the same structure.

{table(kinds)}

The packages: {names}.
"""


def main() -> None:
    """Fetch, measure, print; exit with 1 where anything broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, metavar="FOLDER")
    parser.add_argument("--only", default="", help="packages whose names have this")
    parser.add_argument("--write", action="store_true", help="write docs/kinds.md")
    given = parser.parse_args()
    cache = given.cache or platformdirs.user_cache_path("assetstore") / "kinds"
    kinds, used = Kinds(), []
    if not given.only:
        with tempfile.TemporaryDirectory() as folder:
            measure(own(), Path(folder), kinds)
    for line in PACKAGES.read_text().splitlines():
        registry, _, package = line.partition(" ")
        if given.only not in package:
            continue
        archive = fetched(registry, package, cache)
        if archive is None:
            kinds.absent.append(package)
            print(f"{package} is out of reach", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as folder:
            measure(texts(archive), Path(folder), kinds)
        used.append(package)
        print(f"{package}: {kinds.files:,} files so far", file=sys.stderr)
    print(table(kinds))
    for name in ("unseen", "broken", "absent"):
        for each in getattr(kinds, name):
            print(f"{name}: {each}")
    if given.write:
        TABLE.write_text(document(kinds, used))
    sys.exit(bool(kinds.broken))


if __name__ == "__main__":
    main()
