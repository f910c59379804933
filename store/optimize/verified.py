"""Records that were decoded before they were written, and need not be once more.

Whoever codes a blob decodes its stored form and compares. When the pack is published,
it is enough that the same bytes stand in it, and that the records that it needs are
found there and are the same, too.
"""

from collections.abc import Iterable, Sequence

from blake3 import blake3

from assetstore.errors import DamagedBlob
from assetstore.store.backends.base import Backend
from assetstore.store.codecs.dependent import PREFIX
from assetstore.store.dependencies import needs
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD, pack_key, read_pack


class Proven:
    """Stored forms that gave their blobs in this process, by what they are hashed to.

    Args:
        backend: Where the packs are.
    """

    def __init__(self, backend: Backend):
        self._backend = backend
        self._written: dict[Entry, bytes] = {}
        self._packs: dict[str, dict[bytes, list[Entry]]] = {}
        self._whole: dict[Entry, bool] = {}

    def add(self, entry: Entry, stored: Sequence[bytes]) -> None:
        """A record was written whose stored form was decoded and compared."""
        digest = blake3(entry.record.pack())
        for piece in stored:
            digest.update(piece)
        self._written[entry] = digest.digest()

    def published(self, entries: Iterable[Entry]) -> None:
        """All records of a pack that was published."""
        for entry in entries:
            names = self._packs.setdefault(entry.pack, {})
            names.setdefault(entry.record.id[:PREFIX], []).append(entry)

    def forget(self) -> None:
        """Forget what was written so far: it is not asked for any more."""
        for known in (self._written, self._packs, self._whole):
            known.clear()

    def holds(self, entry: Entry) -> bool:
        """Tell whether a published record is what was decoded, with all that it needs.

        False says only that it is not known; decode it.
        """
        if entry not in self._written:
            return False
        if entry not in self._whole:
            self._whole[entry] = self._is_same(entry) and self._finds_others(entry)
        return self._whole[entry]

    def _is_same(self, entry: Entry) -> bool:
        buffer = bytearray(RECORD.size + entry.record.stored)
        key = pack_key(entry.pack)
        try:
            got = read_pack(self._backend, key, entry.offset, memoryview(buffer))
        except (DamagedBlob, FileNotFoundError):
            return False
        return got == len(buffer) and blake3(buffer).digest() == self._written[entry]

    def _finds_others(self, entry: Entry) -> bool:
        there = self._packs.get(entry.pack, {})
        try:
            names = needs(self._backend, entry)
        except (DamagedBlob, FileNotFoundError):
            return False
        for name in names:
            found = there.get(name, [])
            # A record stands behind those that it needs, so this comes to an end.
            if len(found) != 1 or found[0].offset >= entry.offset:
                return False
            if not self.holds(found[0]):
                return False
        return True
