"""Run commands, in turn, and take their times and their memory."""

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command.

    Attributes:
        seconds: Wall time, from start to end of the process.
        cpu: Processor time of it and of what it started, in seconds.
        rss: Peak resident memory of its largest process, in bytes.
    """

    seconds: float
    cpu: float
    rss: int


def run(command: Sequence[str], environment: dict[str, str], out: Path) -> Run:
    """Run a command to its end.

    Raises:
        SystemExit: It failed.
    """
    program = shutil.which(command[0]) or command[0]
    actions = [
        (
            os.POSIX_SPAWN_OPEN,
            1,
            str(out),
            os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
            0o600,
        ),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    start = time.perf_counter()
    pid = os.posix_spawn(program, command, environment, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"{' '.join(command)}: exit code {code}\n{out.read_text()[-2000:]}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


@dataclass(slots=True)
class Contender:
    """Something that is measured.

    Attributes:
        name: What the table calls it.
        command: Its words.
        before: Called before each run; not measured.
        after: Called behind each run; not measured. Checks what was done, and
            returns how many bytes are kept.
        runs: Its runs.
        kept: What `after` said last.
    """

    name: str
    command: Sequence[str]
    before: Callable[[], object] = lambda: None
    after: Callable[[], int] = lambda: 0
    runs: list[Run] = field(default_factory=list)
    kept: int = 0

    @property
    def median(self) -> float:
        """Of its wall times, in seconds."""
        return statistics.median(r.seconds for r in self.runs)

    @property
    def spread(self) -> str:
        """Shortest and longest wall time."""
        times = [r.seconds for r in self.runs]
        return f"{min(times):.2f}–{max(times):.2f}"

    @property
    def rss(self) -> int:
        """Largest peak memory, in bytes."""
        return max(r.rss for r in self.runs)

    def ratio(self, floor: "Contender") -> float:
        """The median of the ratios to another's run of the same round."""
        return statistics.median(
            mine.seconds / other.seconds
            for mine, other in zip(self.runs, floor.runs, strict=True)
        )


def in_turn(
    contenders: Sequence[Contender], rounds: int, environment: dict[str, str], out: Path
) -> None:
    """Run all of them once, then again, so that a slow minute hits them alike."""
    for number in range(rounds):
        for contender in contenders:
            contender.before()
            contender.runs.append(run(contender.command, environment, out))
            contender.kept = contender.after()
            seconds = contender.runs[-1].seconds
            print(
                f"  {number + 1}/{rounds} {contender.name}: {seconds:.2f} s", flush=True
            )


def copy_synced(source: Path, target: Path) -> None:
    """Copy a file and wait until it is on disk, so that no run pays for it."""
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def size_below(folder: Path) -> int:
    """The sizes of all files below a folder."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
