"""The part of a store that reads blobs, wherever their copies are."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from assetstore.errors import (
    DamagedBlob,
    MissingBlob,
    PurgedBlob,
    StoreError,
    UnsupportedStore,
)
from assetstore.store.backends.base import Backend
from assetstore.store.codecs import Decoders, codec_for
from assetstore.store.codecs.base import PIECE
from assetstore.store.dependencies import Dependencies
from assetstore.store.format.blob import BlobId, Kind, hasher
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD, Record, pack_key, read_pack
from assetstore.store.index_cache import IndexCache
from assetstore.store.unnamed import UnnamedPacks, index_lost, list_unnamed

_ATTEMPTS = 10


class PackGone(FileNotFoundError):
    """A pack was removed while a blob was read from it.

    Attributes:
        given: How many of its bytes were given out.
        digest: Their hash.
    """

    def __init__(self, given: int, digest: bytes):
        super().__init__("the pack was removed")
        self.given = given
        self.digest = digest

    def __reduce__(self) -> tuple[type["PackGone"], tuple[int, bytes]]:
        """Let it cross to another process."""
        return type(self), (self.given, self.digest)


class BlobReader(ABC):
    """The part of a store that reads blobs.

    Attributes:
        backend: Where its files are.
        damaged_indexes: Why index files cannot be read, by name.
    """

    backend: Backend
    damaged_indexes: dict[str, StoreError]
    _cache: IndexCache

    def __init__(self) -> None:
        self._buffer = bytearray(PIECE)
        self._codecs = Decoders()
        self._unnamed: UnnamedPacks | None = None

    @abstractmethod
    def refresh(self) -> None:
        """Look at the index files again."""

    @abstractmethod
    def renew(self, *, delete: bool = False) -> bool:
        """Read all index files anew."""

    @abstractmethod
    def purged(self) -> set[BlobId]:
        """The blobs that were purged."""

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
        nothing of it was given out. One that is removed meanwhile is gone on with
        in another, if that begins with the same bytes.

        Args:
            kind: What it is.
            id: Its id.
            check: Compare the bytes with the id when all were read.

        Yields:
            Views of one buffer, each valid until the next is asked for.

        Raises:
            MissingBlob: There is no copy; `PurgedBlob` where that was wanted.
            DamagedBlob: A copy's bytes are wrong.
            UnsupportedStore: What it takes to read it is not here.
        """
        problem: Exception | None = None
        gone: PackGone | None = None
        for entry in self._candidates(kind, id):
            given = False
            try:
                for piece in self._behind(gone, entry, check=check):
                    given = True
                    yield piece
                return
            except PackGone as e:
                # Whoever moved it copied it first: another copy begins alike, and
                # the one that gave most says how much to pass over.
                problem = problem or e
                if gone is None or e.given > gone.given:
                    gone = e
            except (DamagedBlob, FileNotFoundError, UnsupportedStore) as e:
                if not isinstance(problem, DamagedBlob):
                    problem = e
                if given:  # its bytes were wrong, and somebody has them
                    break
        # The reason that says most: on purpose, then what can be mended.
        if id in self.purged():
            raise PurgedBlob(
                f"blob {id.hex()} was purged from the store",
                hint="It is gone for good. --allow-missing restores all but that.",
            ) from problem
        if isinstance(problem, UnsupportedStore):
            raise problem
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
        if self.unnamed(kind, id):
            raise index_lost(f"blob {id.hex()}") from problem
        raise MissingBlob(
            f"blob {id.hex()} is not in the store",
            hint="Run 'assetstore verify'; check that --store names the right store.",
        ) from problem

    def unnamed(self, kind: Kind, prefix: bytes) -> bool:
        """Tell whether a blob whose id begins so is in a pack that no index names.

        What the packs hold is looked up once.
        """
        if self._unnamed is None:
            self._unnamed = UnnamedPacks.of(self.backend, self._cache.packs())
        return self._unnamed.hold(kind, prefix)

    def unnamed_packs(self) -> set[str]:
        """The packs that no index names, and that nobody is about to remove."""
        named = self._cache.packs()
        return set(list_unnamed(self.backend, named))

    def _behind(
        self, gone: PackGone | None, entry: Entry, *, check: bool
    ) -> Iterator[memoryview]:
        """Go on in another copy behind what was given out."""
        left = gone.given if gone is not None else 0
        digest = hasher(entry.record.kind)
        for piece in self.stream_copy(entry, check=check):
            if gone is None or left <= 0:
                yield piece
                continue
            left -= len(piece)
            digest.update(piece)
            if left < 0 or (left == 0 and check and digest.digest() != gone.digest):
                raise DamagedBlob("its copies do not begin alike")

    def _candidates(self, kind: Kind, id: BlobId) -> Iterator[Entry]:
        """Yield where a blob may be: as the cache says, then as the index files do.

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
        except FileNotFoundError:
            raise PackGone(total - len(held or b""), digest.digest()) from None
        finally:
            self._buffer = buffer

    def read_through(self, entry: Entry) -> None:
        """Read one copy of a blob to its end, to see whether it is whole.

        Raises:
            FileNotFoundError: Its pack is gone.
            DamagedBlob: Its bytes are wrong.
            UnsupportedStore: What it takes to read it is not here.
        """
        for _ in self.stream_copy(entry):
            pass

    def _kin(self, pack: str) -> Dependencies:
        key = pack_key(pack)
        return Dependencies(
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
        from assetstore.store.repair.index import scan_pack

        size = self.backend.size(pack_key(pack)) or 0
        return scan_pack(self.backend, pack, size)[0]
