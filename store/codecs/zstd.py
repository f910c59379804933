"""Zstandard, for what is not compressed already: SVG, fonts, text, sound.

Level 3 in a single frame. A frame may ask for a window of at most 8 MiB, so a
crafted one cannot make a reader allocate more.
"""

from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, cast

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.base import PIECE, Fill
from assetstore.store.codecs.dependent import Related

if TYPE_CHECKING:
    import zstandard

MAX_WINDOW = 8 << 20
_SAMPLE = 32 << 10
_LEVEL = 3


class ZstdCodec:
    """A frame of RFC 8878."""

    number = 1
    name = "zstd"

    def __init__(self) -> None:
        self._sampler: zstandard.ZstdCompressor | None = None
        self._whole: zstandard.ZstdCompressor | None = None

    def pays(self, sample: bytes) -> bool:
        """Tell whether the first 32 KiB shrink by a tenth at the fastest level."""
        if self._sampler is None:
            import zstandard

            self._sampler = zstandard.ZstdCompressor(level=1)
        view = memoryview(sample)[:_SAMPLE]
        return len(self._sampler.compress(view)) <= len(view) * 0.9

    def encode(self, pieces: Sequence[bytes], size: int) -> Sequence[bytes] | None:
        """The frame, unless it saves less than 5 per cent."""
        encoder = self.encoder(size)
        stored = [out for piece in pieces if (out := encoder.encode(piece))]
        stored.append(encoder.finish())
        return stored if sum(map(len, stored)) <= size * 0.95 else None

    def encoder(self, size: int = -1) -> "ZstdCodec.Encoder":
        """Begin a blob that comes in pieces."""
        if self._whole is None:
            import zstandard

            self._whole = zstandard.ZstdCompressor(level=_LEVEL)
        return self.Encoder(self._whole.compressobj(size=size))

    class Encoder:
        """A frame being written."""

        def __init__(self, frame: "zstandard.ZstdCompressionObj"):
            self._frame = frame

        def encode(self, piece: bytes) -> bytes:
            """Return what the frame has for a piece so far."""
            return self._frame.compress(piece)

        def finish(self) -> bytes:
            """The frame's end."""
            return self._frame.flush()

    def decode(
        self,
        fill: Fill,
        stored: int,
        raw: int,
        buffer: bytearray,
        related: Related | None = None,
    ) -> Iterator[memoryview]:
        """Decompress into the buffer, never more than ``raw`` bytes in all."""
        import zstandard

        view = memoryview(buffer)
        decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        given = 0
        try:
            # A frame without content or with another length is caught below.
            reader = decompressor.stream_reader(
                cast("IO[bytes]", _Stored(fill, stored))
            )
            while given < raw:
                piece = view[: min(PIECE, raw - given)]
                filled = 0
                while filled < len(piece):
                    n = reader.readinto(piece[filled:])
                    if n == 0:
                        raise DamagedBlob("a compressed record is cut short")
                    filled += n
                given += filled
                yield piece
            if reader.read(1):
                raise DamagedBlob("a compressed record is longer than it says")
        except zstandard.ZstdError as e:
            raise DamagedBlob(f"a compressed record is damaged: {e}") from e


class _Stored:
    """Stored bytes as the file object that a decompressor reads."""

    def __init__(self, fill: Fill, size: int):
        self._fill = fill
        self._size = size
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        left = self._size - self._at
        buffer = bytearray(left if size < 0 else min(size, left))
        got = self._fill(self._at, memoryview(buffer))
        self._at += got
        return bytes(memoryview(buffer)[:got])
