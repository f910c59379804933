"""A dictionary for what a store holds that is small and no picture."""

from collections.abc import Callable, Iterable, Iterator

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.blob_writer import is_compressed
from assetstore.store.codecs import dictionary
from assetstore.store.codecs.raw import RawCodec
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.format.index import Entry
from assetstore.store.store import Store

# It is made from so many bytes, or blobs; what is so small, though it did not compress
# alone, may with one.
_SAMPLED = 4 << 20
_SAMPLES = 4000
_TINY = 4096


def trained(
    store: Store, names: Iterable[str], lives: Callable[[Entry], bool]
) -> bytes:
    """A dictionary for the blobs of some packs, or b"" where it is of no use.

    Args:
        store: The store.
        names: The packs.
        lives: Says what documents need: a dictionary holds text of its samples.
    """
    known = dictionary.train(list(_samples(store, names, lives))) or b""
    # One of whose samples a blob was that is purged is not to come back.
    return b"" if known and blob_id(Kind.MEDIA, known) in store.purged() else known


def _samples(
    store: Store, names: Iterable[str], lives: Callable[[Entry], bool]
) -> Iterator[bytes]:
    """Choose what a dictionary is made of: some thousands of whole blobs."""
    count = size = 0
    for name in names:
        for entry in store.entries(name):
            record = entry.record
            small = record.kind is Kind.MEDIA and record.raw <= dictionary.MAX_SIZE
            if (
                not small
                or not lives(entry)
                or (record.codec == RawCodec.number and record.raw > _TINY)
            ):
                continue
            try:
                raw = b"".join(map(bytes, store.stream_copy(entry)))
            except (DamagedBlob, FileNotFoundError, UnsupportedStore):
                continue
            if not is_compressed(raw):
                yield raw
                count, size = count + 1, size + len(raw)
            if size > _SAMPLED or count > _SAMPLES:
                return
