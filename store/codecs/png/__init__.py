"""PNG files as pixels, and what it takes to make the same file of them again.

A file's deflate stream is kept as the parameters of the encoder that wrote it
(`streams`), its pixels as lossless WebP without what stands in earlier pictures of
the pack (`tiles`), and the rest as it is. That the same file comes out is tried
before anything is kept, and by the hash of every blob that is read.
"""

import io
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.codecs.base import PIECE, Fill
from assetstore.store.codecs.frames import expand, squeeze
from assetstore.store.codecs.heap import return_large_blocks
from assetstore.store.codecs.png.container import Header, join, minimal, split
from assetstore.store.codecs.related import Related, read_all

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assetstore.store.codecs.png.picture import Picture
    from assetstore.store.codecs.png.streams import Finder
    from assetstore.store.codecs.png.tiles import Known, Match

    Bytes = NDArray[np.uint8]

MAX_FILE = 64 << 20
_CACHED = 16 << 20
# By colour type: the type of a picture whose samples are unfiltered alike.
_ALIKE = {0: 0, 2: 2, 3: 0, 4: 4, 6: 6}
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
# By effort: WebP's method and quality.
_WEBP = {1: (1, 30), 2: (2, 30), 3: (3, 50), 4: (3, 75), 5: (4, 75), 6: (4, 90)}
_MOST = (6, 100)
_LITTLE, _MUCH = 0.02, 0.3


def scanlines(stream: bytes, header: Header) -> bytes | None:
    """What a stream holds, if that is exactly this picture's scanlines."""
    size = header.scanlines
    inflate = zlib.decompressobj()
    try:
        raw = inflate.decompress(stream, size + 1)
    except zlib.error:
        return None
    if not inflate.eof or inflate.unused_data or len(raw) != size:
        return None
    return raw


class Taken:
    """A file whose stream has a recipe.

    Attributes:
        picture: Its stored form, the pixels yet to be coded.
        pixels: They, height x width x channels; None: there are only scanlines.
        raw: Its scanlines.
    """

    def __init__(self, picture: "Picture", pixels: "Bytes | None", raw: bytes):
        self.picture = picture
        self.pixels = pixels
        self.raw = raw


def take(raw: bytes, finder: "Finder") -> Taken | None:
    """Take a file apart; None where that is in vain."""
    from assetstore.store.codecs.png.picture import (
        MAX_PIXELS,
        NOTHING,
        Layout,
        Picture,
    )
    from assetstore.store.codecs.png.streams import version

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
    recipe = finder.find(parts.stream, lines, row)
    if recipe is None:
        return None
    pixels = _pixels(parts.stream, lines, header)
    layout = None
    if pixels is not None:
        import numpy as np

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
    picture = Picture(
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
    return Taken(picture, pixels, lines)


def _pixels(stream: bytes, lines: bytes, header: Header) -> "Bytes | None":
    """Unfiltered samples; None where they are not of whole bytes, or interlaced."""
    import numpy as np
    from PIL import Image

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
    taken: Taken, effort: int, found: "Match | None" = None
) -> "tuple[Picture, Match | None]":
    """Code a picture's pixels.

    Args:
        taken: The picture.
        effort: From 1, the fastest, to 9.
        found: What of it is in earlier pictures.

    Returns:
        Its stored form, and what of ``found`` was used.
    """
    from assetstore.store.codecs.png import picture as form

    method, quality = _WEBP.get(effort, _MOST)
    if taken.pixels is None:
        picture = taken.picture
        picture.coding = form.ZSTD
        picture.payload = squeeze(taken.raw, 19 if effort > 4 else 12)
        return picture, None
    whole = None
    if found is None or found.share < _MUCH:
        whole = form.encode_pixels(taken.pixels, method, quality)
    if found is not None and found.share > _LITTLE:
        part, box = _own(taken.pixels, found)
        coded = form.encode_pixels(part, method, quality)
        cost = 9 * len(found.sources)
        if whole is None or len(coded[1]) + cost < len(whole[1]):
            return _placed(taken.picture, coded, found, box), found
        found = None
    assert whole is not None  # noqa: S101 for the type checker
    return _placed(taken.picture, whole, None, None), None


def _own(pixels: "Bytes", found: "Match") -> "tuple[Bytes, tuple[int, int, int, int]]":
    """The part of a picture that is not known, black where it is."""
    import numpy as np

    from assetstore.store.codecs.png.tiles import TILE, as_words, padded, spread

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


def _placed(
    picture: "Picture",
    coded: tuple[int, bytes],
    found: "Match | None",
    box: tuple[int, int, int, int] | None,
) -> "Picture":
    assert picture.layout is not None  # noqa: S101 for the type checker
    picture.coding, picture.payload = coded
    if found is not None:
        picture.layout.sources, picture.layout.codes = found.sources, found.codes
    if box is not None:
        picture.layout.box = box
    return picture


class PngCodec:
    """Pixels and a recipe.

    Attributes:
        doubt: Why the last file may be wrong though its stored form is not: another
            version of an encoder made its stream. "": there is no reason.
    """

    number = 3
    name = "png"

    def __init__(self) -> None:
        self.doubt = ""
        self._owners: OrderedDict[tuple[str, bytes], Bytes]
        self._owners = OrderedDict()

    def decode(
        self,
        fill: Fill,
        stored: int,
        raw: int,
        buffer: bytearray,
        related: Related | None = None,
    ) -> Iterator[memoryview]:
        """A file's bytes, in pieces, as `base.Codec.decode`.

        Args:
            fill: As there.
            stored: As there.
            raw: As there.
            buffer: Not used: a picture is decoded as a whole.
            related: The other records of the pack.

        Raises:
            DamagedBlob: The stored bytes do not decode to that length.
            UnsupportedStore: A package is missing, or does not make the stream
                that it made when the picture was stored.
        """
        pieces = self.file(read_all(fill, stored, MAX_FILE), raw, related)
        whole = memoryview(b"".join(pieces))
        for at in range(0, len(whole), PIECE):
            yield whole[at : at + PIECE]

    def file(self, stored: bytes, raw: int, related: Related | None) -> Sequence[bytes]:
        """A file's bytes from its stored form.

        Raises:
            DamagedBlob: It is damaged.
            UnsupportedStore: A package is missing, or makes another stream.
        """
        try:
            from assetstore.store.codecs.png.picture import Picture
        except ImportError as e:
            raise UnsupportedStore(
                f"a picture is stored with codec {self.name}, which needs {e.name}",
                hint="Install it: pip install 'assetstore[codecs]'",
            ) from e
        from assetstore.store.codecs.png.streams import make, version

        return_large_blocks()
        self.doubt = ""
        picture = Picture.read(stored)
        here = version(picture.recipe.encoder)
        lines = self._scanlines(picture, related)
        stream = make(picture.recipe, lines, picture.row)
        total = len(picture.head) + sum(picture.sizes) + 12 * len(picture.sizes)
        if picture.version != here:
            self.doubt = f"encoder {picture.version} made its stream, here is {here}"
        if sum(picture.sizes) != len(stream) or total + len(picture.tail) != raw:
            if self.doubt:
                raise UnsupportedStore(f"a picture is not made again: {self.doubt}")
            raise DamagedBlob("a stored picture makes a file of another length")
        return join(picture.head, picture.sizes, stream, picture.tail)

    def gives(self, stored: bytes, taken: Taken, related: Related | None) -> bool:
        """Whether a stored form gives a file back that was just taken apart.

        That its recipe makes the stream of its scanlines was seen by `take`.

        Raises:
            DamagedBlob: It is damaged.
        """
        from assetstore.store.codecs.png.picture import Picture

        read, was = Picture.read(stored), taken.picture
        return (
            (read.head, read.sizes, read.tail, read.recipe, read.row)
            == (was.head, was.sizes, was.tail, was.recipe, was.row)
        ) and self._scanlines(read, related) == taken.raw

    def _scanlines(self, picture: "Picture", related: Related | None) -> bytes:
        from assetstore.store.codecs.png import picture as form

        layout = picture.layout
        if layout is None:
            if picture.coding != form.ZSTD or not picture.row:
                raise DamagedBlob("a stored picture is coded in an unknown way")
            return expand(picture.payload, form.MAX_SCANLINES)
        import numpy as np

        from assetstore.store.codecs.png.filters import KINDS, refilter

        kinds = np.frombuffer(layout.kinds, np.uint8)
        row = layout.width * layout.step + 1
        if int(kinds.max()) >= KINDS or picture.row not in (row,):
            raise DamagedBlob("a stored picture has filters that do not exist")
        pixels = self._composed(picture, related)
        if layout.opaque:
            whole = np.full((*pixels.shape[:2], layout.step), 255, np.uint8)
            whole[:, :, :-1] = pixels
            pixels = whole
        rows = np.ascontiguousarray(pixels).reshape(layout.height, -1)
        return refilter(rows, kinds, layout.step).tobytes()

    def _composed(self, picture: "Picture", related: Related | None) -> "Bytes":
        """All pixels: a picture's own, and those of others."""
        layout = picture.layout
        assert layout is not None  # noqa: S101 for the type checker
        from assetstore.store.codecs.png.tiles import as_words, copy_tiles

        pixels = own_pixels(picture)
        words = as_words(pixels)
        for owner in dict.fromkeys(source.owner for source in layout.sources):
            theirs = self._owner(owner, related)
            if theirs.shape[2] != layout.channels:
                raise DamagedBlob("a stored picture needs one of another kind")
            for number, source in enumerate(layout.sources, 1):
                if source.owner == owner:
                    copy_tiles(
                        words, layout.codes, number, as_words(theirs), source.down
                    )
        return pixels[:, : layout.width]

    def known(
        self, name: bytes, stored: bytes, related: Related | None
    ) -> "Known | None":
        """A stored picture, for others to refer to; None where it has no pixels.

        Raises:
            DamagedBlob: It is damaged.
        """
        import numpy as np

        from assetstore.store.codecs.png.picture import Picture
        from assetstore.store.codecs.png.tiles import Known, hash_segments, tiles_of

        layout = (picture := Picture.read(stored)).layout
        if layout is None:
            return None
        pixels = self._composed(picture, related)
        codes = layout.codes
        if not layout.sources:
            codes = np.zeros(tiles_of(layout.height, layout.width), np.uint8)
        pixels = np.ascontiguousarray(pixels)
        return Known(name, pixels, codes, layout.sources, hash_segments(pixels))

    def _owner(self, prefix: bytes, related: Related | None) -> "Bytes":
        from assetstore.store.codecs.png.picture import Picture

        if related is None:
            raise DamagedBlob("a stored picture needs others, and has no pack")
        key = related.pack, prefix
        if key in self._owners:
            self._owners.move_to_end(key)
            return self._owners[key]
        number, fill, stored, _ = related(prefix)
        if number != self.number:
            raise DamagedBlob("a stored picture needs something that is none")
        picture = Picture.read(read_all(fill, stored, MAX_FILE))
        if picture.layout is None:
            raise DamagedBlob("a stored picture needs one without pixels")
        found = own_pixels(picture)
        self._owners[key] = found
        while sum(pixels.nbytes for pixels in self._owners.values()) > _CACHED:
            self._owners.popitem(last=False)
        return found


def own_pixels(picture: "Picture") -> "Bytes":
    """What a picture's payload holds, on a canvas, where it belongs.

    Raises:
        DamagedBlob: It is damaged.
    """
    from assetstore.store.codecs.png.picture import decode_pixels
    from assetstore.store.codecs.png.tiles import canvas

    layout = picture.layout
    assert layout is not None  # noqa: S101 for the type checker
    top, left, tall, wide = layout.box
    part = decode_pixels(picture.coding, picture.payload, (tall, wide, layout.channels))
    pixels = canvas(layout.height, layout.width, layout.channels)
    pixels[top : top + tall, left : left + wide] = part
    return pixels
