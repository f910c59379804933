"""Tell which documents other processes are writing to.

A program that keeps a file open and appends to it would go on writing to the
old file after a replacement, and what it writes would be lost. Linux says who
has what open, for the processes of the same user. Windows refuses to replace an
open file by itself. Elsewhere `--min-age` has to do.
"""

import os
from collections.abc import Collection

File = tuple[int, int]


def written_by_others(files: Collection[File]) -> dict[File, int]:
    """Files that another process has open for writing.

    Args:
        files: Pairs of device and inode.

    Returns:
        The process ids, for those files that are in use as far as can be seen.
    """
    found: dict[File, int] = {}
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return found
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
                file = seen.st_dev, seen.st_ino
                if file in files and _writes(process, number):
                    found[file] = int(process)
            except OSError:
                continue
    return found


def _writes(process: str, number: str) -> bool:
    with open(f"/proc/{process}/fdinfo/{number}", "rb") as file:  # noqa: PTH123
        for line in file:
            if line.startswith(b"flags:"):
                return int(line.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY
    return False
