"""The clients on this machine: what is here of theirs, and how much is pictures."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assetstore.agents.client_table import CLIENTS, KnownClient

_LONGEST_LIST = 1 << 22
_VARIABLE = re.compile(r"\{(\w+)\|([^}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundClient:
    """What of a client is here.

    Attributes:
        client: The client.
        files: Its files.
        size: Their bytes.
        looked: Whether somebody looked into them; else the following is 0.
        pictures: How many pictures are in them, or rows with pictures.
        taken: Bytes that an archive would take out of them.
        left: Bytes of pictures that it would leave, and of such rows.
    """

    client: KnownClient
    files: tuple[Path, ...]
    size: int
    looked: bool = False
    pictures: int = 0
    taken: int = 0
    left: int = 0

    @property
    def folder(self) -> str:
        """The folder that all of its files are below."""
        return os.path.commonpath([path.parent for path in self.files])


def find_clients(
    environ: Mapping[str, str],
    *,
    home: Path | None = None,
    clients: Iterable[KnownClient] = CLIENTS,
) -> Iterator[FoundClient]:
    """Look which clients have threads here; nothing is read but lists of projects.

    Args:
        environ: The environment, whose variables may name other folders.
        home: The user's folder; None: whoever runs this.
        clients: Those to look for.
    """
    home = home or Path.home()
    for client in clients:
        files = sorted(set(_files(client, environ, home)))
        if files:
            size = sum(map(size_of, files))
            yield FoundClient(client=client, files=tuple(files), size=size)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedIn:
    """Where a client's threads would be.

    Attributes:
        client: The client.
        folder: The first folder, here and now.
        variable: The variable of the environment that names another one, or "".
        more: How many others there are.
    """

    client: KnownClient
    folder: Path
    variable: str
    more: int


def looked_in(
    environ: Mapping[str, str],
    *,
    home: Path | None = None,
    clients: Iterable[KnownClient] = CLIENTS,
) -> Iterator[LookedIn]:
    """Tell where `find_clients` looks; the arguments are the same."""
    home = home or Path.home()
    for client in clients:
        folders: dict[Path, str] = {}
        for place in client.places:
            named = _placed(place, environ, home).partition(">")[0]
            variable = _VARIABLE.match(place)
            folders.setdefault(_split(named)[0], variable[1] if variable else "")
        folder, name = next(iter(folders.items()))
        yield LookedIn(
            client=client, folder=folder, variable=name, more=len(folders) - 1
        )


def _files(
    client: KnownClient, environ: Mapping[str, str], home: Path
) -> Iterator[Path]:
    for place in client.places:
        named, listed, inner = _placed(place, environ, home).partition(">")
        if listed:
            yield from _in_listed(Path(named), *inner.split("/", 1))
            continue
        root, pattern = _split(named)
        try:
            found = list(root.glob(pattern))
        except OSError:  # a folder that cannot be read has nothing for us
            continue
        yield from (path for path in found if path.is_file() and not path.is_symlink())


def _in_listed(path: Path, member: str, file: str) -> Iterator[Path]:
    """Look for a file in the folders that a client has noted in one of its own."""
    try:
        with path.open("rb") as noted:
            projects = json.loads(noted.read(_LONGEST_LIST))["projects"]
        folders = [Path(project[member]) for project in projects]
    except (OSError, ValueError, KeyError, TypeError):  # none, or another one
        return
    for folder in folders:
        found = folder / file
        if folder.is_absolute() and found.is_file() and not found.is_symlink():
            yield found


def _placed(place: str, environ: Mapping[str, str], home: Path) -> str:
    """Put a place's folders in place of their names."""

    def chosen(found: re.Match[str]) -> str:
        return environ.get(found[1]) or found[2]

    place = _VARIABLE.sub(chosen, place)
    for name, folder in (
        ("~", home),
        ("$data", _folder(environ, home, "XDG_DATA_HOME", ".local/share")),
        ("$app", _folder(environ, home, "XDG_CONFIG_HOME", ".config")),
    ):
        if place.startswith(name):
            return f"{folder}{place.removeprefix(name)}"
    return place


def _folder(environ: Mapping[str, str], home: Path, variable: str, usual: str) -> Path:
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    return Path(environ.get(variable) or home / usual)


def _split(place: str) -> tuple[Path, str]:
    """The folder in front of the first part with a star, and the pattern in it."""
    parts = Path(place).parts
    first = next((i for i, part in enumerate(parts) if "*" in part), len(parts) - 1)
    return Path(*parts[:first]), str(Path(*parts[first:]))


def size_of(path: Path) -> int:
    """A file's bytes; 0: it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
