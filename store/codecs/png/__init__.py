"""PNG files as pixels, and what it takes to make the same file of them again.

A file's deflate stream is kept as the parameters of the encoder that wrote it
(`streams`), its pixels as lossless WebP without what stands in earlier pictures of
the pack (`tiles`), and the rest as it is. That the same file comes out is tried
before anything is kept, and by the hash of every blob that is read.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.codecs.arena import return_large_blocks
from assetstore.store.codecs.dependent import Related, read_all
from assetstore.store.codecs.frames import expand
from assetstore.store.codecs.whole import WholeCodec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assetstore.store.codecs.png.encode import TakenApart
    from assetstore.store.codecs.png.picture import StoredPicture
    from assetstore.store.codecs.png.tiles import KnownPicture

    Bytes = NDArray[np.uint8]

MAX_FILE = 64 << 20
_CACHED = 16 << 20


class PngCodec(WholeCodec):
    """Pixels and a recipe.

    Args:
        cached: Bytes of pixels that are remembered, for pictures that need them.

    Attributes:
        doubt: Why the last file may be wrong though its stored form is not: another
            version of an encoder made its stream. "": there is no reason.
    """

    number = 3
    name = "png"
    most = MAX_FILE

    def __init__(self, cached: int = _CACHED) -> None:
        self.doubt = ""
        self._cached = cached
        self._owners: OrderedDict[tuple[str, bytes], Bytes]
        self._owners = OrderedDict()

    def whole(self, stored: bytes, raw: int, related: Related | None) -> bytes:
        """As in `WholeCodec`."""
        return b"".join(self.file(stored, raw, related))

    def file(self, stored: bytes, raw: int, related: Related | None) -> Sequence[bytes]:
        """A file's bytes from its stored form.

        Raises:
            DamagedBlob: It is damaged.
            UnsupportedStore: A package is missing, or makes another stream.
        """
        try:
            from assetstore.store.codecs.png.picture import StoredPicture
        except ImportError as e:
            from assetstore.installation import how_to_get
            from assetstore.store.codecs.table import wanted_packages

            raise UnsupportedStore(
                f"a picture is stored with codec {self.name}, which needs {e.name}",
                hint=f"Install it: {how_to_get('codecs', *wanted_packages('png'))}",
            ) from e
        from assetstore.store.codecs.png.container import join
        from assetstore.store.codecs.png.streams import make, version

        return_large_blocks()
        self.doubt = ""
        picture = StoredPicture.read(stored)
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

    def gives(
        self, stored: bytes, raw: bytes, taken: "TakenApart", related: Related | None
    ) -> bool:
        """Tell whether a stored form gives a file back that was just taken apart.

        All of `file` is done but the making of the stream: that the recipe makes it of
        these scanlines was seen by `encode.take`.

        Args:
            stored: The stored form.
            raw: The file.
            taken: What was taken from it.
            related: The other records of the pack.

        Raises:
            DamagedBlob: It is damaged.
        """
        from assetstore.store.codecs.png.container import join
        from assetstore.store.codecs.png.picture import StoredPicture

        read, was = StoredPicture.read(stored), taken.picture
        return (
            (read.recipe, read.row) == (was.recipe, was.row)
            and self._scanlines(read, related) == taken.lines
            and b"".join(join(read.head, read.sizes, taken.stream, read.tail)) == raw
        )

    def _scanlines(self, picture: "StoredPicture", related: Related | None) -> bytes:
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
        if int(kinds.max()) >= KINDS or picture.row != row:
            raise DamagedBlob("a stored picture has filters that do not exist")
        pixels = self._composed(picture, related)
        if layout.opaque:
            whole = np.full((*pixels.shape[:2], layout.step), 255, np.uint8)
            whole[:, :, :-1] = pixels
            pixels = whole
        rows = np.ascontiguousarray(pixels).reshape(layout.height, -1)
        return refilter(rows, kinds, layout.step).tobytes()

    def _composed(self, picture: "StoredPicture", related: Related | None) -> "Bytes":
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
    ) -> "KnownPicture | None":
        """A stored picture, for others to refer to; None where it has no pixels.

        Raises:
            DamagedBlob: It is damaged.
        """
        import numpy as np

        from assetstore.store.codecs.png.picture import StoredPicture
        from assetstore.store.codecs.png.tiles import (
            KnownPicture,
            hash_segments,
            tiles_of,
        )

        layout = (picture := StoredPicture.read(stored)).layout
        if layout is None:
            return None
        pixels = self._composed(picture, related)
        codes = layout.codes
        if not layout.sources:
            codes = np.zeros(tiles_of(layout.height, layout.width), np.uint8)
        pixels = np.ascontiguousarray(pixels)
        return KnownPicture(name, pixels, codes, layout.sources, hash_segments(pixels))

    def _owner(self, prefix: bytes, related: Related | None) -> "Bytes":
        from assetstore.store.codecs.png.picture import StoredPicture

        if related is None:
            raise DamagedBlob("a stored picture needs others, and has no pack")
        key = related.pack, prefix
        if key in self._owners:
            self._owners.move_to_end(key)
            return self._owners[key]
        number, fill, stored, _ = related(prefix)
        if number != self.number:
            raise DamagedBlob("a stored picture needs something that is none")
        picture = StoredPicture.read(read_all(fill, stored, MAX_FILE))
        if picture.layout is None:
            raise DamagedBlob("a stored picture needs one without pixels")
        found = own_pixels(picture)
        self._owners[key] = found
        while sum(pixels.nbytes for pixels in self._owners.values()) > self._cached:
            self._owners.popitem(last=False)
        return found


def own_pixels(picture: "StoredPicture") -> "Bytes":
    """Put what a picture's payload holds on a canvas, where it belongs.

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
