"""The program under strace: which system calls it makes, and faults in them.

The program runs in a fork of the test's own interpreter, in which everything is
imported already; it waits until strace is attached. So a run costs little, and what
is counted begins with the command and not with the interpreter.
"""

import contextlib
import functools
import importlib
import io
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.program import Program

# Every call by which a file system can change.
WRITES = (
    "openat",
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "pwritev2",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "fallocate",
    "ftruncate",
    "copy_file_range",
    "sendfile",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "chmod",
    "fchmod",
    "fchmodat",
    "fchown",
    "fchownat",
    "utimensat",
    "fsetxattr",
    "setxattr",
)
_HEX = re.compile(r"(?:\\x[0-9a-f]{2})+")
# Where one thread alone is traced, no line has its number.
_LINE = re.compile(r"(?:(\d+) +)?(\w+)\((.*)")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
# Calls that take bytes for a descriptor; and how a call names a file: by a descriptor,
# by a name below one, or by a name alone.
_DATA = ("write", "pwrite64", "writev", "pwritev", "pwritev2", "fsetxattr")
_NAMED = re.compile(r'(?:AT_FDCWD|\d+)<([^>]*)>(?:, "([^"]*)")?|"([^"]*)"')
_UNFINISHED = " <unfinished ...>"
_RESULT = re.compile(r"\)\s+= (-?\d+|\?)(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A system call.

    Attributes:
        thread: Its thread; 0 for the one that began.
        name: The call.
        number: Its number among the thread's calls of this name, from 1.
        text: Arguments, strings decoded as Latin-1.
        raw: The same as strace writes them.
        result: What it returned; -1: it failed.
        begun: At which line of the trace it began; the trace's own order is that
            in which calls ended.
        ended: At which line it ended.
    """

    thread: int
    name: str
    number: int
    text: str
    raw: str
    result: int
    begun: int
    ended: int

    def files(self, folder: Path) -> list[str]:
        """The files below a folder, in which the program runs, that it names."""
        # What is written may hold paths, too.
        named = f"{self.text.partition('>')[0]}>" if self.name in _DATA else self.text
        paths = (
            Path(place or folder, name or alone)
            for place, name, alone in _NAMED.findall(named)
        )
        return [
            path.relative_to(folder).as_posix()
            for path in paths
            if path.is_relative_to(folder)
        ]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: with an exit code, or minus the number of a signal."""

    code: int
    out: str
    err: str


@functools.cache
def unavailable() -> str:
    """Why nothing can be traced here, or ""."""
    if sys.platform != "linux":
        return "strace is a program of Linux"
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", "-o", os.devnull, "-e", "inject=fsync:error=EIO", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if tried.returncode == 0 else f"no process may be traced: {tried.stderr}"


def traced(
    program: Program,
    words: Sequence[str | Path],
    *,
    inject: str = "",
    thread: int | None = None,
    log: Path | None = None,
    change: Callable[[], None] = lambda: None,
) -> Ended:
    """Run a command under strace.

    Args:
        program: Where, and with which environment.
        words: The command.
        inject: A fault, as strace's ``-e inject=`` takes it.
        thread: Trace this one alone, from its beginning, by the order in which they
            are started, the first being 0; else all of them.
        log: Where the trace goes.
        change: Called in the new process before the command.
    """
    process = it_is = _forked(program, words, change, thread or 0)
    if thread:
        os.kill(process, signal.SIGCONT)
        _, status = os.waitpid(process, os.WUNTRACED)
        if not os.WIFSTOPPED(status):  # it did not start that thread
            if log is not None:
                log.write_bytes(b"")
            return _said(program, status)
        it_is = int(_output(program, 4).read_text("ascii"))
    command = ["strace", "-o", str(log or os.devnull), "-y", "-xx", "-s", "9999999"]
    command += ["-f"] if thread is None else []
    command += ["-e", f"trace={','.join('?' + name for name in WRITES)}"]
    command += ["-e", f"inject={inject}"] if inject else []
    tracer = Path(f"/proc/{process}/task/{it_is}/status")
    with subprocess.Popen([*command, "-p", str(it_is)], stderr=subprocess.PIPE) as it:
        while "TracerPid:\t0\n" in tracer.read_text():
            assert it.poll() is None, it.stderr and it.stderr.read()
            time.sleep(0.001)
        os.kill(process, signal.SIGCONT)
        _, status = os.waitpid(process, 0)
        it.communicate()
    return _said(program, status)


def forked(
    program: Program,
    words: Sequence[str | Path],
    change: Callable[[], None] = lambda: None,
) -> Ended:
    """Run a command in a fork of this interpreter, not traced."""
    process = _forked(program, words, change, 0)
    os.kill(process, signal.SIGCONT)
    _, status = os.waitpid(process, 0)
    return _said(program, status)


def _forked(
    program: Program,
    words: Sequence[str | Path],
    change: Callable[[], None],
    thread: int,
) -> int:
    """A process that is stopped in front of its command, and again in a thread."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about threads, from 3.12
        process = os.fork()
    if process == 0:
        code = 70
        try:
            code = _child(program, [str(word) for word in words], change, thread)
        finally:
            os._exit(code)
    _, status = os.waitpid(process, os.WUNTRACED)
    assert os.WIFSTOPPED(status), status
    return process


def _stop_in(thread: int, said: Path) -> None:
    """Stop the process at the beginning of its so-manieth other thread."""
    real, count = threading.Thread.run, itertools.count(1)

    def run(self: threading.Thread) -> None:
        if next(count) == thread:
            said.write_text(str(threading.get_native_id()), "ascii")
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
        real(self)

    setattr(threading.Thread, "run", run)  # noqa: B010


def _child(
    program: Program, words: list[str], change: Callable[[], None], thread: int
) -> int:
    import tempfile

    import assetstore.agents.codex.forks
    import assetstore.archiver.archive
    from assetstore.cli import main

    os.environ.clear()
    os.environ.update(program.environment)
    os.chdir(program.folder)
    tempfile.tempdir = program.environment.get("TMPDIR")  # found without a try
    for number in (1, 2):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        file = os.open(_output(program, number), flags, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False))
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)))
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "w", closefd=False)), write_through=True
    )
    # It looks at every process of the machine: how often, nobody can say before.
    setattr(assetstore.archiver.archive, "written_by_others", lambda files: {})  # noqa: B010
    # Whether a folder is listed anew depends on how old it is; so it always is.
    setattr(assetstore.agents.codex.forks, "_RACY", 1 << 62)  # noqa: B010
    sys.argv = ["assetstore", *words]
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        change()
        if thread:
            _stop_in(thread, _output(program, 4))
        main()
    except SystemExit as e:
        with contextlib.suppress(OSError):  # it may be this that a fault hits
            sys.stderr.flush()
            _output(program, 3).write_text("\n".join(sorted(sys.modules)), "utf-8")
        return e.code if isinstance(e.code, int) else 71
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
        return 72


def _output(program: Program, number: int) -> Path:
    # Beside the folder: what is written there is none of the program's business.
    return program.folder.with_name(f"{program.folder.name}.{number}")


def import_what_was_needed(program: Program) -> None:
    """Import what the last run did, so that the next ones need not."""
    for name in _output(program, 3).read_text("utf-8").splitlines():
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _said(program: Program, status: int) -> Ended:
    said = [_output(program, number).read_text("utf-8", "replace") for number in (1, 2)]
    return Ended(os.waitstatus_to_exitcode(status), *said)


def calls(log: Path) -> list[Call]:
    """The calls in a trace, in the order in which they ended."""
    found: list[Call] = []
    counts: Counter[tuple[int, str]] = Counter()
    threads: dict[str, int] = {}
    open_: dict[tuple[int, str], tuple[int, int, str]] = {}
    for at, line in enumerate(log.read_text("ascii").splitlines()):
        if (began := _LINE.match(line)) is not None:
            thread = threads.setdefault(began[1] or "", len(threads))
            name, rest = began[2], began[3]
            counts[thread, name] += 1
            if rest.endswith(_UNFINISHED):
                text = rest.removesuffix(_UNFINISHED)
                open_[thread, name] = counts[thread, name], at, text
                continue
            number, begun = counts[thread, name], at
        elif (resumed := _RESUMED.match(line)) is not None:
            thread, name = threads[resumed[1]], resumed[2]
            number, begun, rest = open_.pop((thread, name))
            rest += resumed[3]
        else:
            if (first := line.split(" ", 1)[0]).isdigit():
                threads.setdefault(first, len(threads))
            continue
        ended = list(_RESULT.finditer(rest))
        assert ended, line
        result = ended[-1][1]
        found.append(
            Call(
                thread=thread,
                name=name,
                number=number,
                text=_decoded(rest[: ended[-1].end(1)] + ended[-1][2]),
                raw=rest,
                result=-1 if result == "?" else int(result),
                begun=begun,
                ended=at,
            )
        )
    return found


def _decoded(text: str) -> str:
    return _HEX.sub(
        lambda m: bytes.fromhex(m[0].replace("\\x", "")).decode("latin-1"), text
    )


def strings(text: str) -> list[bytes]:
    """The quoted strings in a call as strace writes it."""
    found = re.findall(r'"((?:\\x[0-9a-f]{2})*)"', text)
    return [bytes.fromhex(each.replace("\\x", "")) for each in found]


def changes(log: Path, folder: Path) -> Iterator[Call]:
    """Those calls of a trace that change something below a folder."""
    for call in calls(log):
        if not call.files(folder):
            continue
        if call.name == "openat" and not re.search(
            r"O_CREAT|O_WRONLY|O_RDWR|O_TRUNC", call.text
        ):
            continue
        yield call
