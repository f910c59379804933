"""Packs that no index names: what is in them is there, and is not found."""

from collections.abc import Iterator
from typing import Self

from assetstore.errors import DamagedBlob, MissingBlob
from assetstore.store.backends.base import Backend
from assetstore.store.format.blob import BlobId, Kind, is_name
from assetstore.store.format.index import walk
from assetstore.store.format.pack import pack_key, pack_name
from assetstore.store.index_cache import IndexCache

REBUILD = "Rebuild it from the packs: assetstore verify --rebuild-index"


def list_unnamed(backend: Backend, named: set[str]) -> Iterator[str]:
    """List the packs that no index names; those that have a tomb go, and do not count.

    Args:
        backend: Where the store's files are.
        named: The packs that an index names.
    """
    condemned = {key.removeprefix("tombs/") for key, _ in backend.list("tombs/")}
    for key, _ in backend.list("packs/"):
        name = pack_name(key)
        whole = is_name(name) and pack_key(name) == key
        if whole and name not in named and name not in condemned:
            yield name


class UnnamedPacks:
    """What is in packs that no index names, by their own headers."""

    def __init__(self) -> None:
        self._entries = IndexCache(None)

    @classmethod
    def of(cls, backend: Backend, named: set[str]) -> Self:
        """All of a store.

        Args:
            backend: Where its files are.
            named: The packs that an index names.
        """
        found = cls()
        for name in list_unnamed(backend, named):
            found.add(backend, name)
        return found

    def add(self, backend: Backend, name: str) -> None:
        """Read a pack's headers, as far as they are whole."""
        found = []
        try:
            for entry in walk(backend, name):
                found.append(entry)
        except (DamagedBlob, FileNotFoundError):
            pass
        self._entries.add(name, found)

    def pack_of(self, id: BlobId) -> str | None:
        """One of them that holds a blob."""
        return next((entry.pack for entry in self._entries.copies(id)), None)

    def close(self) -> None:
        """Close the temporary file."""
        self._entries.close()

    def hold(self, kind: Kind, prefix: bytes) -> bool:
        """Tell whether a blob whose id begins so is in one of them."""
        return bool(self._entries.with_prefix(kind, prefix, 1))


def index_lost(what: str, path: str | None = None) -> MissingBlob:
    """Make the error of a blob that is in a pack that no index names.

    Args:
        what: What is looked for.
        path: The document that needs it.
    """
    where = f"{path}: " if path else ""
    return MissingBlob(
        f"{where}{what} is not found, though a pack holds it: the store's index is "
        "lost",
        hint=REBUILD,
        path=path,
    )
