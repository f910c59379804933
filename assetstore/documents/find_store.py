"""Find the store that knows a document's placeholders, among those that were met."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from assetstore.documents.placeholders import find_named
from assetstore.errors import AssetstoreError
from assetstore.files.find import StrPath
from assetstore.files.source import Source
from assetstore.store.format.placeholder import RecipePrefix
from assetstore.store.known_stores import KnownStores
from assetstore.store.store import Store

# The most that is looked at: files and their bytes, placeholders of each file and
# of all, stores.
_FILES = 1000
_BYTES = 256 << 20
_IN_A_FILE = 3
_PLACEHOLDERS = 12
_STORES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A store that knows a document.

    Attributes:
        place: The store's folder.
        document: A document with a placeholder that it knows.
    """

    place: Path
    document: str


def owner_of(
    documents: Iterable[StrPath],
    known: KnownStores,
    *,
    opened: Callable[[Path], Store],
    without: Path | None = None,
) -> Owner | None:
    """The store that knows a placeholder in some documents.

    It looks at a limited number of files, placeholders and stores, and only at stores
    that are there.

    Args:
        documents: Files and folders; what cannot be read is passed over.
        known: The stores that were met.
        opened: Opens a store.
        without: A store to leave out.
    """
    with suppress(OSError):  # of which is told where a document has a placeholder
        if all(one.place == without for one in known.all()):
            return None  # nobody to ask: all of the documents would be read for nothing
    wanted = list(islice(_placeholders(documents), _PLACEHOLDERS))
    if not wanted:
        return None
    tried: set[str] = set()
    for one in known.all():
        if len(tried) == _STORES:
            return None
        if one.id in tried or one.place == without:
            continue
        if not _is_there(one.place):
            continue
        tried.add(one.id)
        # Damaged, another user's, of a newer version: it cannot be asked.
        with (
            suppress(AssetstoreError, OSError),
            closing(opened(one.place)) as store,
        ):
            for document, prefix in wanted:
                if store.find_recipe(prefix) is not None:
                    return Owner(place=one.place, document=document)
    return None


def _is_there(place: Path) -> bool:
    with suppress(OSError):
        return (place / "config").is_file()
    return False


def _placeholders(documents: Iterable[StrPath]) -> Iterator[tuple[str, RecipePrefix]]:
    """The first placeholders of each document."""
    left = _BYTES
    for path in islice(_files(documents), _FILES):
        with (
            suppress(AssetstoreError, OSError, ValueError),
            Source.open(Path(path)) as source,
        ):
            if left < 0:
                return
            left -= source.size
            for prefix in islice(find_named(source), _IN_A_FILE):
                yield path, prefix


def _files(documents: Iterable[StrPath]) -> Iterator[str]:
    for document in map(str, documents):
        if not os.path.isdir(document):  # noqa: PTH112 it never raises
            yield document
            continue
        for folder, _, names in os.walk(document):
            for name in sorted(names):
                yield os.path.join(folder, name)  # noqa: PTH118
