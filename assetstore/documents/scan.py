"""Search files and folders for placeholders, for a collection."""

import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from assetstore.documents.placeholders import find_named
from assetstore.documents.row_values import placeholders_in
from assetstore.errors import (
    AssetstoreError,
    IntegrityError,
    SourceError,
    UsageError,
)
from assetstore.files.databases import is_database
from assetstore.files.source import Source
from assetstore.progress import SILENT, Progress
from assetstore.store.format.blob import Kind
from assetstore.store.format.placeholder import RecipePrefix
from assetstore.store.format.recipe import MAX_RECIPE, Recipe
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.store import Store


def scan(
    store: Store,
    live: LiveSet,
    roots: Sequence[Path],
    progress: Progress = SILENT,
) -> int:
    """Add what the placeholders in files need.

    Args:
        store: The store.
        live: Where to add it.
        roots: Files, and folders with all that is below them; links are not
            followed.
        progress: Told of the bytes that were searched.

    Returns:
        How many files were searched.

    Raises:
        UsageError: A root is not there.
        SourceError: A root or a file below it cannot be read.
        IntegrityError: A recipe that is needed cannot be read.
    """
    seen: set[bytes] = set()
    count = 0
    for path in _files(roots, store.root):
        store.expect_news()
        try:
            with Source.open(path) as source:
                for prefix in _named(source, path):
                    if prefix in seen:
                        continue
                    seen.add(prefix)
                    id = store.find_recipe(prefix)
                    if id is None:
                        continue
                    raw = store.read(Kind.RECIPE, id, limit=MAX_RECIPE)
                    live.add(Recipe.parse(raw).refs)
                progress.advance(source.size)
        except IntegrityError:
            raise
        except FileNotFoundError:  # it went while we looked
            continue
        except (OSError, AssetstoreError, sqlite3.Error) as e:
            raise _unreachable(path, e) from e
        count += 1
    return count


def _named(source: Source, path: Path) -> Iterator[RecipePrefix]:
    """Find what the placeholders in a file name, in a database's values, too."""
    yield from find_named(source)
    if is_database(source.read(0, 16)):
        yield from placeholders_in(path)


def _files(roots: Sequence[Path], without: Path | None) -> Iterator[Path]:
    """Regular files at and below some paths."""
    for root in roots:
        try:
            found = root.stat()
        except (FileNotFoundError, NotADirectoryError) as e:
            raise UsageError(
                f"{root} is not there, and cannot be searched for placeholders",
                hint="Nothing was collected. If it is on a disk, mount that; else "
                "leave it out of --scan.",
                path=str(root),
            ) from e
        except OSError as e:
            raise _unreachable(root, e) from e
        if stat.S_ISREG(found.st_mode):
            yield Path(os.path.realpath(root))
            continue
        for folder, folders, names in os.walk(root, onerror=_refuse):
            here = Path(folder)
            folders[:] = [name for name in folders if here / name != without]
            for name in names:
                path = here / name
                try:
                    mode = path.lstat().st_mode
                except FileNotFoundError:
                    continue
                except OSError as e:
                    raise _unreachable(path, e) from e
                if stat.S_ISREG(mode):
                    yield path


def _refuse(error: OSError) -> None:
    raise _unreachable(Path(error.filename), error) from error


def _unreachable(path: Path, error: Exception) -> SourceError:
    reason = getattr(error, "strerror", None) or error
    return SourceError(
        f"{path} cannot be searched for placeholders: {reason}",
        hint="Nothing was collected. Make it readable, or leave it out of --scan.",
        path=str(path),
    )
