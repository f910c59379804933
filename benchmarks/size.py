"""How small pictures become: here, and in backup programs and archivers.

    python -m benchmarks.size [--corpus DIR] [--only GROUP]... [--efforts 1,5,9] [--write]

Makes its corpus first (`benchmarks/size_corpus`), where DIR does not hold it yet. All
programs get the same files; what each of them restores is compared with the files,
byte for byte. ``--write`` puts the tables into benchmarks/SIZE.md. What was measured
is kept in DIR/results.json, so that a run that was stopped goes on; delete it to
measure anew. ``--skip zpaq`` leaves out what takes longest.
"""

import argparse
import base64
import filecmp
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import Run, run
from benchmarks.size_corpus.build import GROUPS, build

ROOT = Path(__file__).parents[1]
_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a program made of a folder of files.

    Attributes:
        bytes: What it keeps, all told.
        make: Seconds of processor time to make it.
        restore: Seconds of processor time to bring the files back.
        memory: Bytes of memory at most, where that was measured.
    """

    bytes: int
    make: float
    restore: float
    memory: int = 0


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--only", action="append", metavar="GROUP")
    parser.add_argument("--efforts", default="1,5,9")
    parser.add_argument("--skip", action="append", default=[], metavar="PROGRAM")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    corpus = given.corpus or Path(tempfile.gettempdir()) / "assetstore-size-corpus"
    build(corpus)
    names = given.only or [*GROUPS, "all"]
    programs: dict[str, Callable[[list[Path], Path], Kept]] = {
        name: program for name, (words, program) in PEERS.items() if shutil.which(words)
    }
    for effort in map(int, given.efforts.split(",")):
        programs[f"assetstore, effort {effort}"] = _ours(effort)
    results = corpus / "results.json"
    known = json.loads(results.read_text()) if results.exists() else {}
    sizes: dict[str, tuple[int, int]] = {}
    # Linux counts what a process has in memory as the peak of those it starts.
    with ProcessPoolExecutor(1) as apart:
        hits = apart.submit(_hits, corpus).result()
    for group in names:
        files = list(_files(corpus, group))
        sizes[group] = len(files), sum(file.stat().st_size for file in files)
        for name, program in programs.items():
            key = f"{group}, {name}"
            if key not in known and name.split(",")[0] not in given.skip:
                with tempfile.TemporaryDirectory() as work:
                    known[key] = asdict(program(files, Path(work)))
                results.write_text(json.dumps(known, indent=1))
            if key not in known:
                continue
            kept = Kept(**known[key])
            ratio = sizes[group][1] / kept.bytes
            print(
                f"{group}, {name}: {kept.bytes:,} bytes, {ratio:.2f}x, "
                f"{kept.make:.1f} s, back in {kept.restore:.1f} s",
                flush=True,
            )
        table = {
            name: {
                group: Kept(**known[f"{group}, {name}"])
                for group in sizes
                if f"{group}, {name}" in known
            }
            for name in programs
        }
        text = "\n".join(_lines(list(sizes), sizes, table, hits))
        if given.write:  # what is done so far
            (ROOT / "benchmarks" / "SIZE.md").write_text(text + "\n")
    print(text)


def _files(corpus: Path, group: str) -> Iterator[Path]:
    for folder in GROUPS if group == "all" else (group,):
        yield from sorted(p for p in (corpus / folder).iterdir() if p.is_file())


def _lines(
    names: Sequence[str],
    sizes: dict[str, tuple[int, int]],
    table: dict[str, dict[str, Kept]],
    hits: dict[str, tuple[int, int]],
) -> Iterator[str]:
    yield "# Sizes"
    yield ""
    yield "Written by `python -m benchmarks.size --write`. Each cell: the files' bytes"
    yield "divided by all that is kept (indexes and manifests included); seconds of"
    yield "processor time to make it; the same to bring everything back, which was"
    yield "compared byte for byte."
    yield f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}."
    yield ""
    yield "| | " + " | ".join(names) + " |"
    yield "|---|" + "---:|" * len(names)
    yield "| files | " + " | ".join(f"{sizes[n][0]}" for n in names) + " |"
    yield "| MB | " + " | ".join(f"{sizes[n][1] / 1e6:.2f}" for n in names) + " |"
    for program, kept in table.items():
        cells = [
            f"{sizes[n][1] / kept[n].bytes:.2f}x ({kept[n].make:.1f} s, {kept[n].restore:.1f} s)"
            if n in kept
            else "not run"
            for n in names
        ]
        yield f"| {program} | " + " | ".join(cells) + " |"
    yield ""
    yield "A file of these takes assetstore so many milliseconds of a processor, archived"
    yield "and coded, and brought back; and coding them, so much memory at most:"
    yield ""
    yield "| | " + " | ".join(names) + " |"
    yield "|---|" + "---:|" * len(names)
    for program, kept in table.items():
        if any(each.memory for each in kept.values()):
            cells = [_each(kept[n], sizes[n][0]) if n in kept else "" for n in names]
            yield f"| {program} | " + " | ".join(cells) + " |"
    yield ""
    yield "PNG files whose deflate stream is made again exactly, by what wrote them:"
    yield ""
    yield "| encoder | files | exact |"
    yield "|---|---:|---:|"
    for encoder, (files, exact) in sorted(hits.items()):
        yield f"| {encoder} | {files} | {exact} |"


def _each(kept: Kept, files: int) -> str:
    make, restore = (f"{1000 * s / files:.0f}" for s in (kept.make, kept.restore))
    return f"{make}, {restore} ms; {kept.memory / 1e6:.0f} MB"


def _hits(corpus: Path) -> dict[str, tuple[int, int]]:
    """By encoder, how many PNG files there are, and how many have a recipe."""
    from assetstore.store.codecs.png.encode import take
    from assetstore.store.codecs.png.streams import Finder

    finder = Finder()
    found: dict[str, tuple[int, int]] = {}
    for file in _files(corpus, "all"):
        if file.suffix != ".png":
            continue
        words = file.name.split(".")
        encoder = words[1] if len(words) == 3 else f"({file.parent.name})"
        files, exact = found.get(encoder, (0, 0))
        hit = take(file.read_bytes(), finder) is not None
        found[encoder] = files + 1, exact + hit
    return found


def _timed(words: Sequence[object], **settings: object) -> float:
    """Run a program to its end; the processor time of it and all it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        list(map(str, words)), capture_output=True, text=True, check=False, **settings
    )  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(f"{words}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _weight(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())


def _same(files: Sequence[Path], folder: Path) -> None:
    """Compare files with those of the same name below a folder."""
    found = {p.name: p for p in folder.rglob("*") if p.is_file()}
    for file in files:
        if found[file.name].read_bytes() != file.read_bytes():
            sys.exit(f"{file.name} came back with other bytes")


def _laid_out(files: Sequence[Path], work: Path) -> Path:
    folder = work / "files"
    folder.mkdir()
    for file in files:
        os.link(file, folder / file.name)
    return folder


def _restic(files: list[Path], work: Path) -> Kept:
    folder, repository = _laid_out(files, work), work / "repository"
    env = {**os.environ, "RESTIC_PASSWORD": "x", "RESTIC_REPOSITORY": str(repository)}
    _timed(["restic", "init"], env=env)
    make = _timed(["restic", "backup", "--compression", "max", folder], env=env)
    back = ["restic", "restore", "latest", "--target", work / "back"]
    restore = _timed(back, env=env)
    _same(files, work / "back")
    return Kept(_weight(repository), make, restore)


def _borg(files: list[Path], work: Path) -> Kept:
    folder, repository = _laid_out(files, work), work / "repository"
    env = {**os.environ, "BORG_BASE_DIR": str(work / "borg")}
    env["BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK"] = "yes"
    _timed(["borg", "init", "-e", "none", repository], env=env)
    words = ["borg", "create", "-C", "zstd,22", f"{repository}::a", "."]
    make = _timed(words, env=env, cwd=folder)
    (work / "back").mkdir()
    restore = _timed(
        ["borg", "extract", f"{repository}::a"], env=env, cwd=work / "back"
    )
    _same(files, work / "back")
    return Kept(_weight(repository), make, restore)


def _zpaq(files: list[Path], work: Path) -> Kept:
    folder = _laid_out(files, work)
    words = ["zpaq", "add", work / "a.zpaq", ".", "-m5"]
    make = _timed(words, cwd=folder)
    restore = _timed(["zpaq", "x", work / "a.zpaq", "-to", work / "back"])
    _same(files, work / "back")
    return Kept(_weight(work / "a.zpaq"), make, restore)


def _tar(compress: str, expand: str) -> Callable[[list[Path], Path], Kept]:
    def program(files: list[Path], work: Path) -> Kept:
        folder = _laid_out(files, work)
        words = f"tar -C {folder} -cf - . | {compress} > {work}/a"
        make = _timed(["bash", "-c", words])
        (work / "back").mkdir()
        words = f"{expand} < {work}/a | tar -C {work}/back -xf -"
        restore = _timed(["bash", "-c", words])
        _same(files, work / "back")
        return Kept(_weight(work / "a"), make, restore)

    return program


def _ours(effort: int) -> Callable[[list[Path], Path], Kept]:
    """A log with all files in it, archived, coded, restored."""

    def program(files: list[Path], work: Path) -> Kept:
        log = work / "log.jsonl"
        with log.open("w") as out:
            for file in files:
                text = base64.b64encode(file.read_bytes()).decode()
                uri = f"data:{_TYPES[file.suffix]};base64,{text}"
                item = {"type": "input_image", "image_url": uri, "name": file.name}
                out.write(json.dumps(item) + "\n")
        shutil.copy(log, work / "original")
        env = {**os.environ, "XDG_CACHE_HOME": str(work / "cache")}
        env["XDG_STATE_HOME"] = str(work / "state")
        program = [sys.executable, "-m", "assetstore", "--store", str(work / "store")]

        def ran(*words: str | Path) -> Run:
            return run([*program, *map(str, words)], env, work / "said")

        runs = [ran("archive", log, "--min-size", "0")]
        if effort:
            runs.append(ran("optimize", "--max-effort", str(effort)))
        ran("verify", "--read-data")
        weight = _weight(work / "store")
        restore = ran("restore", log)
        if not filecmp.cmp(log, work / "original", shallow=False):
            sys.exit("the log came back with other bytes")
        make, memory = sum(r.cpu for r in runs), max(r.rss for r in runs)
        return Kept(weight, make, restore.cpu, memory)

    return program


PEERS: dict[str, tuple[str, Callable[[list[Path], Path], Kept]]] = {
    "restic, max": ("restic", _restic),
    "borg, zstd,22": ("borg", _borg),
    "zpaq, -m5": ("zpaq", _zpaq),
    "tar, zstd -19 --long": (
        "zstd",
        _tar("zstd -q -19 --long=27 -T1", "zstd -q -d --long=27"),
    ),
    "tar, xz -9e": ("xz", _tar("xz -9e", "xz -d")),
}


if __name__ == "__main__":
    main()
