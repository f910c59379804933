"""The clients on this machine: what is here of theirs, and how much is pictures."""

import os
import re
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assetstore.agents.client_table import CLIENTS, KnownClient
from assetstore.archiver.options import ArchiveOptions
from assetstore.archiver.run import archive_paths
from assetstore.files.databases import columns_of, opened_to_read, quoted_name
from assetstore.progress import SILENT, Progress
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.store import Store

_VARIABLE = re.compile(r"\{(\w+)\|([^}]+)\}")
# What rows with pictures have in them: heads of data URIs, and of PNG, JPEG, GIF, WebP
# in base64.
_SIGNS = ("data:image/", "iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR")


# Types of columns without text.
_NUMBERS = frozenset(("INTEGER", "REAL", "BOOLEAN"))


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
    environ: Mapping[str, str], *, home: Path | None = None
) -> Iterator[FoundClient]:
    """Look which clients have threads here; nothing is read.

    Args:
        environ: The environment, whose variables may name other folders.
        home: The user's folder; None: whoever runs this.
    """
    home = home or Path.home()
    for client in CLIENTS:
        files = sorted(set(_files(client, environ, home)))
        if files:
            size = sum(map(_size, files))
            yield FoundClient(client=client, files=tuple(files), size=size)


def _files(
    client: KnownClient, environ: Mapping[str, str], home: Path
) -> Iterator[Path]:
    for place in client.places:
        root, pattern = _split(_placed(place, environ, home))
        try:
            found = list(root.glob(pattern))
        except OSError:  # a folder that cannot be read has nothing for us
            continue
        yield from (path for path in found if path.is_file() and not path.is_symlink())


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


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def measured(found: FoundClient, progress: Progress = SILENT) -> FoundClient:
    """Look how much of a client's files is pictures; nothing is written.

    Args:
        found: What is here.
        progress: Who is told how far it is.
    """
    if found.client.kept == "text":
        return _of_text(found, progress)
    progress.start(found.size, "looking")
    pictures = left = 0
    for path in found.files:
        try:
            count, size = _of_rows(path)
        except (sqlite3.Error, OSError):  # at work, damaged, or no database
            count = size = 0
        pictures, left = pictures + count, left + size
        progress.advance(_size(path))
    progress.close()
    return replace(found, looked=True, pictures=pictures, left=left)


def _of_text(found: FoundClient, progress: Progress) -> FoundClient:
    options = ArchiveOptions(dry_run=True)
    with Store.on(MemoryBackend(), create=True, writer="nobody") as store:
        report = archive_paths(store, found.files, options, progress=progress)
    stays = [file.stays for file in report.files]
    return replace(
        found,
        looked=True,
        taken=sum(file.before - file.after for file in report.files),
        pictures=report.total("payloads") + sum(stay.count for stay in stays),
        left=sum(stay.size for stay in stays),
    )


def _of_rows(path: Path) -> tuple[int, int]:
    """Count the rows of a database with pictures, and the bytes of their values.

    The file is read as it is, without its client's log of changes: so nothing is made
    beside it.
    """
    count = size = 0
    with opened_to_read(path, timeout=1, alone=True) as db:
        for table, column, type in columns_of(db):
            if type.upper() in _NUMBERS or table.startswith("sqlite_"):
                continue
            name = quoted_name(column)
            where = " OR ".join(f"instr({name}, ?)" for _ in _SIGNS)
            query = (
                f"SELECT count(*), total(length({name})) "  # noqa: S608 quoted names
                f"FROM {quoted_name(table)} WHERE {where}"
            )
            rows, total = db.execute(query, _SIGNS).fetchone()
            count, size = count + rows, size + int(total)
    return count, size
