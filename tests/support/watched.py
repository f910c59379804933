"""What a process does outside a few folders, as strace sees it."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

STRACE = shutil.which("strace")

# "?" stands before a name: not every machine has each of them.
_OPENS = ("open", "openat", "openat2", "creat")
_CHANGES = (
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "rmdir",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "chmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "lchown",
    "fchownat",
    "truncate",
    "utimensat",
    "mknod",
    "mknodat",
    "setxattr",
    "lsetxattr",
    "removexattr",
    "lremovexattr",
)
_CALLS = (*_OPENS, *_CHANGES, "execve", "execveat", "connect", "bind")
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (?:\d+|0x[0-9a-f]+)(?:<(.*)>)?$")
_WRITES = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TRUNC)")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<((?:[^<>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"')
# What a program may write to wherever it is: nothing, and locks between processes.
_ANYWHERE = ("/dev/null", "/dev/tty", "/dev/shm/", "/proc/self/")  # noqa: S108


@dataclass(frozen=True, slots=True)
class Watched:
    """A run, and what of it was seen that must not be."""

    code: int
    out: bytes
    err: str
    outside: list[str]


@dataclass(frozen=True, slots=True)
class Watch:
    """What a program may do.

    Attributes:
        folder: Where it runs.
        writes: Below which folders it may write.
        never: The folder below which it may not even read.
        trace: The file that strace writes.
    """

    folder: Path
    writes: Sequence[Path]
    never: Path
    trace: Path

    def run(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        seconds: float,
        reads: bool = False,
    ) -> Watched:
        """Run a program to its end, its children with it.

        Args:
            words: The command line.
            environment: The environment.
            seconds: How long it may take.
            reads: Whether it may read below the folder where nobody may write.

        Raises:
            subprocess.TimeoutExpired: It took longer, and was ended.
        """
        command = [*words]
        if STRACE is not None:
            calls = ",".join(f"?{name}" for name in _CALLS)
            options = ["-f", "-qq", "-y", "--seccomp-bpf", "-s", "4096"]
            only = ["-e", f"trace={calls}", "-e", "status=successful"]
            command = [STRACE, *options, *only, "-o", str(self.trace), *words]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # what it started, too
            process.communicate()
            raise
        return Watched(
            process.returncode,
            out,
            err.decode("utf-8", "replace"),
            list(self._found(words[0], reads=reads)) if STRACE is not None else [],
        )

    def _found(self, program: str, *, reads: bool) -> Iterator[str]:
        mine = {program, sys.executable, os.path.realpath(sys.executable)}
        for line in self.trace.read_text("utf-8", "replace").splitlines():
            match = _LINE.match(line)
            if match is None:
                continue
            call, given, opened = match.groups()
            paths = self._paths(given)
            if call in _OPENS:
                path = opened or ""
                writes = call == "creat" or _WRITES.search(given)
                bad = writes and not self._may(path)
                bad = bad or (not reads and _below(path, [self.never]))
            elif call in ("execve", "execveat"):
                bad = not mine.issuperset(paths[:1])
            elif call in ("connect", "bind"):
                bad = True
            else:  # what a link says is nothing that is changed
                changed = paths[1:] if "symlink" in call else paths[:2]
                bad = not all(map(self._may, changed))
            if bad:
                yield line

    def _paths(self, given: str) -> list[str]:
        found = []
        for base, path in _PATH.findall(given):
            whole = os.path.join(base or str(self.folder), path)  # noqa: PTH118
            parent, name = os.path.split(whole)
            found.append(f"{os.path.realpath(parent)}/{name}")
        return found

    def _may(self, path: str) -> bool:
        return _below(path, self.writes) or path.startswith(_ANYWHERE)


def _below(path: str, folders: Sequence[Path]) -> bool:
    return any(path == str(f) or path.startswith(f"{f}/") for f in folders)
