"""Look for lost blobs in documents and backups that still embed them."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from assetstore.archiver.find_in_rows import columns_as_lines
from assetstore.archiver.payload import Payload, Wanted, recipe_of
from assetstore.archiver.payloads import Payloads
from assetstore.documents.placeholders import find_lookalikes
from assetstore.errors import SourceRefused, UnsupportedStore
from assetstore.files.databases import is_database
from assetstore.files.find import StrPath, find_documents, several
from assetstore.files.replace import absolute
from assetstore.files.source import Source
from assetstore.files.text import open_text
from assetstore.formats import registry
from assetstore.formats.text import is_json
from assetstore.progress import SILENT, Progress
from assetstore.store.backends.base import Backend
from assetstore.store.backends.local import LocalBackend
from assetstore.store.format.blob import BlobId, Kind, is_name
from assetstore.store.format.placeholder import LENGTH, MARK, parse_placeholder
from assetstore.store.format.recipe import Recipe
from assetstore.store.gc.remove import copy_blob
from assetstore.store.repair.index import scan_pack
from assetstore.store.repair.lost_blobs import LostBlobFinder, Search
from assetstore.store.store import Store


@dataclass(frozen=True, slots=True)
class FileHealer:
    """A file that may embed what is lost, or be it.

    Attributes:
        path: The file.
        progress: Told of the bytes that were searched.
    """

    path: Path
    progress: Progress = SILENT

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    def heal(self, search: Search, profiles: frozenset[str]) -> None:
        """Go through the file as an archive of it would.

        A recipe is found only by the profile that it was made with, so all that
        are in question are tried until nothing is wanted any more.

        Raises:
            AssetstoreError: It cannot be read.
            OSError: The same.
        """
        with open_text(absolute(self.path)) as source:
            self._take_whole(search, source.raw)
            head = source.read(0, registry.HEAD)
            if is_database(head):
                self._through_rows(search, profiles)
            else:
                self._through(search, source, profiles, is_json(head))
            self.progress.advance(source.raw.size)

    def _through_rows(self, search: Search, profiles: frozenset[str]) -> None:
        """Go through the columns of a database, in which pages part the values."""
        try:
            for source in columns_as_lines(absolute(self.path)):
                if search.missing:
                    self._through(search, source, profiles, json=True)
        except sqlite3.Error as e:
            raise SourceRefused(f"{self.path}: {e}", path=str(self.path)) from e

    def _through(
        self, search: Search, source: Source, profiles: frozenset[str], json: bool
    ) -> None:
        self._take_texts(search, source)
        likely = registry.choose(
            "auto", Path(source.name), source.read(0, registry.HEAD)
        ).name
        for profile in (likely, *sorted(profiles - {likely})):
            if not search.missing or profile not in registry.names():
                continue
            for media in ("any", "image"):
                if search.missing:
                    self._search(search, source, profile, media, json)

    @staticmethod
    def _search(
        search: Search, source: Source, profile: str, media: str, json: bool
    ) -> None:
        """Take each payload, and the recipe that an archive would make for it."""
        payloads = Payloads(
            source,
            search,
            format=registry.named(profile),
            undecided=False,
            json=json,
            wanted=Wanted(media=media),
        )
        peek = payloads.scanner.peek
        for found in payloads:
            if isinstance(found, Payload):
                recipe = recipe_of(found, source, peek, search)
                search.put(Kind.RECIPE, recipe.raw)
            elif parse_placeholder(peek(found, LENGTH)) is not None:
                # As for an archive: nothing of it goes with a payload behind it.
                payloads.resume(found + len(MARK), found + LENGTH)

    @staticmethod
    def _take_texts(search: Search, source: Source) -> None:
        """Take text that looks like a placeholder.

        Earlier versions archived it, as they did payloads.
        """
        for _, text in find_lookalikes(source):
            if Recipe(was=(text,)).id in search.missing:
                search.put(Kind.RECIPE, Recipe(was=(text,)).raw)

    @staticmethod
    def _take_whole(search: Search, source: Source) -> None:
        """Take the file itself, if it is a picture that is wanted."""
        if not source.size or BlobId(source.blake3()) not in search.missing:
            return
        writer = search.writer(Kind.MEDIA)
        for piece in source.pieces(0, source.size):
            writer.write(piece)
        writer.finish()


class StoreHealer:
    """A copy of a store, or another store, that may hold what is lost.

    Args:
        root: Its folder. Only its packs are read.
    """

    def __init__(self, root: Path):
        self._root = root

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._root)

    def heal(self, search: Search, profiles: frozenset[str]) -> None:
        """Take what is wanted out of its packs."""
        backend = LocalBackend(absolute(self._root))
        with Store(
            backend,
            id="",
            writer="",
            cache=None,
            clock=search.store.clock,
            random=search.store.random,
        ) as other:
            for name, size in sorted(other.packs().items()):
                if is_name(name) and search.missing:
                    self._take(search, other, name, size)

    @staticmethod
    def _take(search: Search, other: Store, name: str, size: int) -> None:
        entries, _ = scan_pack(other.backend, name, size)
        for entry in entries:
            if entry.record.id not in search.missing:
                continue
            with suppress(UnsupportedStore):
                copy_blob(search, entry.record.kind, other.stream_copy(entry))


def is_store(path: Path) -> bool:
    """Tell whether a folder is a store."""
    return (path / "config").is_file() and (path / "packs").is_dir()


@contextmanager
def backups(paths: Sequence[StrPath]) -> Iterator[list[Backend]]:
    """Those of some paths that are stores, opened to be read."""
    found = [LocalBackend(absolute(p)) for p in several(paths) if is_store(p)]
    try:
        yield list[Backend](found)
    finally:
        for backend in found:
            backend.close()


def healers(
    paths: Sequence[StrPath],
    *,
    without: Sequence[Path] = (),
    progress: Progress = SILENT,
) -> Iterator[LostBlobFinder]:
    """Everything at and below some paths that may hold what is lost.

    Args:
        paths: Files, folders and stores.
        without: Folders to leave out.
        progress: Told of the bytes that were searched.

    Raises:
        OSError: One of them cannot be read.
        SourceRefused: The same.
    """
    for path in several(paths):
        if is_store(path):
            yield StoreHealer(path)
            continue
        for file in find_documents([path], without=without):
            if file.named and file.error is not None:
                raise file.error
            if file.error is None:
                yield FileHealer(Path(file.path), progress)
