"""A store: blobs in packs, found through indexes, kept alive by manifests."""

import contextlib
import os
import time
from collections.abc import Callable, Container, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

from assetstore.errors import (
    AmbiguousId,
    DamagedBlob,
    MissingBlob,
    StoreError,
    StoreNotFound,
    UnsupportedStore,
)
from assetstore.store.backends.base import Backend, get, put
from assetstore.store.backends.local import LocalBackend
from assetstore.store.blob import BlobId, Kind, hasher
from assetstore.store.cache import IndexCache
from assetstore.store.claims import Claims
from assetstore.store.codecs import codec_for, known_decoders
from assetstore.store.codecs.base import PIECE
from assetstore.store.config import (
    check_owner,
    checked_config,
    client_id,
    make_root,
    new_config,
)
from assetstore.store.index import Entry, read_index
from assetstore.store.kin import Kin
from assetstore.store.locks import hold
from assetstore.store.manifest import document_prefix
from assetstore.store.pack import RECORD, Record, pack_key, pack_name, read_pack
from assetstore.store.session import Session

_ATTEMPTS = 10


class Store(Claims):
    """A place where blobs are kept. Make one with `open` or `on`.

    A store object is for one thread; other threads and processes open their own.

    Attributes:
        backend: Where its files are.
        id: The store's own id.
        client: Who we are among its writers.
        root: Its folder, or None where it is not in one.
        damaged_indexes: Why index files cannot be read, by name. What only they
            name is not found; everything else is.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        id: str,
        client: str,
        cache: Path | None,
        clock: Callable[[], float],
        random: Callable[[int], bytes],
    ):
        self.backend = backend
        self.id = id
        self.client = client
        self.clock = clock
        self.random = random
        self.root = backend.root if isinstance(backend, LocalBackend) else None
        self.cache_dir = cache
        self._cache = IndexCache(
            cache / "index.sqlite" if cache else None, reload=self.refresh
        )
        self._buffer = bytearray(PIECE)
        self._codecs = known_decoders()
        self.damaged_indexes: dict[str, StoreError] = {}
        self.refresh()

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
            state_dir: Where this client's id is kept.
            clock: Seconds since 1970.

        Raises:
            StoreNotFound: There is no store, and none was to be made.
            StoreError: The folder holds something else, or cannot be made.
            ForeignStore: It belongs to somebody else.
            UnsupportedStore: The store needs a newer version.
        """
        import platformdirs

        root = Path(os.path.abspath(root))
        check_owner(root, trusted)
        if not (root / "config").is_file():
            if not create:
                raise StoreNotFound(
                    f"there is no store at {root}",
                    hint="Name one with --store or ASSETSTORE_STORE; "
                    "'assetstore archive' makes one.",
                    path=str(root),
                )
            make_root(root)
        cache = cache_dir or platformdirs.user_cache_path("assetstore")
        state = state_dir or platformdirs.user_state_path("assetstore")
        return cls.on(
            LocalBackend(root),
            create=create,
            client=client_id(state),
            cache=cache,
            clock=clock,
        )

    @classmethod
    def on(
        cls,
        backend: Backend,
        *,
        create: bool = False,
        client: str,
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
            backend, id=id, client=client, cache=cache, clock=clock, random=random
        )

    def close(self) -> None:
        """Close files."""
        self._cache.close()
        if isinstance(self.backend, LocalBackend):
            self.backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def refresh(self) -> None:
        """Look at the index files again."""
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
        """What the indexes hold: everything by id, or a pack by offset."""
        return self._cache.entries(pack)

    def holds(self, id: BlobId) -> bool:
        """Whether the indexes know a blob. A hint, as the index is."""
        return bool(self._cache.copies(id))

    def info(self, kind: Kind, id: BlobId) -> Record | None:
        """What the indexes say of a blob."""
        copies = self._cache.copies(id) or self._after_refresh(id)
        return copies[0].record if copies else None

    def _after_refresh(self, id: BlobId) -> list[Entry]:
        self.refresh()
        return self._cache.copies(id)

    def find_recipe(self, prefix: bytes) -> BlobId | None:
        """The recipe whose id starts with 20 bytes.

        Raises:
            AmbiguousId: There are two.
        """
        found = self._cache.with_prefix(Kind.RECIPE, prefix, 2)
        if not found:
            self.refresh()
            found = self._cache.with_prefix(Kind.RECIPE, prefix, 2)
        if not found and self.renew():
            found = self._cache.with_prefix(Kind.RECIPE, prefix, 2)
        if len(found) > 1:
            raise AmbiguousId("two recipes begin with the same 160 bits")
        return found[0] if found else None

    def find_media(self, hex_prefix: str) -> list[BlobId]:
        """Media blobs whose id, in hexadecimal, begins with some digits."""
        even = hex_prefix[: len(hex_prefix) & ~1]
        found = self._cache.with_prefix(Kind.MEDIA, bytes.fromhex(even), 1000)
        return [id for id in found if id.hex().startswith(hex_prefix)]

    def read(self, kind: Kind, id: BlobId, *, limit: int = 16 << 20) -> bytes:
        """A small blob, verified.

        Raises:
            MissingBlob: There is no copy.
            DamagedBlob: No copy is whole, or it is longer than ``limit``.
        """
        held = bytearray()
        for piece in self.stream(kind, id):
            held += piece
            if len(held) > limit:
                raise DamagedBlob(f"blob {id.hex()} is longer than {limit} bytes")
        return bytes(held)

    def stream(
        self, kind: Kind, id: BlobId, *, check: bool = True
    ) -> Iterator[memoryview]:
        """A blob in pieces of `codecs.base.PIECE` bytes but for the last.

        Where there are several copies, a damaged one is passed over as long as
        nothing of it was given out.

        Args:
            kind: What it is.
            id: Its id.
            check: Compare the bytes with the id when all were read.

        Yields:
            Views of one buffer, each valid until the next is asked for.

        Raises:
            MissingBlob: There is no copy.
            DamagedBlob: A copy's bytes are wrong.
        """
        problem: Exception | None = None
        given = False
        for entry in self._candidates(kind, id):
            try:
                for piece in self.stream_copy(entry, check=check):
                    given = True
                    yield piece
                return
            except (DamagedBlob, FileNotFoundError) as e:
                if not isinstance(problem, DamagedBlob):
                    problem = e
                if given:
                    break
        if isinstance(problem, DamagedBlob):
            raise DamagedBlob(
                f"blob {id.hex()} is damaged in the store: {problem}",
                hint="Run 'assetstore verify --read-data' to see all that is affected.",
            ) from problem
        if self.damaged_indexes:
            raise MissingBlob(
                f"blob {id.hex()} is not found: an index of the store is damaged",
                hint="Rebuild it from the packs: assetstore repair",
            ) from problem
        raise MissingBlob(
            f"blob {id.hex()} is not in the store",
            hint="Run 'assetstore verify'; check that --store names the right store.",
        ) from problem

    def _candidates(self, kind: Kind, id: BlobId) -> Iterator[Entry]:
        """Where a blob may be: as the cache says, then as the index files do.

        A collection may have moved it since; where it went is in a newer index. The
        newest copy comes first: it may have been written since an older one is bad.
        """
        tried: set[Entry] = set()
        renewed = False
        for _ in range(_ATTEMPTS):
            found = self._untried(id, tried)
            if not found:
                self.refresh()
                found = self._untried(id, tried)
            if not found:
                if renewed or not self.renew(delete=True):
                    return
                renewed = True
            for entry in found:
                tried.add(entry)
                if entry.record.kind is kind:
                    yield entry

    def _untried(self, id: BlobId, tried: set[Entry]) -> list[Entry]:
        found = [entry for entry in self._cache.copies(id) if entry not in tried]
        return sorted(found, key=lambda entry: entry.pack, reverse=True)

    def stream_copy(self, entry: Entry, *, check: bool = True) -> Iterator[memoryview]:
        """One copy of a blob, as `stream`.

        Raises:
            FileNotFoundError: Its pack is gone.
            DamagedBlob: Its bytes are wrong.
            UnsupportedStore: What it takes to read it is not here.
        """
        id, kind = entry.record.id, entry.record.kind
        key, start = pack_key(entry.pack), entry.offset + RECORD.size
        head = bytearray(RECORD.size)
        got = read_pack(self.backend, key, entry.offset, memoryview(head))
        record = Record.unpack(bytes(head[:got]))
        if record != entry.record:
            raise DamagedBlob("the record and the index differ")
        digest = hasher(kind)
        held: memoryview | None = None
        total = 0
        buffer, self._buffer = self._buffer, bytearray()
        if not buffer:  # another stream is being read
            buffer = bytearray(PIECE)
        decoder = codec_for(self._codecs, record.codec)
        try:
            for piece in decoder.decode(
                lambda offset, view: read_pack(self.backend, key, start + offset, view),
                record.stored,
                record.raw,
                buffer,
                self._kin(entry.pack),
            ):
                if check:
                    digest.update(piece)
                total += len(piece)
                if total < record.raw:
                    yield piece
                else:
                    held = piece
            if check and digest.digest() != id:
                if doubt := getattr(decoder, "doubt", ""):
                    raise UnsupportedStore(f"a picture is not made again: {doubt}")
                raise DamagedBlob("its bytes do not have its hash")
            if held is not None:
                yield held
        finally:
            self._buffer = buffer

    def _kin(self, pack: str) -> Kin:
        key = pack_key(pack)
        return Kin(
            pack,
            lambda prefix: [
                entry
                for id in self._cache.with_prefix(Kind.MEDIA, prefix, 9)
                for entry in self._cache.copies(id)
            ],
            lambda offset, view: read_pack(self.backend, key, offset, view),
            lambda: self._walked(pack),
        )

    def _walked(self, pack: str) -> list[Entry]:
        """A pack's records by their headers, those behind a damaged one, too."""
        from assetstore.store.repair import scan_pack

        return scan_pack(self, pack, self.backend.size(pack_key(pack)) or 0)[0]

    def session(self) -> Session:
        """Begin to write."""
        return Session(self)

    def condemned(self) -> set[str]:
        """The packs that have a tomb."""
        return {key[6:] for key, _ in self.backend.list("tombs/")}

    def packs(self) -> dict[str, int]:
        """The packs there are, with their sizes."""
        return {
            name: size
            for key, size in self.backend.list("packs/")
            if pack_key(name := pack_name(key)) == key
        }

    def lock(self, name: str, timeout: float = 0) -> AbstractContextManager[object]:
        """A lock that spares two processes the same work. Safety never needs it.

        Raises:
            LockedError: Somebody held it all the time.
        """
        if self.root is None:
            return nullcontext()
        return hold(self.root / "locks" / f"{name}.lock", timeout)

    def doc_stripe(self, document: Path) -> str:
        """The name of a document's lock: one of 256, by its path."""
        return "doc-" + document_prefix(self.client, document)[-3:-1]

    def doc_lock(
        self, document: Path, timeout: float = 5
    ) -> AbstractContextManager[object]:
        """The lock of a document."""
        return self.lock(self.doc_stripe(document), timeout)
