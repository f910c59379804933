"""What a file system is told about a file: not to change it, to dump it, to copy it."""

import contextlib
import os
import stat
import struct
import sys
from pathlib import Path

from assetstore.errors import SourceRefused

# FS_IOC_GETFLAGS and FS_IOC_SETFLAGS of Linux's uapi/linux/fs.h: the size of a long is
# in their numbers, but what is read and written are 32 bits.
_LONG = struct.calcsize("l")
_GET = 2 << 30 | _LONG << 16 | ord("f") << 8 | 1
_SET = 1 << 30 | _LONG << 16 | ord("f") << 8 | 2
_IMMUTABLE, _APPEND, _VERITY = 0x10, 0x20, 0x100000
# What a user may ask for, by chattr's letters.
_KEPT = {
    "s": 0x1,
    "u": 0x2,
    "c": 0x4,
    "S": 0x8,
    "d": 0x40,
    "A": 0x80,
    "m": 0x400,
    "j": 0x4000,
    "t": 0x8000,
    "C": 0x800000,
    "x": 0x2000000,
}
_WORDS = {
    _IMMUTABLE: ("may not be changed (it is immutable)", "chattr -i"),
    _APPEND: ("may only be appended to", "chattr -a"),
    _VERITY: ("is sealed (fs-verity)", ""),
}


def refuse_fixed(fd: int, path: Path) -> None:
    """Refuse a file that its owner, or the administrator, had fixed.

    The folder as well: in one that is fixed nothing can be replaced, and what is
    begun there could not be removed.

    Raises:
        SourceRefused: It may not be replaced.
    """
    _refuse(flags_of(fd), path, path)
    with contextlib.suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            found = flags_of(folder)
        finally:
            os.close(folder)
        _refuse(found & (_IMMUTABLE | _APPEND), path.parent, path)


def _refuse(flags: int, fixed: Path, path: Path) -> None:
    for flag, (words, remedy) in _WORDS.items():
        if flags & flag:
            raise SourceRefused(
                f"{fixed} {words}, so {path.name} is left alone",
                hint=f"{remedy} takes that away; " * bool(remedy)
                + "--output writes the result elsewhere.",
                path=str(path),
            )


def copy_flags(source: int, fd: int, path: Path) -> None:
    """Give an open file the flags of another, as far as its file system lets it.

    Args:
        source: The file to be like.
        fd: The one that will take its place.
        path: That one's path.
    """
    if hasattr(os, "chflags"):  # macOS, BSD
        wanted = getattr(os.fstat(source), "st_flags", 0)
        if wanted := wanted & (stat.UF_NODUMP | getattr(stat, "UF_HIDDEN", 0)):
            with contextlib.suppress(OSError):
                os.chflags(path, wanted)
        return
    wanted, there = flags_of(source), flags_of(fd)
    # One that is refused (it needs a right, or another file system) takes none along.
    for flag in _KEPT.values():
        if (wanted ^ there) & flag and _set(fd, there ^ flag):
            there ^= flag


def flags_of(fd: int) -> int:
    """Return an open file's flags, as Linux numbers them; 0 where there are none."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            answer = fcntl.ioctl(fd, _GET, bytes(_LONG))
            return int(struct.unpack_from("I", answer)[0])
    elif found := getattr(os.fstat(fd), "st_flags", 0):
        immutable = found & (stat.UF_IMMUTABLE | stat.SF_IMMUTABLE)
        append = found & (stat.UF_APPEND | stat.SF_APPEND)
        return _IMMUTABLE * bool(immutable) | _APPEND * bool(append)
    return 0


def _set(fd: int, flags: int) -> bool:
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.ioctl(fd, _SET, struct.pack("I", flags).ljust(_LONG, b"\0"))
            return True
    return False
