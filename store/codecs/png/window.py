"""The pictures of a pack that the next one may refer to."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import zstandard

from assetstore.store.codecs.png.tiles import (
    KnownPicture,
    TileSource,
    hash_segments,
    sketch,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Words = NDArray[np.uint64]

# Bytes of pictures that are kept compressed, and as pixels.
_KEPT = 16 << 20
_OPEN = 12 << 20
# A picture with more pixels refers to none, and none to it.
LARGEST = 9 << 20


@dataclass(slots=True)
class _Kept:
    """A picture, its pixels compressed."""

    sketch: "Words"
    shape: tuple[int, ...]
    packed: bytes
    codes: "Bytes"
    sources: Sequence[TileSource]


class PictureWindow:
    """Pictures by name; those that were not referred to for long are forgotten."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._open: OrderedDict[bytes, KnownPicture] = OrderedDict()
        self._size = 0
        self._squeeze = zstandard.ZstdCompressor(level=3)
        self._expand = zstandard.ZstdDecompressor()

    def __contains__(self, name: bytes) -> bool:
        return name in self._kept

    def add(self, picture: KnownPicture) -> None:
        """Remember a picture."""
        packed = self._squeeze.compress(picture.pixels.tobytes())
        self._kept[picture.name] = _Kept(
            sketch(picture.hashes),
            picture.pixels.shape,
            packed,
            picture.codes,
            picture.sources,
        )
        self._size += len(packed) + picture.codes.nbytes
        while self._size > _KEPT:
            _, kept = self._kept.popitem(last=False)
            self._size -= len(kept.packed) + kept.codes.nbytes
        self._hold(picture)

    def similar(self, hashes: "Words", channels: int, count: int) -> list[KnownPicture]:
        """Up to ``count`` pictures that have most in common with one, and the last.

        Args:
            hashes: That one's segments.
            channels: Bytes of its pixels.
            count: How many.
        """
        wanted = sketch(hashes)
        scores = [
            (len(np.intersect1d(wanted, kept.sketch, assume_unique=True)), at, name)
            for at, (name, kept) in enumerate(self._kept.items())
            if kept.shape[2] == channels
        ]
        scores.sort(reverse=True)
        best = [name for score, _, name in scores[:count] if score]
        last = max(scores, key=lambda s: s[1], default=None)
        if last is not None and last[2] not in best:
            best = [*best[: count - 1], last[2]]
        return [self._opened(name) for name in best]

    def find(self, name: bytes) -> KnownPicture | None:
        """A picture by its name."""
        return self._opened(name) if name in self._kept else None

    def _opened(self, name: bytes) -> KnownPicture:
        self._kept.move_to_end(name)
        if name in self._open:
            self._open.move_to_end(name)
            return self._open[name]
        kept = self._kept[name]
        data = self._expand.decompress(kept.packed)
        pixels = np.frombuffer(data, np.uint8).reshape(kept.shape)
        segments = hash_segments(pixels)
        known = KnownPicture(name, pixels, kept.codes, kept.sources, segments)
        self._hold(known)
        return known

    def _hold(self, known: KnownPicture) -> None:
        self._open[known.name] = known
        while (
            len(self._open) > 1
            and sum(k.pixels.nbytes for k in self._open.values()) > _OPEN
        ):
            self._open.popitem(last=False)
