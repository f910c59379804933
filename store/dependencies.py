"""The other records of a pack, for a record that needs some of them."""

import contextlib
from collections.abc import Callable, Container, Iterable, Iterator

from assetstore.errors import DamagedBlob
from assetstore.store.backends.base import Backend
from assetstore.store.codecs.base import Fill
from assetstore.store.codecs.dependent import HEAD, PREFIX, read_related
from assetstore.store.codecs.table import RELATING
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD, Record, pack_key, read_pack


class Dependencies:
    """Finds records of a pack by how their ids begin.

    Args:
        pack: The pack's name.
        find: Entries that may be it.
        fill: Reads from the pack.
        walk: All entries of the pack, by its own headers.
    """

    def __init__(
        self,
        pack: str,
        find: Callable[[bytes], Iterable[Entry]],
        fill: Fill,
        walk: Callable[[], Iterable[Entry]] = tuple,
    ):
        self.pack = pack
        self._find = find
        self._fill = fill
        self._walk = walk

    def __call__(self, prefix: bytes) -> tuple[int, Fill, int, int]:
        """As `codecs.related.Related`."""
        found = self._one(self._find(prefix), prefix)
        if found is None:
            found = self._one(self._walk(), prefix)
        if found is None:
            raise DamagedBlob(f"it needs blob {prefix.hex()}…, which its pack lacks")
        start = found.offset + RECORD.size
        head = bytearray(RECORD.size)
        got = self._fill(found.offset, memoryview(head))
        try:
            record = Record.unpack(bytes(head[:got]))
        except DamagedBlob as e:
            raise DamagedBlob(f"it needs blob {prefix.hex()}…: {e}") from e
        if record != found.record:
            raise DamagedBlob(f"it needs blob {prefix.hex()}…, which is elsewhere")

        def fill(offset: int, view: memoryview) -> int:
            return self._fill(start + offset, view)

        return record.codec, fill, record.stored, record.raw

    def _one(self, entries: Iterable[Entry], prefix: bytes) -> Entry | None:
        found = [
            entry
            for entry in entries
            if entry.pack == self.pack and entry.record.id.startswith(prefix)
        ]
        if len({entry.record.id for entry in found}) > 1:
            raise DamagedBlob(f"two blobs of its pack begin with {prefix.hex()}")
        return found[0] if found else None


def needs(backend: Backend, entry: Entry) -> list[bytes]:
    """List the beginnings of the ids of the records that a record needs.

    Raises:
        FileNotFoundError: Its pack is gone.
        DamagedBlob: It cannot be read.
    """
    if entry.record.codec not in RELATING:
        return []
    head = bytearray(min(HEAD, entry.record.stored))
    at = entry.offset + RECORD.size
    got = read_pack(backend, pack_key(entry.pack), at, memoryview(head))
    return read_related(bytes(head[:got]))


def cut_off(
    backend: Backend, contents: Iterable[Entry], broken: Container[int]
) -> Iterator[tuple[Entry, bytes]]:
    """The entries of a pack that need one whose header is damaged.

    Args:
        backend: Where the pack is.
        contents: All its entries, by the index.
        broken: The offsets of those whose headers are damaged.

    Yields:
        Each, with how the id of what it needs begins.
    """
    entries = list(contents)
    gone = {e.record.id[:PREFIX] for e in entries if e.offset in broken}
    for entry in entries:
        if entry.offset in broken:
            continue
        with contextlib.suppress(DamagedBlob, FileNotFoundError):
            for prefix in needs(backend, entry):
                if prefix in gone:
                    yield entry, prefix
                    break


def closure(
    backend: Backend, contents: Iterable[Entry], wanted: Callable[[Entry], bool]
) -> list[Entry]:
    """The entries of a pack that are wanted, with those that they need.

    Args:
        backend: Where the pack is.
        contents: All its entries, in the order of their offsets.
        wanted: Says which are.

    Raises:
        FileNotFoundError: The pack is gone.
        DamagedBlob: One of them cannot be read.
    """
    kept: list[Entry] = []
    prefixes: set[bytes] = set()
    # What a record needs stands in front of it.
    for entry in reversed(list(contents)):
        if wanted(entry) or entry.record.id[:PREFIX] in prefixes:
            kept.append(entry)
            prefixes.update(needs(backend, entry))
    return kept[::-1]
