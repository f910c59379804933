"""Bytes as they are: what pictures, which are compressed already, get."""

from collections.abc import Iterator, Sequence

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.base import PIECE, Fill
from assetstore.store.codecs.dependent import Related


class RawCodec:
    """Stored bytes are the blob's bytes."""

    number = 0
    name = "raw"

    def pays(self, sample: bytes) -> bool:
        """Always: it costs nothing."""
        return True

    def encode(self, pieces: Sequence[bytes], size: int) -> Sequence[bytes] | None:
        """The pieces themselves, not copied."""
        return pieces

    def encoder(self) -> "RawCodec.Encoder":
        """Begin a blob that comes in pieces."""
        return self.Encoder()

    class Encoder:
        """Hands every piece on."""

        def encode(self, piece: bytes) -> bytes:
            """The piece itself."""
            return piece

        def finish(self) -> bytes:
            """Nothing remains."""
            return b""

    def decode(
        self,
        fill: Fill,
        stored: int,
        raw: int,
        buffer: bytearray,
        related: Related | None = None,
    ) -> Iterator[memoryview]:
        """Read straight into the buffer."""
        if stored != raw:
            raise DamagedBlob("a raw record has two lengths")
        view = memoryview(buffer)
        for offset in range(0, raw, PIECE):
            piece = view[: min(PIECE, raw - offset)]
            if fill(offset, piece) != len(piece):
                raise DamagedBlob("a record is cut short")
            yield piece
