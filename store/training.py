"""A dictionary for what a store holds that is small and no picture."""

from collections.abc import Iterable

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.blob import Kind
from assetstore.store.codecs import dictionary
from assetstore.store.session import is_compressed
from assetstore.store.store import Store

# It is made from so many bytes, or blobs; what is so small, though it did not compress
# alone, may with one.
_SAMPLED = 4 << 20
_SAMPLES = 4000
_TINY = 4096


def trained(store: Store, names: Iterable[str]) -> bytes:
    """A dictionary for the blobs of some packs, or b"" where it is of no use."""
    samples: list[bytes] = []
    size = 0
    for name in names:
        for entry in store.entries(name):
            record = entry.record
            small = record.kind is Kind.MEDIA and record.raw <= dictionary.MAX_SIZE
            if not small or (record.codec == 0 and record.raw > _TINY):
                continue
            try:
                raw = b"".join(map(bytes, store.stream_copy(entry)))
            except (DamagedBlob, FileNotFoundError, UnsupportedStore):
                continue
            if not is_compressed(raw):
                samples.append(raw)
                size += len(raw)
            if size > _SAMPLED or len(samples) > _SAMPLES:
                return dictionary.train(samples) or b""
    return dictionary.train(samples) or b""
