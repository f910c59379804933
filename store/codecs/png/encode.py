"""Take a PNG file apart, and code what it is made of."""

import io
import zlib
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from assetstore.store.codecs.arena import return_large_blocks
from assetstore.store.codecs.frames import squeeze
from assetstore.store.codecs.png import MAX_FILE
from assetstore.store.codecs.png.container import (
    Header,
    PngParts,
    kinds_of,
    minimal,
    split,
)
from assetstore.store.codecs.png.picture import (
    MAX_PIXELS,
    NOTHING,
    ZSTD,
    Layout,
    StoredPicture,
    encode_pixels,
)
from assetstore.store.codecs.png.streams import Finder, version
from assetstore.store.codecs.png.tiles import TILE, Match, as_words, padded, spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

# By colour type: the type of a picture whose samples are unfiltered alike.
_ALIKE = {0: 0, 2: 2, 3: 0, 4: 4, 6: 6}
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
# By effort: WebP's method and quality.
_WEBP = {1: (1, 30), 2: (2, 30), 3: (3, 50), 4: (3, 75), 5: (4, 75), 6: (4, 90)}
_MOST = (6, 100)
_LITTLE, _MUCH = 0.02, 0.3


def scanlines(stream: bytes, header: Header) -> bytes | None:
    """Decompress a stream, if it holds exactly this picture's scanlines."""
    size = header.scanlines
    inflate = zlib.decompressobj()
    try:
        raw = inflate.decompress(stream, size + 1)
    except zlib.error:
        return None
    if not inflate.eof or inflate.unused_data or len(raw) != size:
        return None
    return raw


@dataclass(slots=True)
class TakenApart:
    """A file whose stream has a recipe.

    Attributes:
        picture: Its stored form, the pixels yet to be coded.
        pixels: They, height x width x channels; None: there are only scanlines.
        lines: Its scanlines.
        stream: Its stream, which the picture's recipe made of them.
    """

    picture: StoredPicture
    pixels: "Bytes | None"
    lines: bytes
    stream: bytes


def take(raw: bytes, finder: "Finder") -> TakenApart | None:
    """Take a file apart; None where that is in vain."""
    return_large_blocks()
    header = Header.parse(raw[:33])
    if (
        header is None
        or len(raw) > MAX_FILE
        or header.width * header.height > MAX_PIXELS
        or (parts := split(raw)) is None
        or (lines := scanlines(parts.stream, header)) is None
    ):
        return None
    row = header.row + 1
    recipe = finder.find(parts.stream, lines, row, _clue(parts))
    if recipe is None:
        return None
    pixels = _pixels(parts.stream, lines, header)
    layout = None
    if pixels is not None:
        kinds = bytes(np.frombuffer(lines, np.uint8)[::row])
        height, width, channels = pixels.shape
        opaque = channels == 4 and bool((pixels[:, :, 3] == 255).all())
        if opaque:
            pixels = np.ascontiguousarray(pixels[:, :, :3])
        layout = Layout(
            height=height,
            width=width,
            channels=pixels.shape[2],
            opaque=opaque,
            kinds=kinds,
            box=(0, 0, height, width),
            sources=(),
            codes=np.zeros((0, 0), np.uint8),
        )
    picture = StoredPicture(
        head=parts.head,
        tail=parts.tail,
        sizes=parts.sizes,
        recipe=recipe,
        version=version(recipe.encoder),
        layout=layout,
        row=row,
        coding=NOTHING,
        payload=b"",
    )
    return TakenApart(picture, pixels, lines, parts.stream)


def _clue(parts: PngParts) -> tuple[Hashable, ...]:
    """Return what is alike in files of one program."""
    header = parts.header
    kinds = tuple(kinds_of(parts.head))
    return header.color, header.depth, max(parts.sizes[:-1], default=0), kinds


def _pixels(stream: bytes, lines: bytes, header: Header) -> "Bytes | None":
    """Unfiltered samples; None where they are not of whole bytes, or interlaced."""
    color = _ALIKE[header.color]
    width = header.width
    if header.interlace or max(lines[:: header.row + 1]) > 4:
        return None
    if header.depth < 8:
        color, width = 0, header.row
    elif header.depth == 16:
        if header.color != 0:
            return None
        color = 4
    try:
        with Image.open(
            io.BytesIO(minimal(width, header.height, color, stream)), formats=("PNG",)
        ) as image:
            pixels = np.asarray(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    shape = (header.height, width, _CHANNELS[color])
    return pixels.reshape(shape) if pixels.size == np.prod(shape) else None


def code(
    taken: TakenApart, effort: int, found: "Match | None" = None
) -> "tuple[StoredPicture, Match | None]":
    """Code a picture's pixels.

    Args:
        taken: The picture.
        effort: From 1, the fastest, to 9.
        found: What of it is in earlier pictures.

    Returns:
        Its stored form, and what of ``found`` was used.
    """
    method, quality = _WEBP.get(effort, _MOST)
    if taken.pixels is None:
        picture = taken.picture
        picture.coding = ZSTD
        picture.payload = squeeze(taken.lines, 19 if effort > 4 else 12)
        return picture, None
    whole = None
    if found is None or found.share < _MUCH:
        whole = encode_pixels(taken.pixels, method, quality)
    if found is not None and found.share > _LITTLE:
        part, box = _own(taken.pixels, found)
        coded = encode_pixels(part, method, quality)
        cost = 9 * len(found.sources)
        if whole is None or len(coded[1]) + cost < len(whole[1]):
            layout = taken.picture.layout
            assert layout is not None  # noqa: S101 for the type checker
            taken.picture.coding, taken.picture.payload = coded
            layout.box, layout.sources, layout.codes = box, found.sources, found.codes
            return taken.picture, found
    assert whole is not None  # noqa: S101 for the type checker
    taken.picture.coding, taken.picture.payload = whole
    return taken.picture, None


def _own(pixels: "Bytes", found: "Match") -> "tuple[Bytes, tuple[int, int, int, int]]":
    """The part of a picture that is not known, black where it is."""
    height, width, channels = pixels.shape
    down, across = np.nonzero(found.codes == 0)
    if not len(down):
        return np.zeros((0, 0, channels), np.uint8), (0, 0, 0, 0)
    top, left = int(down.min()) * TILE, int(across.min()) * TILE
    bottom = min(height, (int(down.max()) + 1) * TILE)
    right = min(width, (int(across.max()) + 1) * TILE)
    part = padded(pixels[top:bottom, left:right].copy())
    known = spread(found.codes)[top:bottom, left // TILE : -(-right // TILE)] != 0
    np.copyto(as_words(part), np.uint64(0), where=known[:, :, None])
    return part[:, : right - left], (top, left, bottom - top, right - left)
