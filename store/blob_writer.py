"""Write one blob into a session, piece by piece."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Generic, Protocol, TypeVar

from assetstore.store.backends.base import Upload
from assetstore.store.codecs.base import Codec, Encoder
from assetstore.store.format.blob import BlobId, Kind, hasher
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import (
    LARGE,
    PACK_HEADER,
    RECORD,
    Record,
)


class OpenPack(Protocol):
    """A pack that is being written."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def upload(self) -> Upload:
        """The object that its bytes go to."""


PackT = TypeVar("PackT", bound=OpenPack)


class Packs(Protocol[PackT]):
    """Whoever has packs to write to: a session, or a dry run that only counts."""

    @property
    def codecs(self) -> Mapping[int, Codec]:
        """The codecs that a record may have, by number."""

    def begin(self, *, alone: bool) -> PackT:
        """The pack for the next record, or a new one for it alone."""

    def added(self, pack: PackT, entry: Entry) -> None:
        """Take note of a record that was written."""

    def drop(self, pack: PackT) -> None:
        """Throw away a pack whose only record was a duplicate."""


# How PNG, JPEG, GIF, WOFF2 and ZIP begin: not worth a try of any codec.
_COMPRESSED = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"wOF2", b"PK\3\4")
_SAMPLE = 32 << 10


def is_compressed(sample: bytes) -> bool:
    """Tell whether a blob that begins like this is compressed already."""
    return sample.startswith(_COMPRESSED) or sample[8:12] == b"WEBP"


# Written bytes after which a sync starts in the background.
SYNC_EVERY = 48 << 20


class BlobWriter(Generic[PackT]):
    """A blob on its way into a pack.

    Pieces are kept as they are, not copied, until the blob ends or is too large
    to wait for that; then it gets a pack of its own, which is thrown away again
    if the blob turns out not to be lacking.

    Args:
        session: Has the packs.
        kind: What the blob is.
        lacks: Says whether a blob is to be written, once its id is known.
    """

    def __init__(
        self, session: Packs[PackT], kind: Kind, lacks: Callable[[BlobId], bool]
    ):
        self._session = session
        self._kind = kind
        self._lacks = lacks
        self._hash = hasher(kind)
        self._held: list[bytes] = []
        self._size = 0
        self._pack: PackT | None = None
        self._encoder: Encoder | None = None
        self._codec = 0
        self._stored = 0

    def write(self, piece: bytes) -> None:
        """Take the next piece, without copying it."""
        self._hash.update(piece)
        self._held.append(piece)
        self._size += len(piece)
        if self._pack is not None or self._size >= LARGE:
            self._spill()

    def _spill(self) -> None:
        """Write what is held to a pack of the blob's own."""
        if self._pack is None:
            self._pack = self._session.begin(alone=True)
            self._pack.upload.write([bytes(RECORD.size)])
            self._codec = self._chosen()
            self._encoder = self._session.codecs[self._codec].encoder()
        assert self._encoder is not None  # noqa: S101 for the type checker
        stored = [self._encoder.encode(piece) for piece in self._held]
        self._append(self._pack, stored)
        self._held = []

    def _append(self, pack: PackT, stored: Sequence[bytes]) -> None:
        pack.upload.write(stored)
        self._stored += sum(map(len, stored))

    def _chosen(self) -> int:
        """The codec for a blob that begins like what is held."""
        if self._kind is Kind.RECIPE or not self._size:
            return 0
        sample = self._held[0]
        if len(sample) < min(_SAMPLE, self._size):
            sample = b"".join(islice(self._held, 1 + _SAMPLE // 64))
        if is_compressed(sample):
            return 0
        return next(
            (n for n, c in self._session.codecs.items() if n and c.pays(sample)), 0
        )

    def finish(self) -> tuple[BlobId, int, bool]:
        """End the blob.

        Returns:
            Its id, its length, and whether the store did not hold it and does now.

        Raises:
            StoreWriteError: The store cannot be written.
        """
        id = BlobId(self._hash.digest())
        session, pack = self._session, self._pack
        if not self._lacks(id):
            self.abort()
            return id, self._size, False
        if pack is not None:
            self._spill()
            assert self._encoder is not None  # noqa: S101 for the type checker
            self._append(pack, [self._encoder.finish()])
            offset = len(PACK_HEADER)
            pack.upload.patch(offset, self._record(id).pack())
        else:
            stored = self._encoded()
            self._stored = sum(map(len, stored))
            pack = session.begin(alone=False)
            offset = pack.upload.size
            pack.upload.write([self._record(id).pack(), *stored])
        session.added(
            pack, Entry(record=self._record(id), pack=pack.name, offset=offset)
        )
        self._held = []
        return id, self._size, True

    def _record(self, id: BlobId) -> Record:
        return Record(
            kind=self._kind,
            id=id,
            codec=self._codec,
            raw=self._size,
            stored=self._stored,
        )

    def _encoded(self) -> Sequence[bytes]:
        """Encode a blob that is held as a whole."""
        codec = self._chosen()
        stored = self._session.codecs[codec].encode(self._held, self._size)
        if stored is None:
            return self._held
        self._codec = codec
        return stored

    def abort(self) -> None:
        """Forget the blob."""
        if self._pack is not None:
            self._session.drop(self._pack)
            self._pack = None
        self._held = []
