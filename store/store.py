"""A store: blobs in packs, found through indexes, kept alive by manifests."""

import contextlib
import os
import re
import time
from collections.abc import Callable, Container, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Self

from assetstore.errors import (
    AmbiguousId,
    StoreError,
    StoreNotFound,
    StoreWriteError,
)
from assetstore.files.closing import Closing
from assetstore.files.user_folders import user_folder, writers_folder
from assetstore.store.backends.base import Backend, get, put
from assetstore.store.backends.local import LocalBackend
from assetstore.store.config import (
    check_owner,
    checked_config,
    make_root,
    new_config,
)
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import Entry, read_index
from assetstore.store.format.manifest import document_prefix
from assetstore.store.format.pack import Record, pack_key, pack_name
from assetstore.store.index_cache import IndexCache
from assetstore.store.locks import NO_LOCKS, hold
from assetstore.store.manifests import ManifestStore
from assetstore.store.reader import BlobReader
from assetstore.store.session import Session
from assetstore.store.writer_id import writer_id

_ATTEMPTS = 10
_ID = re.compile(r"[0-9a-f]{64}")
# Seconds for which the index is not listed again because of an unknown placeholder.
_UNKNOWN = 1.0


class Store(ManifestStore, BlobReader, Closing):
    """A place where blobs are kept. Make one with `open` or `on`.

    A store object is for one thread; other threads and processes open their own.

    Attributes:
        backend: Where its files are.
        id: The store's own id.
        writer: Who we are among its writers.
        root: Its folder, or None where it is not in one.
        unkept: Why `writer` could not be written down, so that it is another one
            next time; None where it is.
        damaged_indexes: Why index files cannot be read, by name. What only they
            name is not found; everything else is.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        id: str,
        writer: str,
        cache: Path | None,
        clock: Callable[[], float],
        random: Callable[[int], bytes],
    ):
        self.backend = backend
        self.id = id
        self.writer = writer
        self.unkept: OSError | None = None
        self.clock = clock
        self.random = random
        self.root = backend.root if isinstance(backend, LocalBackend) else None
        self.cache_dir = cache
        self._cache = IndexCache(
            cache / "index.sqlite" if cache else None, reload=self.refresh
        )
        super().__init__()
        self._looked = -_UNKNOWN
        self._version = 0
        self.damaged_indexes: dict[str, StoreError] = {}
        self.refresh()
        self.expect_news()

    @classmethod
    def open(
        cls,
        root: "str | os.PathLike[str]",
        *,
        create: bool = False,
        cache_dir: Path | None = None,
        state_dir: Path | None = None,
        trusted: Container[int] = (),
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Open the store in a folder.

        Args:
            root: The folder.
            create: Make the store where there is none.
            trusted: Numbers of users whose stores may be opened, apart from one's
                own and root's.
            cache_dir: Where derived files go; each store has a folder there.
            state_dir: Where this writer's id is kept.
            clock: Seconds since 1970.

        Raises:
            StoreNotFound: There is no store, and none was to be made.
            StoreError: The folder holds something else, or cannot be made.
            ForeignStore: It belongs to somebody else.
            UnsupportedStore: The store needs a newer version.
        """
        root = Path(os.path.abspath(root))
        check_owner(root, trusted)
        cache = cache_dir or user_folder("cache")
        state = state_dir or writers_folder()
        unkept: OSError | None = None
        if not (root / "config").is_file():
            if not create:
                raise StoreNotFound(
                    f"there is no store at {root}",
                    hint="Name one with --store or ASSETSTORE_STORE; "
                    "'assetstore archive' makes one.",
                    path=str(root),
                )
            writer = writer_id(state)
            make_root(root, trusted)
        else:
            try:
                writer = writer_id(state)
            except OSError as e:
                writer, unkept = new_name(clock), e
        backend = LocalBackend(root)
        try:
            store = cls.on(
                backend, create=create, writer=writer, cache=cache, clock=clock
            )
        except BaseException:
            backend.close()
            raise
        store.unkept = unkept
        return store

    @classmethod
    def on(
        cls,
        backend: Backend,
        *,
        create: bool = False,
        writer: str,
        cache: Path | None = None,
        clock: Callable[[], float] = time.time,
        random: Callable[[int], bytes] = os.urandom,
    ) -> Self:
        """Open the store that a backend keeps.

        Raises:
            StoreNotFound: There is none, and none was to be made.
            UnsupportedStore: It needs a newer version.
        """
        try:
            config = get(backend, "config", 1 << 16)
        except FileNotFoundError:
            if not create:
                raise StoreNotFound("there is no store") from None
            with contextlib.suppress(FileExistsError):  # somebody else was first
                put(backend, "config", [new_config(clock, random)])
            config = get(backend, "config", 1 << 16)
        id = checked_config(config)
        cache = cache / id if cache is not None else None
        return cls(
            backend, id=id, writer=writer, cache=cache, clock=clock, random=random
        )

    def close(self) -> None:
        """Close files."""
        self._cache.close()
        if isinstance(self.backend, LocalBackend):
            self.backend.close()

    def refresh(self) -> None:
        """Look at the index files again."""
        self._looked, self._version = time.monotonic(), self._cache.version()
        for _ in range(_ATTEMPTS):
            if self._refreshed():
                return

    def _refreshed(self) -> bool:
        """Take in what is new; False where an index was replaced meanwhile."""
        known = self._cache.names()
        present = {key[6:] for key, _ in self.backend.list("index/")}
        if known - present:
            self._cache.clear()
            known = set()
        self.damaged_indexes = {}
        whole = True
        for name in sorted(present - known):
            try:
                data = get(self.backend, f"index/{name}")
                self._cache.add(name, read_index(data, name))
            except FileNotFoundError:
                whole = False
            except StoreError as e:
                self.damaged_indexes[name] = e
        if present != known:
            self._unnamed = None
        if present - known:
            self._cache.shrink()
        return whole

    def renew(self, *, delete: bool = False) -> bool:
        """Read all index files anew, and leave the cache alone from here on.

        Args:
            delete: Remove the cache, which turned out to be wrong.

        Returns:
            False where there is nothing that could be renewed.
        """
        return self._cache.leave(delete=delete)

    def learn(self, name: str, entries: list[Entry]) -> None:
        """Take in an index file that was just written."""
        self._cache.add(name, entries)

    def copies(self, id: BlobId) -> list[Entry]:
        """Every known copy of a blob."""
        return self._cache.copies(id)

    def entries(self, pack: str | None = None) -> Iterator[Entry]:
        """List what the indexes hold: everything by id, or a pack by offset."""
        return self._cache.entries(pack)

    def holds(self, id: BlobId) -> bool:
        """Tell whether the indexes know a blob. A hint, as the index is."""
        return bool(self._cache.copies(id))

    def info(self, kind: Kind, id: BlobId) -> Record | None:
        """Look a blob's record up in the indexes."""
        copies = self._cache.copies(id) or self._after_refresh(id)
        return copies[0].record if copies else None

    def _after_refresh(self, id: BlobId) -> list[Entry]:
        self.refresh()
        return self._cache.copies(id)

    def find_recipe(self, prefix: bytes) -> BlobId | None:
        """The recipe whose id starts with 20 bytes.

        The index is looked at again for one that is not found, but not twice in a
        second within a document (`expect_news`): there may be thousands that the store
        does not know. Others fill the local index as well, and may just have begun.

        Raises:
            AmbiguousId: There are two.
        """
        found = self._cache.with_prefix(Kind.RECIPE, prefix, 2)
        if not found and self._may_be_news():
            self.refresh()
            found = self._cache.with_prefix(Kind.RECIPE, prefix, 2)
            if not found and self.renew():
                found = self._cache.with_prefix(Kind.RECIPE, prefix, 2)
        if len(found) > 1:
            raise AmbiguousId("two recipes begin with the same 160 bits")
        return found[0] if found else None

    def _may_be_news(self) -> bool:
        late = time.monotonic() - self._looked >= _UNKNOWN
        return late or self._cache.version() != self._version

    def expect_news(self) -> None:
        """Look at the index files again when something is not found next."""
        self._looked = -_UNKNOWN

    def find_media(self, hex_prefix: str) -> list[BlobId]:
        """Media blobs whose id, in hexadecimal, begins with some digits."""
        even = hex_prefix[: len(hex_prefix) & ~1]
        found = self._cache.with_prefix(Kind.MEDIA, bytes.fromhex(even), 1000)
        return [id for id in found if id.hex().startswith(hex_prefix)]

    def session(self) -> Session:
        """Begin to write."""
        return Session(self)

    def condemned(self) -> set[str]:
        """The packs that have a tomb."""
        return {key[6:] for key, _ in self.backend.list("tombs/")}

    def purged(self) -> set[BlobId]:
        """The blobs that were purged: gone on purpose, and not to be stored again."""
        names = (key[7:] for key, _ in self.backend.list("purged/"))
        return {BlobId(bytes.fromhex(n)) for n in names if _ID.fullmatch(n)}

    def packs(self) -> dict[str, int]:
        """The packs there are, with their sizes."""
        return {
            name: size
            for key, size in self.backend.list("packs/")
            if pack_key(name := pack_name(key)) == key
        }

    def lock(
        self, name: str, timeout: float = 0, *, reads: bool = False
    ) -> AbstractContextManager[object]:
        """A lock that spares two processes the same work. Safety never needs it.

        On a file system that has none, all goes on without.

        Args:
            name: Its name.
            timeout: How many seconds to wait for another holder.
            reads: Whether nothing will be written: it goes on without a lock where
                none can be made, as in a store on a medium that is read-only.

        Raises:
            LockedError: Somebody held it all the time.
            StoreWriteError: It cannot be made.
        """
        if self.root is None:
            return nullcontext()
        try:
            return hold(self.root / "locks" / f"{name}.lock", timeout)
        except OSError as e:
            if reads or e.errno in NO_LOCKS:
                return nullcontext()
            raise StoreWriteError(
                f"the store at {self.root} cannot be written: {e.strerror or e}",
                hint="Make its folder writable for you, or use a copy of it.",
                path=str(self.root),
            ) from e

    def doc_stripe(self, document: Path) -> str:
        """The name of a document's lock: one of 256, by its path."""
        return "doc-" + document_prefix(self.writer, document)[-3:-1]

    def doc_lock(
        self, document: Path, timeout: float = 5, *, reads: bool = False
    ) -> AbstractContextManager[object]:
        """The lock of a document; as `lock`."""
        return self.lock(self.doc_stripe(document), timeout, reads=reads)
