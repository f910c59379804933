"""Names as their folder has them, where a file has a name whatever its case.

macOS and Windows find `Page.html` as `page.html`, too (and Linux does in some folders).
Manifests name documents, and a replacement gives a file the name that it is called by:
so a document has one name here, the one in its folder.
"""

import os
from collections.abc import Iterable
from pathlib import Path


def as_spelled(paths: Iterable[Path]) -> list[Path]:
    """Some paths, each as its folders have the names in it.

    What is not there, and what is in folders that tell cases apart, stays as it is
    given. No link is followed.
    """
    known: dict[Path, Path] = {}
    return [_spelled(path, known) for path in paths]


def _spelled(path: Path, known: dict[Path, Path]) -> Path:
    """Look up a path, and the folders that it names, each once."""
    if path not in known:
        folder = path.parent
        above = folder if folder == path else _spelled(folder, known)
        name = _name(above, path.name)
        same = name == path.name and above == folder
        known[path] = path if same else above / name
    return known[path]


def _name(folder: Path, name: str) -> str:
    other = name.swapcase()
    if other == name:
        return name
    try:
        there = os.lstat(folder / name)
        if not os.path.samestat(there, os.lstat(folder / other)):
            return name
        names = os.listdir(folder)
    except OSError:  # one of them is not there: names have a case, or it has no file
        return name
    if name in names:  # two names of one file, or the right one
        return name
    alike = [each for each in names if _plain(each) == _plain(name)]
    return alike[0] if len(alike) == 1 else name


def _plain(name: str) -> str:
    import unicodedata  # macOS finds a name by another way to write its accents, too

    return unicodedata.normalize("NFC", name).casefold()
