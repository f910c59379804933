"""What a month of threads costs that are kept.

    python -m benchmarks.keeper [--threads 200] [--days 30] [--write]

Makes up threads of Claude Code that are begun over a month: each is at work for some
hours on one to four days, with what agents have in their logs (requests, calls, what
tools gave: source code of Python's own library, and screenshots, some of them again).
Every hour the threads are kept; logs that were quiet for a day are archived; once a
week garbage is collected by the usual rules. At the end all logs are deleted, brought
back, and compared. ``--write`` writes benchmarks/KEEPER.md.

The text depends on the version of Python; everything else is the same on every run.
"""

import argparse
import base64
import json
import os
import random
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import zstandard
from blake3 import blake3

from assetstore.agents.kept.bring_back import bring_back
from assetstore.agents.kept.groups import threads_in
from assetstore.agents.kept.keeper import Keeper
from assetstore.agents.kept.listing import kept_manifests
from assetstore.archiver.run import archive_paths
from assetstore.documents.upkeep import collect
from assetstore.store.store import Store
from benchmarks.make_log import WORDS, png

HERE = Path(__file__).parent
_HOUR, _DAY = 3600, 86400
_BEGIN = 1_780_000_000
_SOURCES = 300


@dataclass
class Month:
    """What a month came to.

    Attributes:
        text: Bytes of logs that are no pictures.
        pictures: Bytes of logs that are.
        slim: Bytes of the logs at the end, archived as far as they were quiet.
        packed: The logs at the end, each compressed with zstd -3.
        store: Bytes of the store's files.
        settled: The same when the grace period of all that was replaced is over.
        manifests: How many manifests it has.
        kept: How often something new of a thread was kept.
        written: Bytes that keeping added to the store.
        seconds: Processor time of keeping.
        idle: Processor time of an hour in which nothing is new.
        back: Processor time of bringing all threads back.
    """

    text: int = 0
    pictures: int = 0
    slim: int = 0
    packed: int = 0
    store: int = 0
    settled: int = 0
    manifests: int = 0
    kept: int = 0
    written: int = 0
    seconds: float = 0.0
    idle: float = 0.0
    back: float = 0.0


@dataclass
class Worker:
    """A thread at work.

    Attributes:
        path: Its log.
        hours: The hours in which it is at work, since the month began.
        shots: What screenshots it has had.
    """

    path: Path
    hours: list[int]
    dice: random.Random
    shots: list[str] = field(default_factory=list)
    turns: int = 0

    def work(self, sources: list[str], month: Month, now: int) -> None:
        """Append an hour of work."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            for _ in range(self.dice.randrange(2, 12)):
                for record, shot in self._turn(sources):
                    line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
                    month.pictures += len(shot)
                    month.text += len(line) - len(shot)
                    file.write(line)
        os.utime(self.path, (now, now))

    def _turn(self, sources: list[str]) -> list[tuple[dict[str, object], str]]:
        dice, self.turns = self.dice, self.turns + 1
        said = " ".join(dice.choices(WORDS, k=dice.randrange(5, 120)))
        made = [(self._record("user", [{"type": "text", "text": said}]), "")]
        for call in range(dice.randrange(1, 6)):
            id = f"toolu_{dice.getrandbits(96):024x}"
            use = {"type": "tool_use", "id": id, "name": "Read", "input": {"n": call}}
            source = dice.choice(sources)
            start = dice.randrange(max(1, len(source) - 100))
            shown: list[object] = [
                {"type": "text", "text": source[start : start + dice.randrange(5000)]}
            ]
            shot = self._shot() if dice.random() < 0.04 else ""
            if shot:
                form = {"type": "base64", "media_type": "image/png", "data": shot}
                shown.append({"type": "image", "source": form})
            gave = {"type": "tool_result", "tool_use_id": id, "content": shown}
            made.append((self._record("assistant", [use]), ""))
            made.append((self._record("user", [gave]), shot))
        answer = " ".join(dice.choices(WORDS, k=dice.randrange(20, 300)))
        made.append((self._record("assistant", [{"type": "text", "text": answer}]), ""))
        return made

    def _shot(self) -> str:
        if not self.shots or self.dice.random() < 0.7:
            size = self.dice.randrange(10_000, 120_000)
            data = png(self.dice.getrandbits(32), size)
            self.shots.append(base64.b64encode(data).decode())
        return self.dice.choice(self.shots)

    def _record(self, kind: str, content: list[object]) -> dict[str, object]:
        id = UUID(int=self.dice.getrandbits(128))
        return {
            "parentUuid": str(UUID(int=self.dice.getrandbits(128))),
            "isSidechain": False,
            "userType": "external",
            "cwd": "/home/me/work",
            "sessionId": self.path.stem,
            "version": "2.1.112",
            "gitBranch": "main",
            "type": kind,
            "message": {"role": kind, "content": content},
            "uuid": str(id),
            "timestamp": "2026-10-01T10:00:00.000Z",
        }


def main() -> None:
    """Live a month twice, with threads kept and without, and tell the difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=200)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assetstore-keeper-") as name:
        folder = Path(name)
        kept = _month(folder / "kept", given.threads, given.days, keeping=True)
        alone = _month(folder / "alone", given.threads, given.days, keeping=False)
    text = "\n".join(_table(kept, alone, given.threads, given.days)) + "\n"
    print(text)
    if given.write:
        head = f"""# What a month of threads costs that are kept

`python -m benchmarks.keeper --threads {given.threads} --days {given.days} --write`
wrote this: made-up threads of Claude Code, kept every hour; logs that were quiet for a
day are archived; garbage is collected once a week with its grace period of 14 days.

"""
        (HERE / "KEEPER.md").write_text(head + text, "utf-8")


def _table(kept: Month, alone: Month, threads: int, days: int) -> list[str]:
    logs = kept.text + kept.pictures
    cost = kept.store - alone.store
    settled = kept.settled - alone.settled
    rows = [
        ("Logs as their client wrote them", logs, ""),
        ("of it pictures", kept.pictures, f"{kept.pictures / logs:.0%}"),
        ("of it text", kept.text, f"{kept.text / logs:.0%}"),
        ("Logs at the end, archived", kept.slim, f"{kept.slim / logs:.0%}"),
        ("The same, each packed with zstd -3", kept.packed, ""),
        ("The store, pictures alone", alone.store, f"{alone.store / logs:.0%}"),
        ("The store, with all threads kept", kept.store, f"{kept.store / logs:.0%}"),
        ("What keeping costs", cost, f"{cost / kept.text:.0%} of the text"),
        (
            "What it costs once the grace period of all is over",
            settled,
            f"{settled / kept.text:.0%} of the text, {settled / logs:.0%} of the logs",
        ),
        ("Written for it in the month", kept.written, "with what gc took since"),
    ]
    table = ["| | MB | |", "|---|---:|---|"]
    table += [f"| {name} | {size / 1e6:,.1f} | {more} |" for name, size, more in rows]
    hours = days * 24
    table += [
        "",
        f"{threads:,} threads, {days} days: something new was kept {kept.kept:,} times, "
        f"{kept.manifests:,} manifests are in the store. Processor time: "
        f"{kept.seconds:,.0f} s for {hours:,} hours, {kept.idle:.2f} s for an hour with "
        f"nothing new, {kept.back:.0f} s to bring all back. All came back byte for byte.",
    ]
    return table


def _month(folder: Path, threads: int, days: int, *, keeping: bool) -> Month:
    month, dice = Month(), random.Random(7)
    projects = folder / "home" / ".claude" / "projects" / "-home-me-work"
    sources = _sources()
    workers = [_worker(projects, dice, days) for _ in range(threads)]
    now = [0.0]
    with Store.open(
        folder / "store",
        create=True,
        cache_dir=folder / "cache",
        state_dir=folder / "state",
        clock=lambda: now[0],
    ) as store:
        quiet: dict[Path, int] = {}
        for hour in range((days + 2) * 24):  # two quiet days: all is archived
            now[0] = _BEGIN + hour * _HOUR
            for worker in workers:
                if hour in worker.hours:
                    worker.work(sources, month, int(now[0]))
                    quiet[worker.path] = hour
            done = [path for path, last in quiet.items() if hour - last >= 24]
            if done:
                archive_paths(store, done)
                for path in done:
                    del quiet[path]
            if keeping:
                month.seconds += _timed(lambda: _keep(store, projects, month))
            if hour % (7 * 24) == 7 * 24 - 1:
                collect(store)
            _told(hour, days)
        month.store = _stored(folder / "store")
        month.manifests = sum(1 for _ in store.manifest_keys())
        collect(store, grace=0)
        month.settled = _stored(folder / "store")
        if keeping:
            month.idle = _timed(lambda: _keep(store, projects, month))
            month.back = _timed(lambda: _back(store, projects))
    logs = list(projects.rglob("*.jsonl"))
    month.slim = sum(path.stat().st_size for path in logs)
    month.packed = sum(len(zstandard.compress(path.read_bytes())) for path in logs)
    return month


def _stored(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _sources() -> list[str]:
    library = Path(sysconfig.get_path("stdlib"))
    return [
        path.read_text("utf-8", "replace")
        for path in sorted(library.glob("*.py"))[:_SOURCES]
    ]


def _worker(projects: Path, dice: random.Random, days: int) -> Worker:
    begin = dice.randrange(days)
    hours = [
        day * 24 + hour
        for day in sorted({begin, *(begin + dice.randrange(6) for _ in range(3))})
        if day < days
        for hour in range(9, 9 + dice.randrange(1, 7))
    ]
    path = projects / f"{UUID(int=dice.getrandbits(128))}.jsonl"
    return Worker(path, hours, random.Random(dice.getrandbits(32)))


def _keep(store: Store, projects: Path, month: Month) -> None:
    if not projects.exists():
        return
    for thread in Keeper(store).keep(threads_in([projects])):
        if thread.error is not None:
            raise thread.error
        month.kept += thread.kept
        month.written += thread.stored


def _back(store: Store, projects: Path) -> None:
    """Delete all logs, bring them back, and compare."""
    before = {path: _hash(path) for path in projects.rglob("*.jsonl")}
    shutil.rmtree(projects)
    for manifest in kept_manifests(store):
        bring_back(store, manifest)
    if {path: _hash(path) for path in projects.rglob("*.jsonl")} != before:
        raise SystemExit("not all threads came back as they were")


def _hash(path: Path) -> bytes:
    return blake3(path.read_bytes()).digest()


def _timed(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _told(hour: int, days: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{hour:,} of {days * 24:,} hours", end="", file=sys.stderr)


if __name__ == "__main__":
    main()
