"""The file that ``-o`` names: what must not be written over, or cannot be."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from assetstore.errors import UsageError
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft, absolute

_STREAM = "'-o -' writes to standard output."


def check_output(source: Path, target: Path) -> None:
    """Refuse a place for another form of a document that is none for a file.

    Args:
        source: The document, which is to be left alone.
        target: The file to write, over a plain file that is there.

    Raises:
        UsageError: It is the document itself, by whatever name; a symbolic link,
            which would be replaced; a folder, a device or a FIFO; or it is to be in
            a folder that does not exist.
        OSError: It cannot be told.
    """
    try:
        there = target.lstat()
    except (FileNotFoundError, NotADirectoryError):
        if not target.parent.is_dir():
            raise UsageError(
                f"there is no folder {target.parent} to write {target.name} in",
                hint="Check the name, or make it.",
                path=str(target),
            ) from None
        return
    if _is_same(source, target):
        raise UsageError(
            f"{target} is the file itself",
            hint="Leave --output out to change it in place.",
            path=str(target),
        )
    if stat.S_ISLNK(there.st_mode):
        real = Path(os.path.realpath(target))
        plain = real.is_file() or not os.path.lexists(real)
        raise UsageError(
            f"{target} is a symbolic link, and would be replaced",
            hint=f"Name the file that it leads to: {real}" if plain else _STREAM,
            path=str(target),
        )
    if stat.S_ISDIR(there.st_mode):
        raise UsageError(
            f"{target} is a folder",
            hint=f"Name a file in it: {target / source.name}",
            path=str(target),
        )
    if not stat.S_ISREG(there.st_mode):
        raise UsageError(
            f"{target} is not a plain file, and would be replaced",
            hint=_STREAM,
            path=str(target),
        )


def write_output(
    target: Path, pieces: Iterable[bytes], *, sources: Iterable[Path]
) -> None:
    """Write a file that somebody named, durably, for nobody but its owner to read.

    Args:
        target: The file, over a plain file that is there.
        pieces: Its bytes.
        sources: What they were made from, which is to be left alone.

    Raises:
        UsageError: `check_output` refuses it.
        OSError: It cannot be written.
    """
    target = absolute(target)
    for source in sources:
        check_output(absolute(source), target)
    Sweeper().sweep(target)
    with Draft(target) as draft:
        for piece in pieces:
            draft.write(piece)
        draft.publish()


def _is_same(source: Path, target: Path) -> bool:
    """Tell whether two paths lead to one file, over links or by a second name of it."""
    try:
        return source.samefile(target)
    except OSError:
        return False
