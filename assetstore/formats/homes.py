"""Where agents keep everything they know, and what of it are session logs.

A home holds credentials, databases, settings and locks beside the logs; none of it is
ours. It is known by its name or by what is in it, since homes lie at other places
too: where a variable of the environment says, and inside other agents' folders.
"""

import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class HomeShape:
    """What the homes of a client look like.

    Attributes:
        title: What people call the client.
        name: The folder's usual name, in the user's; with that of the one around it,
            where it alone tells nothing.
        variable: The variable of the environment that names another folder.
        logs: The folders of session logs, the one that makes a home first.
        log: What a log is called, with ``*`` for anything.
        own: What lies beside these folders in no other program's folder.
        beside: What else lies there.
        shape: What stands in the first of them.
        inside: Where the home is in the folder that the variable names; "": it is that.
        mixed: Whether logs are of several formats, each told by itself.
        within: The folder in each of these where the logs are, by which it is told
            from another client's; "": there is none.
    """

    title: str
    name: str
    variable: str
    logs: tuple[str, ...]
    log: str
    own: re.Pattern[str]
    beside: re.Pattern[str]
    shape: re.Pattern[str]
    inside: str = ""
    mixed: bool = False
    within: str = ""


class Home(NamedTuple):
    """An agent's home.

    Attributes:
        folder: The folder.
        kind: Whose.
    """

    folder: str
    kind: HomeShape

    @property
    def reason(self) -> str:
        """The reason that users are given for what is left alone in it."""
        return f"{self.kind.title}'s own files: only its session logs are touched"

    def enters(self, way: str) -> bool:
        """Tell whether session logs may be below a folder, by its way from the home."""
        return way.partition("/")[0] in self.kind.logs

    def takes(self, way: str) -> bool:
        """Tell whether a file is a session log, by its way from the home."""
        name = way.rpartition("/")[2]
        return name != way and self.enters(way) and fnmatchcase(name, self.kind.log)


def find_home(
    folder: str, shapes: Iterable[HomeShape], names: Collection[str] | None = None
) -> Home | None:
    """The home that a folder is, or None.

    Args:
        folder: Its path.
        shapes: What homes look like.
        names: What is in it; None: that is looked at where it matters.
    """
    # Asked of each folder of a walk: nothing is made of a path before it matters.
    whole = _comparable(os.path.abspath(folder))
    for kind in shapes:
        if whole.endswith("/" + _comparable(kind.name)):
            return Home(folder, kind)
    for kind in shapes:
        if names is not None and kind.logs[0] not in names:
            continue
        logs = Path(folder, kind.logs[0])
        if names is None and not logs.is_dir():
            continue
        here = _names(Path(folder)) if names is None else names
        if kind.logs[0] not in here:
            continue
        own = sum(bool(kind.own.fullmatch(n)) for n in here)
        if own > 1 or (
            (own or any(map(kind.beside.fullmatch, here)))
            and _looks(logs, kind, empty=own > 0)
        ):
            return Home(folder, kind)
    return None


def _comparable(path: str) -> str:
    """A path in which case and slashes are as the system compares them."""
    return os.path.normcase(path).replace(os.sep, "/")


def _looks(folder: Path, kind: HomeShape, *, empty: bool) -> bool:
    """Tell whether a folder has what a folder of logs has, or may be an empty one."""
    names = _names(folder)
    if not names:
        return empty
    if kind.within:
        return any((folder / n / kind.within).is_dir() for n in names[:_LOOKED_AT])
    return any(map(kind.shape.fullmatch, names)) or any(
        name.endswith(".jsonl")
        for inner in names[:_LOOKED_AT]
        for name in _names(folder / inner)
    )


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
