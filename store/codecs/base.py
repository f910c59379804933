"""What a codec has to do."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from assetstore.store.codecs.dependent import Related

# Bytes in a piece of a blob: a multiple of three, so that pieces of base64 join.
PIECE = 3 << 17

# Reads from a fixed place: (offset, view) -> how many bytes of the view were
# filled, fewer than its length only at the end.
Fill = Callable[[int, memoryview], int]


class Encoder(Protocol):
    """One blob on its way into a pack, piece by piece."""

    def encode(self, piece: bytes) -> bytes:
        """Return what is stored for a piece; it may be empty and come later."""

    def finish(self) -> bytes:
        """End the blob; return what remains to be stored."""


class Decoder(Protocol):
    """A way to read a blob's bytes from their stored form.

    Attributes:
        number: What a record's header calls it.
        name: What people call it.
    """

    number: int
    name: str

    def decode(
        self,
        fill: Fill,
        stored: int,
        raw: int,
        buffer: bytearray,
        related: "Related | None" = None,
    ) -> Iterator[memoryview]:
        """A blob's bytes, in pieces of `PIECE` bytes but for the last.

        Memory is bounded by the buffer and the codec's window, whatever the
        stored bytes claim.

        Args:
            fill: Reads the stored bytes.
            stored: How many of them there are.
            raw: How long the blob is; exactly that much is given out.
            buffer: `PIECE` bytes; each piece given out may be a view of it.
            related: The other records of the pack.

        Raises:
            DamagedBlob: The stored bytes do not decode to that length.
        """


class Codec(Decoder, Protocol):
    """A way to keep a blob's bytes that is quick enough to be used at once."""

    def pays(self, sample: bytes) -> bool:
        """Tell whether a blob that begins like this is worth encoding."""

    def encode(self, pieces: Sequence[bytes], size: int) -> Sequence[bytes] | None:
        """The stored form of a whole blob, or None where it does not pay.

        Args:
            pieces: The blob.
            size: Their total length.
        """

    def encoder(self) -> Encoder:
        """Begin a blob that does not fit into memory."""
