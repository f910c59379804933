"""A write session: new blobs go into packs that nobody sees before `commit`."""

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from assetstore.store.backends.base import Upload, put
from assetstore.store.blob_writer import SYNC_EVERY, BlobWriter
from assetstore.store.codecs import Decoders, codec_for, known_codecs
from assetstore.store.codecs.base import PIECE
from assetstore.store.dependencies import Dependencies
from assetstore.store.format.blob import BlobId, Kind, Ref, new_name
from assetstore.store.format.index import Entry, write_index
from assetstore.store.format.pack import (
    RECORD,
    TARGET,
    Record,
    pack_header,
    pack_key,
)
from assetstore.store.repair.accepted import accepted_losses, end_losses
from assetstore.store.sink import put_whole

if TYPE_CHECKING:
    from assetstore.store.store import Store


class Pack:
    """A pack being written."""

    def __init__(self, store: "Store", effort: int = 0, born: float | None = None):
        clock = store.clock if born is None else lambda: born
        self.name = new_name(clock, store.random)
        self.upload: Upload = store.backend.create(pack_key(self.name))
        self.upload.write([pack_header(effort)])
        self.entries: list[Entry] = []
        self.dependencies = Dependencies(
            self.name, lambda prefix: self.entries, self.upload.read_into
        )


class Session:
    """Puts blobs into a store.

    Leaving the ``with`` block without `commit` removes what was put since the
    last one.
    """

    def __init__(self, store: "Store"):
        self.store = store
        self.new_bytes = 0
        self._pending: dict[BlobId, tuple[Pack, Entry]] = {}
        self._recipes: dict[bytes, BlobId] = {}
        self._distrusted: set[BlobId] = set()
        self._purged: set[BlobId] | None = None
        self._packs: list[Pack] = []
        self._open: Pack | None = None
        self._unsynced = 0
        self._buffer: bytearray | None = None
        self.codecs = known_codecs()
        self._decoders = Decoders()

    def has_pending(self, id: BlobId) -> bool:
        """Tell whether a blob waits for `commit`."""
        return id in self._pending

    @property
    def pending(self) -> int:
        """The number of blobs that wait for `commit`."""
        return len(self._pending)

    def has(self, id: BlobId) -> bool:
        """Tell whether a blob is in the session or, as far as is known, the store."""
        if id in self._pending:
            return True
        return id not in self._distrusted and self.store.holds(id)

    def refuses(self, id: BlobId) -> bool:
        """Tell whether a blob was purged when first asked; it is not written."""
        if self._purged is None:
            self._purged = self.store.purged()
        return id in self._purged

    def put(self, kind: Kind, raw: bytes) -> tuple[BlobId, bool]:
        """Store a blob that is in memory, unless it is one that this `refuses`.

        Returns:
            Its id, and whether it is new.

        Raises:
            StoreWriteError: The store cannot be written.
        """
        return put_whole(self, kind, raw)

    def writer(self, kind: Kind) -> "BlobWriter[Pack]":
        """Store a blob that comes in pieces."""
        return BlobWriter(self, kind, self._lacks)

    def _lacks(self, id: BlobId) -> bool:
        """Return whether a blob is to be written when it is put."""
        return not (self.refuses(id) or self.has(id))

    def forgets(self, id: BlobId) -> bool:
        """Tell whether a blob that was put cannot be read back."""
        return self.refuses(id)

    def info(self, kind: Kind, id: BlobId) -> Record | None:
        """Return the record of a blob, from here or from the store."""
        if id in self._pending:
            return self._pending[id][1].record
        return self.store.info(kind, id)

    def purged(self) -> set[BlobId]:
        """The blobs that were purged."""
        return self.store.purged()

    def unnamed(self, kind: Kind, prefix: bytes) -> bool:
        """Tell whether a pack that no index names holds a blob; as `Store.unnamed`."""
        return self.store.unnamed(kind, prefix)

    def find_recipe(self, prefix: bytes) -> BlobId | None:
        """The recipe whose id starts with 20 bytes, here or in the store."""
        return self._recipes.get(prefix) or self.store.find_recipe(prefix)

    def read(self, kind: Kind, id: BlobId, *, limit: int = 16 << 20) -> bytes:
        """A small blob, verified; as `Store.read`."""
        if id not in self._pending:
            return self.store.read(kind, id, limit=limit)
        return b"".join(bytes(p) for p in self.stream(kind, id))

    def stream(
        self, kind: Kind, id: BlobId, *, check: bool = True
    ) -> Iterator[memoryview]:
        """A blob in pieces; as `Store.stream`."""
        if id not in self._pending:
            yield from self.store.stream(kind, id, check=check)
            return
        pack, entry = self._pending[id]
        start = entry.offset + RECORD.size
        if self._buffer is None:
            self._buffer = bytearray(PIECE)
        yield from codec_for(self._decoders, entry.record.codec).decode(
            lambda offset, view: pack.upload.read_into(start + offset, view),
            entry.record.stored,
            entry.record.raw,
            self._buffer,
            pack.dependencies,
        )

    def distrust(self, ids: Iterable[BlobId]) -> None:
        """Write these blobs anew when they are put next.

        For copies that turned out to be damaged, or in a condemned pack.
        """
        self._distrusted.update(ids)

    def absent(self, refs: Iterable[Ref]) -> list[Ref]:
        """The refs that have no copy in a pack that exists and is not condemned.

        A blob of which there is no copy at all and whose loss was accepted
        (`losses`) is not among them.

        This is the check that makes a publication safe beside any gc: it must
        come after the manifest was put (docs/design.md).

        What was purged is not needed any more. But what was purged since this session
        asked may have been taken out of a document by it: it counts as absent, once,
        and is refused from here on.
        """
        purged = self.store.purged()
        fresh = purged - self._purged if self._purged is not None else set()
        self._purged = purged
        condemned = self.store.condemned()
        sizes: dict[str, int | None] = {}

        def there(entry: Entry) -> bool:
            if entry.pack in condemned:
                return False
            if entry.pack not in sizes:
                sizes[entry.pack] = self.store.backend.size(pack_key(entry.pack))
            end = entry.offset + RECORD.size + entry.record.stored
            return end <= (sizes[entry.pack] or 0)

        def lost(id: BlobId) -> bool:
            copies = self.store.copies(id)
            return all(sizes.get(entry.pack, 0) is None for entry in copies)

        absent = [
            (kind, id)
            for kind, id in refs
            if id in fresh
            or not (id in purged or any(there(e) for e in self.store.copies(id)))
        ]
        if absent:
            accepted = accepted_losses(self.store.backend)
            absent = [(k, id) for k, id in absent if not (id in accepted and lost(id))]
        return absent

    def seal(self) -> None:
        """Start making everything durable, without waiting."""
        for pack in self._packs:
            pack.upload.sync()

    def commit(self) -> None:
        """Publish the packs, then their index.

        What was purged meanwhile is taken out of them again: a purge that did not see
        these packs put its tombstones before they are looked for here.

        Raises:
            StoreWriteError: Something could not be made durable. The session is
                over; what it wrote is swept away later.
        """
        entries = [e for pack in self._packs for e in pack.entries]
        if not entries:
            self.abort()
            return
        self.store.backend.publish([pack.upload for pack in self._packs])
        name = new_name(self.store.clock, self.store.random)
        put(self.store.backend, f"index/{name}", [write_index(entries)])
        self.store.learn(name, entries)
        end_losses(self.store.backend, (entry.record.id for entry in entries))
        self._distrusted.clear()
        self._reset()
        purged = self.store.purged()
        if late := {e.pack for e in entries if e.record.id in purged}:
            from assetstore.store.purge.rewrite import sweep

            sweep(self.store, late)

    def abort(self) -> None:
        """Throw away what was put since the last commit."""
        for pack in self._packs:
            pack.upload.abort()
        self._reset()

    def _reset(self) -> None:
        self._packs, self._open, self._pending = [], None, {}
        self._recipes = {}
        self._unsynced = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abort()

    def begin(self, *, alone: bool, effort: int = 0, born: float | None = None) -> Pack:
        """The pack for the next record, or a new one that the caller fills."""
        if not alone and self._open is not None:
            return self._open
        pack = Pack(self.store, effort, born)
        self._packs.append(pack)
        if not alone:
            self._open = pack
        return pack

    def append(self, pack: Pack, record: Record, stored: Sequence[bytes]) -> None:
        """Write a record whose stored form is at hand to a pack of `begin`."""
        offset = pack.upload.size
        pack.upload.write([record.pack(), *stored])
        self.added(pack, Entry(record=record, pack=pack.name, offset=offset))

    def drop(self, pack: Pack) -> None:
        """Throw away a pack whose only record was a duplicate."""
        pack.upload.abort()
        self._packs.remove(pack)

    def added(self, pack: Pack, entry: Entry) -> None:
        """A record was written."""
        pack.entries.append(entry)
        id = entry.record.id
        self._pending[id] = (pack, entry)
        if entry.record.kind is Kind.RECIPE:
            self._recipes[id[:20]] = id
        size = entry.record.stored + RECORD.size
        self.new_bytes += size
        self._unsynced += size
        if pack is self._open and pack.upload.size >= TARGET:
            self._open = None
            pack.upload.sync()
            self._unsynced = 0
        elif self._unsynced >= SYNC_EVERY:
            pack.upload.sync()
            self._unsynced = 0
