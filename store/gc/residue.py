"""What of the dead is in what stays, for a collection that is to leave nothing of it.

A picture that no document needs stays as long as one is coded from it, and a dictionary
has text of the blobs that it was made of. Where nothing dead may stay, the first goes,
and so does a dictionary of whose text a part is in nothing that lives; what relied on
them is kept as an archive keeps it, until the next optimization.
"""

from collections.abc import Container, Iterator
from contextlib import suppress
from typing import cast

from assetstore.errors import AssetstoreError, DamagedBlob
from assetstore.store.codecs import dictionary
from assetstore.store.codecs.dependent import PREFIX
from assetstore.store.codecs.whole import DictionaryCodec
from assetstore.store.dependencies import needs
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.index import Entry, walk
from assetstore.store.format.pack import pack_name
from assetstore.store.purge.rewrite import Aside, split
from assetstore.store.repair.index import scan_pack
from assetstore.store.store import Store

# Behind the tables at the beginning of a dictionary, as all are made here: the three
# offsets that Zstandard begins with (RFC 8878, section 5).
_OFFSETS = b"".join(number.to_bytes(4, "little") for number in (1, 4, 8))
# A dictionary is joined from pieces of samples that are no shorter (ZDICT's `d`).
_PIECE = 6
_LOOK_AFTER = 1 << 20


class Residue:
    """Tells what has to go so that nothing dead stays.

    Args:
        store: The store.
        live: What lives.
    """

    def __init__(self, store: Store, live: Container[BlobId]):
        self._store = store
        self._live = live
        self._purged = store.purged()
        self._clean: dict[BlobId, bool] = {}

    def lives(self, id: BlobId) -> bool:
        """Tell whether a document needs a blob."""
        return id in self._live and id not in self._purged

    def split(self, name: str) -> tuple[list[Entry], list[Entry]]:
        """Part what is carried on from a pack as it is from what is coded anew.

        Raises:
            DamagedBlob: A header of the pack is damaged.
            FileNotFoundError: There is no such pack.
        """
        spared = self._dictionaries(name)
        return split(self._store.backend, name, _Going(self, spared))

    def aside(self) -> Iterator[tuple[str, list[Entry], bool]]:
        """The packs in the quarantine in which something dead is, or may be.

        Yields:
            The key of each, what lives of its contents, and whether all of these
            are known.
        """
        for key, size in self._store.backend.list("quarantine/packs/"):
            backend = Aside.at(self._store.backend, key)
            contents, wrong = scan_pack(backend, pack_name(key), size)
            live = [entry for entry in contents if self.lives(entry.record.id)]
            if wrong or len(live) < len(contents):
                yield key, live, not wrong

    def _dictionaries(self, name: str) -> set[BlobId]:
        """The dictionaries of a pack that what lives needs, and that may stay."""
        backend, wanted = self._store.backend, set[bytes]()
        contents = list(walk(backend, name))
        for entry in contents:
            if entry.record.codec == DictionaryCodec.number:
                with suppress(DamagedBlob):
                    if self.lives(entry.record.id):
                        wanted.update(needs(backend, entry))
        return {
            entry.record.id
            for entry in contents
            if entry.record.id[:PREFIX] in wanted and self._is_clean(entry)
        }

    def _is_clean(self, entry: Entry) -> bool:
        """Tell whether all text of a dictionary is in something that lives."""
        id = entry.record.id
        if id not in self._clean:
            raw = b""
            with suppress(AssetstoreError, FileNotFoundError):
                raw = b"".join(map(bytes, self._store.stream_copy(entry)))
            self._clean[id] = self._is_of_the_living(raw)
        return self._clean[id]

    def _is_of_the_living(self, raw: bytes) -> bool:
        tables, found, text = raw.partition(_OFFSETS)
        if not tables or not found:
            return False
        left = {text[at : at + _PIECE] for at in range(len(text) - _PIECE + 1)}
        looked = 0
        for sample in self._samples():
            left.difference_update(
                sample[at : at + _PIECE] for at in range(len(sample) - _PIECE + 1)
            )
            looked += len(sample)
            if looked > _LOOK_AFTER:
                if _is_covered(text, left):
                    return True
                looked = 0
        return _is_covered(text, left)

    def _samples(self) -> Iterator[bytes]:
        """Read what lives and is small enough for a dictionary to be made of it."""
        last: BlobId | None = None
        for entry in self._store.entries():
            record = entry.record
            if (
                record.kind is Kind.MEDIA
                and record.raw <= dictionary.MAX_SIZE
                and record.id != last
                and self.lives(record.id)
            ):
                last = record.id
                with suppress(AssetstoreError, FileNotFoundError):
                    yield b"".join(map(bytes, self._store.stream_copy(entry)))


class _Going:
    """The ids of what does not live, but for dictionaries that may stay."""

    def __init__(self, residue: Residue, spared: Container[BlobId]):
        self._residue = residue
        self._spared = spared

    def __contains__(self, id: object) -> bool:
        return id not in self._spared and not self._residue.lives(cast(BlobId, id))


def _is_covered(text: bytes, unknown: Container[bytes]) -> bool:
    """Tell whether each byte is in a piece that is known, but for a piece cut off."""
    known = 0  # up to here
    for at in range(len(text) - _PIECE + 1):
        if text[at : at + _PIECE] not in unknown:
            if at > known:
                return False
            known = at + _PIECE
    return known > len(text) - _PIECE
