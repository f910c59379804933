"""Random commands on one store and its documents, killed at random; then all compared.

    python -m benchmarks.stress [--minutes 10] [--seed 1] [--keep]

Six processes at a time run commands as a user would type them, on documents that grow,
quote their own placeholders and are written anew: archive, restore, rescue and its
undo, ls, log, stats, doctor, verify, repair, optimize, gc without a grace. One in three
is killed (SIGKILL) after a random time. In the end `repair` and `gc` run once more, every
document is restored and compared with what was written to it, and `verify` reads every
byte. Exits with 1 where a byte was lost, or a command ended in a way that none should.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.soak_documents import Document, Documents

WORKERS = 6
# What a command may end with beside others that do the same work, or are killed: not
# all done, a finding, a damaged store that is being mended, locked, in use, refused.
_EXPECTED = {0, 1, 3, 4, 11, 12, 13, 16, -signal.SIGKILL}
_ALONE = (
    ("ls",),
    ("ls", "--blobs"),
    ("log",),
    ("stats",),
    ("doctor", "--all"),
    ("verify",),
    ("verify", "--read-data"),
    ("repair",),
    ("optimize",),
    ("gc", "--grace", "0"),
    ("gc", "--grace", "0", "--max-unused", "0"),
    ("gc", "-n"),
)


@dataclass(slots=True)
class Stress:
    """A store, documents, and what became of the commands.

    Attributes:
        folder: Where all of it is.
        documents: The documents.
        ended: How often a command ended with an exit code.
        problems: What should not have happened.
    """

    folder: Path
    documents: Documents
    ended: Counter[tuple[str, int]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def command(self, *words: str | Path, kill: float | None = None) -> int:
        """Run a command, and kill it after some seconds if it still runs."""
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("ASSETSTORE")},
            "HOME": str(self.folder),
            "ASSETSTORE_STORE": str(self.folder / "store"),
            **{
                f"XDG_{name}_HOME": str(self.folder / "xdg" / name)
                for name in ("CONFIG", "CACHE", "STATE", "DATA")
            },
        }
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "assetstore", *map(str, words)],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        said = b""
        try:
            said = process.communicate(timeout=kill)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[1]
        code = process.returncode
        with self.lock:
            self.ended[words[0] if isinstance(words[0], str) else "", code] += 1
            if code not in _EXPECTED or b"Traceback" in said:
                text = said.decode("utf-8", "replace")[-2000:]
                self.problems.append(f"{words} ended with {code}: {text}")
        return code

    def work(self, until: float, seed: int) -> None:
        """Run one command after the other."""
        r = random.Random(seed)
        while time.monotonic() < until:
            kill = r.uniform(0.1, 1.5) if r.random() < 0.33 else None
            which = r.random()
            if which < 0.3:
                self.command(*r.choice(_ALONE), kill=kill)
            elif which < 0.4:
                jobs = ("--jobs", "2") if r.random() < 0.5 else ()
                words = ("archive" if r.random() < 0.8 else "restore", *jobs)
                self.command(*words, self.folder / "documents", kill=kill)
            else:
                self._on_one(self.documents.choose(r), r, kill)

    def _on_one(self, document: Document, r: random.Random, kill: float | None) -> None:
        """Run a command on one document, and compare it if it was not killed."""
        copy = self.folder / f"copy-{threading.get_ident()}.jsonl"
        with document.lock:
            words: tuple[str | Path, ...]
            match r.randrange(6):
                case 0 | 1:
                    words = ("archive", document.path)
                case 2:
                    words = ("restore", document.path)
                case 3:
                    words = ("rescue", document.path, "--now")
                case 4:
                    words = ("rescue", "--undo", document.path)
                case _:
                    words = ("restore", document.path, "-o", copy)
            if self.command(*words, kill=kill) == 0 and words[-1] == copy:
                self._compare(document, copy)
        copy.unlink(missing_ok=True)

    def _compare(self, document: Document, path: Path) -> None:
        if path.read_bytes() != document.truth:
            kept = self.folder / "lost"
            kept.mkdir(exist_ok=True)
            document.keep(kept)
            shutil.copy(path, kept / f"{document.path.name}.restored")
            with self.lock:
                self.problems.append(f"{document.path.name} lost bytes: see {kept}")

    def edit(self, until: float) -> None:
        """Write to the documents as their programs do."""
        while time.monotonic() < until:
            self.documents.edit()
            time.sleep(0.05)

    def end(self) -> int:
        """Mend, collect, restore and compare; how many documents were compared."""
        for words in (("repair",), ("gc", "--grace", "0")):
            self.command(*words)
        count = 0
        for document in self.documents:
            code = self.command("restore", document.path)
            if code not in (0, 1):
                self.problems.append(f"{document.path.name}: restored with {code}")
            self._compare(document, document.path)
            count += 1
        if self.command("verify", "--read-data") != 0:
            self.problems.append("verify found something in the end")
        return count


def main() -> None:
    """Run for a while, and print what was done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the folder there")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="stress-"))
    stress = Stress(folder, Documents(folder / "documents", given.seed))
    stress.command("archive", folder / "documents")
    until = time.monotonic() + 60 * given.minutes
    threads = [
        threading.Thread(target=stress.work, args=(until, given.seed * 1000 + i))
        for i in range(WORKERS)
    ]
    threads.append(threading.Thread(target=stress.edit, args=(until,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    compared = stress.end()
    killed = sum(n for (_, code), n in stress.ended.items() if code < 0)
    lost = sum("lost bytes" in problem for problem in stress.problems)
    print("| What | Tried | Failed |\n|---|---:|---:|")
    print(
        f"| commands, {killed:,} of them killed | {stress.ended.total():,} | ", end=""
    )
    print(f"{len(stress.problems) - lost} |")
    print(f"| documents compared in the end | {compared} | {lost} |")
    for problem in stress.problems:
        print(problem, file=sys.stderr)
    if not given.keep and not stress.problems:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
    sys.exit(bool(stress.problems))


if __name__ == "__main__":
    main()
