"""Writers, collectors and readers on one store, killed and stopped at random.

    python -m benchmarks.soak [--minutes 10] [--seed 1] [--window 20]

Eight processes archive (and now and then restore) documents that grow, quote their own
placeholders and are written anew; two collect garbage with no grace, one of them
without the lock that keeps two from doing the same work; all of them are killed and
stopped at random. Meanwhile documents are restored to other files and compared with
what was written to them. At the end every byte of the store is read, every document
is restored in place, and the counts are printed. ``--window`` stretches the moments
between the last look at a document, its replacement, and the look whether that has to
be taken back, of microseconds, to so many milliseconds. Exits with 1 where a byte was lost, or something failed that should not
have.
"""

import argparse
import contextlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from assetstore import errors
from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.documents.upkeep import LocalDocuments, collect
from assetstore.files import replace as replacing
from assetstore.files.leftovers import Sweeper
from assetstore.restore.restore import RestoreOptions, Restorer
from assetstore.restore.run import restore_file, restore_paths
from assetstore.store.check.verify import verify
from assetstore.store.gc.collect import Collector
from assetstore.store.gc.retention import Retention
from assetstore.store.gc.roots import Roots
from assetstore.store.store import Store
from benchmarks.soak_documents import Document, Documents

WRITERS, COLLECTORS, READERS = 8, 2, 2
# What may happen to whoever works on a document beside others.
_EXPECTED = (errors.SourceInUse, errors.SourceChanged, errors.LockedError)
# Collectors without a pause can outrun an archiver four times in a row; it leaves the
# document alone then. That nothing was lost is what the readers see to.
_OUTRUN = (errors.MissingBlob, errors.StoreWriteError)


def opened(folder: Path) -> Store:
    """Open the store."""
    return Store.open(
        folder / "store",
        create=True,
        cache_dir=folder / "cache",
        state_dir=folder / "state",
    )


class Counts:
    """Numbers of what happened, kept by processes that may be killed at any moment."""

    def __init__(self, folder: Path):
        self._folder = folder / "counts"
        self._folder.mkdir(exist_ok=True)

    def add(self, name: str, text: str = "") -> None:
        """Count something; with a text, keep that."""
        with (self._folder / name).open("a") as file:
            file.write(text.replace("\n", " ") + "\n")

    def lines(self, name: str) -> list[str]:
        """The texts that were kept, one for each."""
        with suppress(FileNotFoundError):
            return (self._folder / name).read_text().splitlines()
        return []

    def __getitem__(self, name: str) -> int:
        return len(self.lines(name))


def stretch(seconds: float) -> None:
    """Let time pass before files exchange their names, and after it."""
    exchange = replacing.exchange

    def late(one: Path, other: Path) -> bool:
        time.sleep(seconds)
        done = exchange(one, other)
        time.sleep(seconds)  # it may have to be taken back
        return done

    setattr(replacing, "exchange", late)  # noqa: B010 it is what others import


def write(folder: Path, seed: int) -> None:
    """Archive documents, and restore one now and then, for ever."""
    r, counts = random.Random(seed), Counts(folder)
    paths = sorted((folder / "docs").glob("*.jsonl"))
    while True:
        chosen = r.sample(paths, r.randrange(1, 5))
        with opened(folder) as store:
            if r.random() < 0.07:
                report = restore_paths(store, chosen[:1])
            else:
                report = archive_paths(store, chosen, ArchiveOptions(min_size=0))
        for file in report.files:
            if file.status == "failed":
                kind = "refused" if isinstance(file.error, _EXPECTED) else "faults"
                kind = "outrun" if isinstance(file.error, _OUTRUN) else kind
                counts.add(kind, f"{file.path}: {file.error_type}: {file.reason}")
            else:
                counts.add(file.status)


def gather(folder: Path, seed: int) -> None:
    """Collect garbage for ever."""
    counts = Counts(folder)
    retention = Retention(keep_last=1)
    while True:
        with opened(folder) as store, suppress(errors.LockedError):
            if seed % 2:
                collect(store, grace=0, retention=retention)
            else:
                roots = Roots(store, LocalDocuments(), grace=0, retention=retention)
                Collector(store, roots, grace=0).run()
            counts.add("collections")
        time.sleep(0.05)


WORK = {"write": write, "gather": gather}


@dataclass(slots=True)
class Worker:
    """A process that is started anew whenever it is killed."""

    kind: str
    process: "subprocess.Popen[bytes]"


@dataclass(slots=True)
class Soak:
    """One soak.

    Attributes:
        window: Milliseconds between the last look at a document and its replacement.
        losses: What was lost, in sentences.
        kills: Processes that were killed.
        stops: Processes that were stopped for a while.
        checked: Archived documents that were restored elsewhere and compared.
        raced: Restores that were begun anew, because the document became another.
        plain: Documents that were not archived when they were looked at.
        kept: Documents of which a part was kept beside them.
    """

    folder: Path
    seed: int
    window: float = 0.0
    documents: Documents = field(init=False)
    counts: Counts = field(init=False)
    losses: list[str] = field(default_factory=list)
    kills: int = 0
    stops: int = 0
    checked: int = 0
    raced: int = 0
    plain: int = 0
    kept: int = 0
    _workers: list[Worker] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _started: int = 0

    def __post_init__(self) -> None:
        self.counts = Counts(self.folder)
        self.documents = Documents(self.folder / "docs", self.seed)

    def start(self, kind: str) -> "subprocess.Popen[bytes]":
        """Start a process; what it says at its end is a fault."""
        self._started += 1
        words = ["--folder", str(self.folder), "--work", kind]
        words += ["--seed", str(self.seed * 1_000_000 + self._started)]
        words += ["--window", str(self.window)]
        with (self.folder / "said").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "benchmarks.soak", *words],
                stdout=said,
                stderr=said,
            )

    def run(self, seconds: float) -> None:
        """Let everybody work for so long, then look at what is left."""
        self._workers = [
            Worker(kind, self.start(kind))
            for kind in ["write"] * WRITERS + ["gather"] * COLLECTORS
        ]
        threads = [threading.Thread(target=self._edit)]
        threads += [threading.Thread(target=self._read, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        try:
            self._disturb(time.monotonic() + seconds)
        finally:
            self._over.set()
            for thread in threads:
                thread.join()
            for worker in self._workers:
                worker.process.kill()
                worker.process.wait()
        self._settle()

    def _disturb(self, end: float) -> None:
        r = random.Random(self.seed)
        stopped: list[tuple[float, Worker]] = []
        while (now := time.monotonic()) < end and not self.losses:
            for worker in self._workers:
                if (code := worker.process.poll()) is not None:
                    if code != -signal.SIGKILL:
                        self.counts.add("faults", f"{worker.kind} ended with {code}")
                    worker.process = self.start(worker.kind)
            for item in [item for item in stopped if item[0] <= now]:
                stopped.remove(item)
                item[1].process.send_signal(signal.SIGCONT)
            worker = r.choice(self._workers)
            if r.random() < 0.35:
                worker.process.kill()
                self.kills += 1
            elif worker not in [w for _, w in stopped]:
                worker.process.send_signal(signal.SIGSTOP)
                stopped.append((now + r.uniform(0.01, 1.5), worker))
                self.stops += 1
            time.sleep(r.uniform(0.05, 0.4))
        for _, worker in stopped:
            worker.process.send_signal(signal.SIGCONT)

    def _edit(self) -> None:
        while not self._over.wait(0.03):
            self.documents.edit()

    def _read(self, number: int) -> None:
        r = random.Random(self.seed + number)
        target = self.folder / f"restored-{number}"
        while not self._over.wait(0.01):
            self.check(self.documents.choose(r), target)

    def check(self, document: Document, target: Path) -> None:
        """Restore a document elsewhere and compare it with what was written to it."""
        with document.lock, opened(self.folder) as store:
            problem, finished = "", False
            for _ in range(20):
                before = _state(document.path)
                if document.path.read_bytes() == document.truth:
                    self.plain += 1  # it is not archived
                    return
                try:
                    restore_file(store, document.path, target)
                    same = target.read_bytes() == document.truth
                    problem = "" if same else "its bytes are others"
                except (errors.AssetstoreError, OSError) as e:
                    problem = f"{type(e).__name__}: {e}"
                if not problem:
                    self.checked += 1
                    return
                if _state(document.path) == before:
                    if finished:
                        break
                    # What was written may still wait for a process to put it back.
                    finished = True
                    with (
                        suppress(errors.SourceChanged, errors.LockedError),
                        store.doc_lock(document.path),
                    ):
                        Sweeper().sweep(document.path)
                self.raced += 1
            if self._is_kept(store, document, target):
                self.kept += 1
                document.put(document.truth)
                return
            self.losses.append(f"{document.path.name}: {problem}")
            with suppress(FileExistsError):
                (self.folder / "lost").mkdir()
            document.keep(self.folder / "lost")

    def _is_kept(self, store: Store, document: Document, target: Path) -> bool:
        """Whether all of it is there, in two files.

        A process was killed just when names were exchanged, and both files were
        written to: what nobody can put together but who wrote it.
        """
        there = target.read_bytes()
        for kept in document.path.parent.glob(f"{document.path.name}.*.kept"):
            restorer = Restorer(store, RestoreOptions())
            restorer.to_file(kept, target, document.path)
            aside = target.read_bytes()
            for one, other in ((aside, there), (there, aside)):
                rest = document.truth[len(one) :]
                if document.truth.startswith(one) and other.endswith(rest):
                    return True
        return False

    def _settle(self) -> None:
        """Look at everything, when nobody is at work any more."""
        said = (self.folder / "said").read_text("utf-8", "replace")
        if said:
            self.counts.add("faults", said[-3000:])
        target = self.folder / "restored"
        for document in self.documents:
            self.check(document, target)
        with opened(self.folder) as store:
            # What was killed or refused is done again: its claim may be there already,
            # to blobs that a collector took before it was.
            paths = [document.path for document in self.documents]
            archive_paths(store, paths, ArchiveOptions(min_size=0))
            collect(store, grace=0, retention=Retention(keep_last=1))
            self.losses += [f.what for f in verify(store, read_data=True).findings]
            # A restore takes what looks like a placeholder for one, where nothing
            # says that it is text: not for documents that are not archived.
            archived = [d for d in self.documents if d.path.read_bytes() != d.truth]
            restore_paths(store, [document.path for document in archived])
        for document in self.documents:
            if document.path.read_bytes() != document.truth:
                self.losses.append(f"{document.path.name}: restored in place, differs")


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_ctime_ns, found.st_size


def main() -> None:
    """Soak, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--window", type=float, default=0.0, metavar="MS")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--work", choices=sorted(WORK), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        if given.window:
            stretch(given.window / 1000)
        WORK[given.work](given.folder, given.seed)
    with contextlib.ExitStack() as stack:
        name = tempfile.mkdtemp(prefix="assetstore-soak-")
        if given.keep:
            print(name, flush=True)
        else:
            stack.callback(shutil.rmtree, name, ignore_errors=True)
        soak = Soak(Path(name), given.seed, given.window)
        soak.run(given.minutes * 60)
        counts, documents = soak.counts, soak.documents
        faults = counts.lines("faults")
        for text in [*faults[:20], *soak.losses[:20]]:
            print(text)
        print(
            f"archives {counts['archived']}, unchanged {counts['unchanged']}, "
            f"restores in place {counts['restored']}, refused {counts['refused']}, outrun {counts['outrun']}, "
            f"collections {counts['collections']}, "
            f"appends {documents.appends}, of these again {documents.again}, "
            f"written anew {documents.anew}, "
            f"kills {soak.kills}, stops {soak.stops}, "
            f"restores checked {soak.checked}, raced {soak.raced}, plain {soak.plain}, kept {soak.kept}, "
            f"faults = {len(faults)}, losses = {len(soak.losses)}",
        )
        print(f"| soak: restores compared | {soak.checked:,} | {len(soak.losses)} |")
        disturbed = soak.kills + soak.stops
        print(f"| soak: kills and stops; other ends | {disturbed:,} | {len(faults)} |")
        sys.exit(1 if faults or soak.losses else 0)


if __name__ == "__main__":
    main()
