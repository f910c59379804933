"""Coded pictures without a store: what a pack holds for them."""

from dataclasses import dataclass, field

from assetstore.errors import DamagedBlob
from assetstore.store.codecs import known_decoders
from assetstore.store.codecs.base import PIECE, Fill
from assetstore.store.codecs.dependent import PREFIX
from assetstore.store.codecs.png.streams import Finder
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.optimize.encode import BlobEncoder, Coded


def filler(stored: bytes) -> Fill:
    """Reads from bytes."""

    def fill(offset: int, view: memoryview) -> int:
        data = stored[offset : offset + len(view)]
        view[: len(data)] = data
        return len(data)

    return fill


@dataclass
class Shelf:
    """The records of one pack, by how their ids begin: as `related.Related`.

    Attributes:
        records: Codec, stored form and length of each.
        pack: What it is called; decoders remember pictures by that.
    """

    records: dict[bytes, tuple[int, bytes, int]] = field(default_factory=dict)
    pack: str = "shelf"

    def __call__(self, prefix: bytes) -> tuple[int, Fill, int, int]:
        if prefix not in self.records:
            raise DamagedBlob("it is not there")
        codec, stored, raw = self.records[prefix]
        return codec, filler(stored), len(stored), raw

    def add(self, raw: bytes, shrinker: BlobEncoder) -> Coded | None:
        """Code a picture for this pack, and put it there, unless it is there."""
        prefix = blob_id(Kind.MEDIA, raw)[:PREFIX]
        if prefix in self.records:
            return None
        coded = shrinker.code(Kind.MEDIA, raw, self)  # type: ignore[arg-type]
        if coded is None:
            self.records[prefix] = 0, raw, len(raw)
        else:
            stored = b"".join(coded.stored)
            self.records[prefix] = coded.record.codec, stored, len(raw)
        return coded

    def renamed(self) -> "Shelf":
        """The same under another name, of which no decoder remembers anything."""
        return Shelf(dict(self.records), f"{self.pack}'")


def shrinker(effort: int = 1) -> BlobEncoder:
    """A new one."""
    return BlobEncoder(effort, Finder())


def decoded(codec: int, stored: bytes, raw: int, shelf: Shelf | None) -> bytes:
    """What a new decoder gives.

    Raises:
        AssertionError: It gives more than ``raw``, or pieces of another size.
    """
    pieces: list[bytes] = []
    for piece in known_decoders()[codec].decode(
        filler(stored), len(stored), raw, bytearray(PIECE), shelf
    ):
        pieces.append(bytes(piece))
        assert sum(map(len, pieces)) <= raw
    assert all(len(piece) == PIECE for piece in pieces[:-1])
    return b"".join(pieces)
