"""Code a blob as small as an effort allows; nothing is kept that does not decode.

`BlobEncoder` fills one pack. What it gives for a blob was decoded, by the same code
that will read it, and compared with the blob.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assetstore.errors import AssetstoreError, UnsupportedStore
from assetstore.store.blob_writer import is_compressed
from assetstore.store.codecs import dictionary, jpeg
from assetstore.store.codecs.arena import return_small_blocks
from assetstore.store.codecs.dependent import PREFIX
from assetstore.store.codecs.frames import expand, squeeze
from assetstore.store.codecs.png import PngCodec
from assetstore.store.codecs.png.container import SIGNATURE
from assetstore.store.codecs.table import is_made_here, missing_packages
from assetstore.store.codecs.whole import (
    DictionaryCodec,
    JpegCodec,
    with_dictionary,
)
from assetstore.store.dependencies import Dependencies
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.format.pack import Record

if TYPE_CHECKING:
    from assetstore.store.codecs.png.streams import Finder

DEFAULT_EFFORT = 5
_JPEG = b"\xff\xd8\xff"
# What a coded blob must save to be worth decoding it.
_SAVES = 0.97
# Coding a file of so many bytes takes much memory.
_LARGE = 32 << 10
# Bytes of pixels of pictures that others need; the window has its own.
_CACHED = 8 << 20


def check_packages() -> None:
    """Look for the packages that coding needs.

    Raises:
        UnsupportedStore: Some are not installed.
    """
    if missing := missing_packages():
        from assetstore.installation import how_to_get

        raise UnsupportedStore(
            f"optimizing needs {', '.join(missing)}",
            hint=f"Install what is missing: {how_to_get('codecs', *missing)}",
        )


def never_coded() -> list[str]:
    """Say what stays as it is since no package can be had that codes it."""
    if is_made_here(jpeg.PACKAGE):
        return []
    return ["JPEG files stay as they are: no package is made for this system."]


@dataclass(frozen=True, slots=True)
class Coded:
    """A blob's stored form.

    Attributes:
        record: Its header.
        stored: Its bytes.
        needs: What has to stand in front of it, if the pack does not hold it.
    """

    record: Record
    stored: Sequence[bytes]
    needs: "Coded | None" = None


class BlobEncoder:
    """Codes blobs, one after the other, for a pack.

    Args:
        effort: From 1, the fastest, to 9, the smallest.
        finder: Finds recipes; shared by packs.
        known: A dictionary for what is small, or b"".
    """

    def __init__(self, effort: int, finder: "Finder", known: bytes = b""):
        from assetstore.store.codecs.png.window import PictureWindow

        self._effort = effort
        self._finder = finder
        self._dictionary = known
        self._png = PngCodec(_CACHED)
        self._window: PictureWindow = PictureWindow()

    def code(self, kind: Kind, raw: bytes, related: Dependencies) -> Coded | None:
        """A blob's stored form, or None where it should stay as it is.

        Args:
            kind: What it is.
            raw: Its bytes.
            related: The pack that it is for.
        """
        if kind is not Kind.MEDIA or not raw:
            return None
        if raw.startswith(SIGNATURE):
            return self._coded_png(raw, related)
        if raw.startswith(_JPEG):
            return self._coded_jpeg(raw)
        if is_compressed(raw):
            return None
        return self._coded_rest(raw)

    def _coded_jpeg(self, raw: bytes) -> Coded | None:
        stored = jpeg.encode(raw)  # which decodes it, too
        if stored is None:
            return None
        return _coded(blob_id(Kind.MEDIA, raw), JpegCodec.number, raw, stored)

    def _coded_rest(self, raw: bytes) -> Coded | None:
        """By Zstandard, harder than an archive does."""
        alone = squeeze(raw, 19 if self._effort > 2 else 9)
        known = self._dictionary
        frame = dictionary.encode(raw, known) if known else None
        if known and frame and len(frame) + 2 + PREFIX < len(alone):
            id = blob_id(Kind.MEDIA, known)
            stored = with_dictionary(id[:PREFIX], frame)
            if self._is_good(
                stored, raw, lambda: dictionary.decode(frame, len(raw), known) == raw
            ):
                coded = _coded(
                    blob_id(Kind.MEDIA, raw), DictionaryCodec.number, raw, stored
                )
                return replace(coded, needs=_coded(id, 0, known, known))
        if not self._is_good(alone, raw, lambda: expand(alone, len(raw)) == raw):
            return None
        return _coded(blob_id(Kind.MEDIA, raw), 1, raw, alone)

    def _coded_png(self, raw: bytes, related: Dependencies) -> Coded | None:
        from assetstore.store.codecs.png.encode import code, take
        from assetstore.store.codecs.png.tiles import (
            KnownPicture,
            hash_segments,
            match,
            tiles_of,
        )
        from assetstore.store.codecs.png.window import LARGEST

        if len(raw) >= _LARGE:
            return_small_blocks()
        taken = take(raw, self._finder)
        if taken is None:
            return None
        pixels, found, hashes = taken.pixels, None, None
        if pixels is not None and pixels.shape[0] * pixels.shape[1] <= LARGEST:
            hashes = hash_segments(pixels)
            similar = self._window.similar(hashes, pixels.shape[2], 3)
            found = (
                match(pixels, hashes, similar, self._window.find) if similar else None
            )
        picture, used = code(taken, self._effort, found)
        stored = picture.write()
        id = blob_id(Kind.MEDIA, raw)
        if not self._is_good(
            stored, raw, lambda: self._png.gives(stored, raw, taken, related)
        ):
            return None
        if pixels is not None and hashes is not None:
            import numpy as np

            codes = np.zeros(tiles_of(*pixels.shape[:2]), np.uint8)
            known = KnownPicture(id[:PREFIX], pixels, codes, (), hashes)
            if used is not None:
                known.codes, known.sources = used.codes, used.sources
            self._window.add(known)
        return _coded(id, self._png.number, raw, stored)

    def remember(self, id: BlobId, stored: bytes, related: Dependencies) -> None:
        """Take in a picture that the pack holds, for others to refer to."""
        known = self._png.known(id[:PREFIX], stored, related)
        if known is not None:
            self._window.add(known)

    def _is_good(self, stored: bytes, raw: bytes, gives: Callable[[], bool]) -> bool:
        if len(stored) > len(raw) * _SAVES:
            return False
        try:
            return gives()
        except AssetstoreError:
            return False


def _coded(id: BlobId, codec: int, raw: bytes, stored: bytes) -> Coded:
    record = Record(
        kind=Kind.MEDIA, id=id, codec=codec, raw=len(raw), stored=len(stored)
    )
    return Coded(record, [stored])
