"""Tell which documents other processes are writing to.

A program that keeps a file open and appends to it would go on writing to the
old file after a replacement, and what it writes would be lost. Linux says who
has what open, for the processes of the same user; elsewhere psutil asks the system.
Windows refuses to replace an open file by itself.

For the moment of the replacement itself there is a lease (fcntl(2), "Leases"): Linux
grants it only while nobody has the file open for writing, and then lets everybody
wait who opens it for that.
"""

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from assetstore.errors import SourceInUse

if sys.platform == "linux":
    import fcntl

File = tuple[int, int]
_REMOTE = ("nfs", "cifs", "smb", "ceph", "9p", "afs")


def written_by_others(files: Collection[File]) -> dict[File, int]:
    """Files that another process has open for writing.

    Args:
        files: Pairs of device and inode.

    Returns:
        The process ids, for those files that are in use as far as can be seen.
    """
    return {
        file: int(process)
        for file, process, number in _open_files(files)
        if _writes(process, number)
    }


def opened_by_others(path: Path) -> str:
    """Name who has a file open: "codex, process 4711"; "": nobody can tell."""
    try:
        seen = path.stat()
    except OSError:
        return ""
    for _, process, _ in _open_files({(seen.st_dev, seen.st_ino)}):
        return called(int(process))
    return ""


@contextlib.contextmanager
def leased(fd: int, name: str) -> Iterator[Callable[[], bool]]:
    """Let everybody wait who would open a file for writing, as long as the block runs.

    Where that cannot be had (other systems, network file systems, other people's
    files), the block runs without; on Linux after a look at who has the file open.

    Args:
        fd: The file, open for reading only.
        name: What to call it.

    Yields:
        Says whether nobody is waiting; of those who do, it is the file they have
        already found.

    Raises:
        SourceInUse: Somebody has it open for writing.
    """
    if sys.platform != "linux":
        yield lambda: True
        return
    try:
        # Told by this signal that somebody waits; nobody listens, as we ask.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as e:
        if e.errno == errno.EAGAIN and not _is_remote(os.fstat(fd).st_dev):
            raise in_use(name, _who_writes(fd)) from None
        refuse_written(fd, name)
        yield lambda: True
        return
    try:
        yield lambda: fcntl.fcntl(fd, fcntl.F_GETLEASE) == fcntl.F_RDLCK
    finally:
        with contextlib.suppress(OSError):  # taken away, after a minute or so
            fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)


def claim(fd: int) -> bool:
    """Mark an open file as one that this process is at work on (flock(2)).

    Returns:
        False where another process does.
    """
    if sys.platform == "linux":
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without
            pass
    return True


def refuse_written(fd: int, name: str) -> None:
    """Look whether another process has an open file open for writing, too.

    Raises:
        SourceInUse: One has.
    """
    if who := _who_writes(fd):
        raise in_use(name, who)


def _who_writes(fd: int) -> str:
    """Name who has an open file open for writing, too; "": nobody can tell."""
    seen = os.fstat(fd)
    writing = written_by_others({(seen.st_dev, seen.st_ino)})
    return next(map(called, writing.values()), "")


def in_use(name: str, who: str = "") -> SourceInUse:
    """The error that somebody has a file open for writing.

    Args:
        name: The file.
        who: The process; "": of another user, whose files nobody can see.
    """
    return SourceInUse(
        f"{name} is open for writing in {who or 'another program'}",
        hint="Close that program, or wait for it, and try again.",
        path=name,
    )


def _is_remote(device: int) -> bool:
    """Tell whether a file system is one that refuses leases for reasons of its own.

    NFS and SMB do so, with the same error, where their server grants none.
    """
    place = f"{os.major(device)}:{os.minor(device)}"
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text("utf-8").splitlines():
            # proc_pid_mountinfo(5): the device is third, the type behind the hyphen.
            before, _, behind = line.partition(" - ")
            if before.split()[2] == place:
                return behind.startswith(_REMOTE)
    return False


def called(process: int) -> str:
    """A process by name and number."""
    import psutil

    try:
        name = psutil.Process(process).name()
    except psutil.Error:
        name = ""
    return f"{name}, process {process}" if name else f"process {process}"


def _open_files(files: Collection[File]) -> Iterator[tuple[File, str, str]]:
    """Those of some files that other processes have open, with the descriptors."""
    if not files:
        return
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        yield from _asked(files)
        return
    own = str(os.getpid())
    for process in processes:
        if process == own:
            continue
        folder = f"/proc/{process}/fd"
        try:
            numbers = os.listdir(folder)
        except OSError:
            continue
        for number in numbers:
            try:
                is_file = os.readlink(f"{folder}/{number}").startswith("/")
                if not is_file:
                    continue
                seen = os.stat(f"{folder}/{number}")
            except OSError:
                continue
            file = seen.st_dev, seen.st_ino
            if file in files:
                yield file, process, number


def _asked(files: Collection[File]) -> Iterator[tuple[File, str, str]]:
    """The same by psutil, which does not say what a file was opened for."""
    import psutil

    for process in psutil.process_iter():
        try:
            opened = process.open_files() if process.pid != os.getpid() else ()
        except (psutil.Error, OSError):
            continue
        for found in opened:
            with contextlib.suppress(OSError):
                seen = os.stat(found.path)
                if (seen.st_dev, seen.st_ino) in files:
                    yield (seen.st_dev, seen.st_ino), str(process.pid), ""


def _writes(process: str, number: str) -> bool:
    if not number:
        return True  # it cannot be told; better not to lose what it writes
    try:
        text = Path(f"/proc/{process}/fdinfo/{number}").read_bytes()
    except OSError:
        return False
    for line in text.splitlines():
        if line.startswith(b"flags:"):
            return int(line.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY
    return False
