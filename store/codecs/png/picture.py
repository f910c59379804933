"""The stored form of a PNG file. Layout in docs/format.md."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.binary import FieldReader, Fields
from assetstore.store.codecs.dependent import (
    read_related,
    related_size,
    write_related,
)
from assetstore.store.codecs.frames import expand, squeeze
from assetstore.store.codecs.png.streams import StreamRecipe
from assetstore.store.codecs.png.tiles import MOST_SOURCES, TileSource, tiles_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

# More pixels than a screen of 5120 x 2880 has; more are never decoded.
MAX_PIXELS = 1 << 24
MAX_SIDE = 16383  # WebP's
MAX_SCANLINES = 5 * MAX_PIXELS
_MAX_FIELDS = 16 << 20
_MODES = {1: "RGB", 3: "RGB", 4: "RGBA"}
# How the payload is coded.
NOTHING, ZSTD, WEBP = 0, 1, 2


@dataclass(slots=True, kw_only=True)
class Layout:
    """How scanlines are made of pixels.

    Attributes:
        height: Rows.
        width: Pixels in a row.
        channels: Bytes of a pixel that are coded.
        opaque: Whether a fourth byte of 255 follows them.
        kinds: Each row's filter.
        box: The part that the payload holds: its top and left edge, height, width.
        sources: Where tiles come from.
        codes: As in `tiles.Known`.
    """

    height: int
    width: int
    channels: int
    opaque: bool
    kinds: bytes
    box: tuple[int, int, int, int]
    sources: Sequence[TileSource]
    codes: "Bytes"

    @property
    def step(self) -> int:
        """Bytes of a pixel in the file."""
        return self.channels + self.opaque


@dataclass(slots=True, kw_only=True)
class StoredPicture:
    """A stored form.

    Attributes:
        head: The file's bytes before its first IDAT chunk.
        tail: Those behind the last one.
        sizes: The lengths of the data in IDAT chunks.
        recipe: How their stream is made.
        version: The version of the encoder that was tried with it.
        layout: How scanlines are made of pixels; None: the payload is scanlines.
        row: Bytes of a scanline, its filter's included.
        coding: How the payload is coded.
        payload: The pixels of ``layout.box``, or all scanlines.
    """

    head: bytes
    tail: bytes
    sizes: tuple[int, ...]
    recipe: StreamRecipe
    version: str
    layout: Layout | None
    row: int
    coding: int
    payload: bytes

    def write(self) -> bytes:
        """The stored form's bytes."""
        owners = sorted({s.owner for s in self.layout.sources} if self.layout else ())
        out = Fields()
        self.recipe.write(out, self.version)
        out.string(self.head)
        out.string(self.tail)
        runs = [(size, len(list(run))) for size, run in groupby(self.sizes)]
        out.number(len(runs))
        for size, count in runs:
            out.number(size)
            out.number(count)
        out.number(self.row)
        out.number(self.coding)
        out.number(self.layout is not None)
        if self.layout is not None:
            _write_layout(out, self.layout, owners)
        frame = squeeze(out.take(), 19)
        start = Fields()
        start.number(len(frame))
        return write_related(owners) + start.take() + frame + self.payload

    @classmethod
    def read(cls, stored: bytes) -> "StoredPicture":
        """Take a stored form apart.

        Raises:
            DamagedBlob: It is none.
        """
        owners = read_related(stored)
        fields = FieldReader(stored)
        fields.at = related_size(stored)
        frame = fields.string()
        payload = fields.rest()
        fields = FieldReader(expand(frame, _MAX_FIELDS))
        recipe, version = StreamRecipe.read(fields)
        head, tail = fields.string(), fields.string()
        sizes: list[int] = []
        for _ in range(fields.number()):
            size, count = fields.number(), fields.number()
            if len(sizes) + count > 1 << 20:
                raise DamagedBlob("a stored picture has too many chunks")
            sizes += [size] * count
        row, coding = fields.number(), fields.number()
        layout = _read_layout(fields, owners) if fields.number() else None
        return cls(
            head=head,
            tail=tail,
            sizes=tuple(sizes),
            recipe=recipe,
            version=version,
            layout=layout,
            row=row,
            coding=coding,
            payload=payload,
        )


def _write_layout(out: Fields, layout: Layout, owners: list[bytes]) -> None:
    for value in (layout.height, layout.width, layout.channels, layout.opaque):
        out.number(value)
    for value in layout.box:
        out.number(value)
    out.number(len(layout.sources))
    for source in layout.sources:
        out.number(owners.index(source.owner))
        out.signed(source.down)
    out.string(layout.kinds)
    if layout.sources:
        out.string(layout.codes.tobytes())


def _read_layout(fields: FieldReader, owners: Sequence[bytes]) -> Layout:
    height, width, channels, opaque = (fields.number() for _ in range(4))
    top, left, tall, wide = (fields.number() for _ in range(4))
    if (
        not 0 < height * width <= MAX_PIXELS
        or max(height, width) > MAX_PIXELS
        or channels not in (1, 2, 3, 4)
        or opaque > 1
        or top + tall > height
        or left + wide > width
    ):
        raise DamagedBlob("a stored picture has an impossible size")
    count = fields.number()
    if count > MOST_SOURCES:
        raise DamagedBlob("a stored picture has too many sources")
    sources = []
    for _ in range(count):
        owner, down = fields.number(), fields.signed()
        if owner >= len(owners):
            raise DamagedBlob("a stored picture names a source that it has not")
        sources.append(TileSource(owners[owner], down))
    kinds = fields.string()
    tiles = tiles_of(height, width)
    codes = np.zeros(tiles, np.uint8)
    if sources:
        found = np.frombuffer(fields.string(), np.uint8)
        if found.size != codes.size or int(found.max(initial=0)) > count:
            raise DamagedBlob("a stored picture has a damaged map of its tiles")
        codes = found.reshape(tiles)
    if len(kinds) != height:
        raise DamagedBlob("a stored picture has a damaged list of filters")
    return Layout(
        height=height,
        width=width,
        channels=channels,
        opaque=bool(opaque),
        kinds=kinds,
        box=(top, left, tall, wide),
        sources=sources,
        codes=codes,
    )


def encode_pixels(pixels: "Bytes", method: int, quality: int) -> tuple[int, bytes]:
    """A part of a picture, and how it is coded.

    Args:
        pixels: Height x width x channels.
        method: WebP's method, 0 to 6.
        quality: WebP's effort, 0 to 100.
    """
    from PIL import Image

    height, width, channels = pixels.shape
    if not pixels.size:
        return NOTHING, b""
    small = pixels.size <= 1 << 16
    best = (ZSTD, squeeze(pixels.tobytes(), 19)) if small or channels == 2 else None
    if channels in _MODES and max(height, width) <= MAX_SIDE:
        colours = np.repeat(pixels, 3, axis=2) if channels == 1 else pixels
        image = Image.fromarray(np.ascontiguousarray(colours))
        out = io.BytesIO()
        image.save(
            out, "WEBP", lossless=True, quality=quality, method=method, exact=True
        )
        webp = out.getvalue()
        if best is None or len(webp) < len(best[1]):
            best = (WEBP, webp)
    return best or (ZSTD, squeeze(pixels.tobytes(), 19))


def decode_pixels(coding: int, payload: bytes, shape: tuple[int, int, int]) -> "Bytes":
    """Pixels from their payload.

    Args:
        coding: How it is coded.
        payload: It.
        shape: Height, width, channels: they must be these.

    Raises:
        DamagedBlob: They are others, or damaged.
    """
    from PIL import Image

    size = shape[0] * shape[1] * shape[2]
    if not size or coding == NOTHING:
        if size or payload:
            raise DamagedBlob("a stored picture has pixels that it should not have")
        return np.zeros(shape, np.uint8)
    if coding == ZSTD:
        data = expand(payload, size)
        if len(data) != size:
            raise DamagedBlob("a stored picture has too few pixels")
        return np.frombuffer(data, np.uint8).reshape(shape)
    if coding != WEBP or shape[2] not in _MODES:
        raise DamagedBlob("a stored picture is coded in an unknown way")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(payload), formats=("WEBP",)) as image:
                if image.size != (shape[1], shape[0]):
                    raise DamagedBlob("a stored picture has another size")
                mode = _MODES[shape[2]]
                same = image.mode == mode  # converting copies even then
                pixels = np.asarray(image if same else image.convert(mode))
    except (OSError, ValueError, Image.DecompressionBombError, MemoryError) as e:
        raise DamagedBlob(f"a stored picture's pixels are damaged: {e}") from e
    return pixels[:, :, : shape[2]]
