"""Codecs that decode a blob as a whole; JPEG files, and what has a dictionary."""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator

from assetstore.errors import DamagedBlob
from assetstore.store.codecs import dictionary, jpeg
from assetstore.store.codecs.base import PIECE, Fill
from assetstore.store.codecs.dependent import (
    Related,
    read_all,
    read_related,
    related_size,
    write_related,
)
from assetstore.store.codecs.frames import expand
from assetstore.store.codecs.lepton import MAX_SIZE

_MAX_DICTIONARY = 1 << 20
_CACHED = 4


class WholeCodec(ABC):
    """Reads a stored form, decodes it, and gives it out in pieces.

    Attributes:
        number: What a record's header calls it.
        name: What people call it.
        most: Bytes of the longest stored form.
    """

    number: int
    name: str
    most: int

    @abstractmethod
    def whole(self, stored: bytes, raw: int, related: Related | None) -> bytes:
        """A blob of ``raw`` bytes from its stored form.

        Raises:
            DamagedBlob: It is damaged.
            UnsupportedStore: A package is missing.
        """

    def decode(
        self,
        fill: Fill,
        stored: int,
        raw: int,
        buffer: bytearray,
        related: Related | None = None,
    ) -> Iterator[memoryview]:
        """A blob's bytes, in pieces, as `base.Decoder.decode`.

        Raises:
            DamagedBlob: The stored bytes do not decode to that length.
            UnsupportedStore: A package is missing.
        """
        whole = memoryview(self.whole(read_all(fill, stored, self.most), raw, related))
        if len(whole) != raw:
            raise DamagedBlob("a record decodes to another length")
        for at in range(0, len(whole), PIECE):
            yield whole[at : at + PIECE]


class JpegCodec(WholeCodec):
    """A JPEG file's coefficients, coded better (`jpeg`)."""

    number = 4
    name = "jpeg"
    most = MAX_SIZE

    def whole(self, stored: bytes, raw: int, related: Related | None) -> bytes:
        """As in `WholeCodec`."""
        return jpeg.decode(stored, raw)


class DictionaryCodec(WholeCodec):
    """A small blob, compressed with a dictionary (`dictionary`).

    The stored form names one other record, whose blob is the dictionary; what the
    dictionary's own module describes follows.
    """

    number = 2
    name = "dictionary"
    most = 2 * dictionary.MAX_SIZE

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()

    def whole(self, stored: bytes, raw: int, related: Related | None) -> bytes:
        """As in `WholeCodec`."""
        prefixes = read_related(stored)
        if len(prefixes) != 1 or related is None:
            raise DamagedBlob("a record does not name one dictionary")
        known = self._dictionary(prefixes[0], related)
        return dictionary.decode(stored[related_size(stored) :], raw, known)

    def _dictionary(self, prefix: bytes, related: Related) -> bytes:
        key = related.pack, prefix
        if key not in self._known:
            codec, fill, stored, raw = related(prefix)
            if codec > 1 or raw > _MAX_DICTIONARY:
                raise DamagedBlob("a record names a dictionary that is none")
            found = read_all(fill, stored, _MAX_DICTIONARY)
            self._known[key] = expand(found, _MAX_DICTIONARY) if codec else found
            if len(self._known) > _CACHED:
                self._known.popitem(last=False)
        return self._known[key]


def with_dictionary(prefix: bytes, frame: bytes) -> bytes:
    """The stored form of `DictionaryCodec`.

    Args:
        prefix: How the dictionary's id begins.
        frame: What `dictionary.encode` gave.
    """
    return write_related([prefix]) + frame
