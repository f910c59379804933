"""The names of files that are beside a document for a while."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Self

from assetstore.files.in_use import written_by_others
from assetstore.patterns import later

# A temporary file's name: the document's, then this.
_MARK = ".assetstore-"
_RANDOM = later(r"[0-9a-f]{16}\.tmp")
_SWAP = later("-".join(["([0-9a-f]{1,16})"] * 6) + r"\.swap")
_TEMPORARY = later(rf"\..*\.assetstore-(?:{_RANDOM.pattern}|{_SWAP.pattern})")
# How many bytes of a document's name are in a draft's, and in that of what is kept.
_LONGEST, LONGEST_KEPT = 120, 200
_TIMES = (1 << 64) - 1


File = tuple[int, int, int]


class NameSwap(NamedTuple):
    """What is about to exchange its name with a document; its own name says so.

    Who finds it after the process was killed can tell the two files apart, and
    whether anybody wrote to one of them. Each is its inode, its size in bytes, and
    when it was modified, in nanoseconds since 1970, modulo 2^64.

    Attributes:
        new: The new file.
        old: The document that was read.
    """

    new: File
    old: File

    @classmethod
    def named(cls, name: str, document: Path) -> Self | None:
        """Read the name of a document's draft; None: it is no such file."""
        match = _SWAP.fullmatch(name.removeprefix(draft_prefix(document)))
        if match is None:
            return None
        a, b, c, x, y, z = (int(number, 16) for number in match.groups())
        return cls((a, b, c), (x, y, z))

    @classmethod
    def of(cls, new: os.stat_result, old: os.stat_result) -> Self:
        """For two files."""
        return cls(_file(new), _file(old))

    def speaks_of(self, left: os.stat_result, now: os.stat_result | None) -> bool:
        """Tell whether two files, or one, are what exchanged their names.

        One that was copied, or came out of a repository, has another inode than its
        name says. Only what some program put in the document's place just then has
        one of its own; then the new file is at that place.

        Args:
            left: The file that has this name.
            now: The document, if there is one.
        """
        ours = self.new[0], self.old[0]
        return left.st_ino in ours or (now is not None and now.st_ino == self.new[0])

    def is_new(self, found: os.stat_result) -> bool:
        """Tell whether this is the new file, and nobody wrote to it since."""
        return _file(found) == self.new

    def is_old(self, found: os.stat_result) -> bool:
        """Tell whether this is the file that was read, and nobody wrote to it since."""
        return _file(found) == self.old

    def spares(self, path: Path) -> bool:
        """Tell whether a file is the new one, and no program wrote or writes to it."""
        found = path.lstat()
        file = found.st_dev, found.st_ino
        return self.is_new(found) and not written_by_others({file})

    def name(self, target: Path) -> str:
        """Name a document's new file."""
        numbers = "-".join(f"{number:x}" for number in (*self.new, *self.old))
        return f"{draft_prefix(target)}{numbers}.swap"


def _file(found: os.stat_result) -> File:
    return found.st_ino, found.st_size, found.st_mtime_ns & _TIMES


def is_temporary(name: str) -> bool:
    """Tell whether a file name is one of a `Draft`."""
    return _MARK in name and _TEMPORARY.fullmatch(name) is not None


def drafts_of(document: Path, names: Iterable[str]) -> list[str]:
    """Those of some names that are of a document's drafts."""
    start = draft_prefix(document)
    return [
        name
        for name in names
        if name.startswith(start)
        and (_RANDOM.fullmatch(name, len(start)) or _SWAP.fullmatch(name, len(start)))
    ]


def draft_prefix(document: Path) -> str:
    """Return how the names of a document's drafts begin."""
    name = cut(document.name, _LONGEST)
    if name != document.name:  # others may begin like it
        import hashlib  # long names are rare, and it loads all of OpenSSL

        digest = hashlib.blake2b(os.fsencode(document.name), digest_size=8)
        name += f"~{digest.hexdigest()}"
    return f".{name}{_MARK}"


def cut(name: str, most: int) -> str:
    """A file's name, or the beginning of it that has so many bytes."""
    data = name.encode("utf-8", "surrogateescape")
    return name if len(data) <= most else data[:most].decode("utf-8", "ignore")
