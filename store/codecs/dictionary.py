"""Zstandard with a dictionary, for many small files that are alike: icons, text.

Stored form: a frame of RFC 8878 with the blob's length in its header, without the
four bytes of the magic number, without a dictionary id and without a checksum. Which
dictionary it needs, whatever keeps it says; a wrong one gives other bytes or an error,
so the blob's hash has to be compared.
"""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.zstd import MAX_WINDOW

if TYPE_CHECKING:
    import zstandard

MAX_SIZE = 64 << 10
MIN_SAMPLES = 32
_PAYS = 0.95
_LEVEL = 19
_MAGIC = b"\x28\xb5\x2f\xfd"


def train(
    samples: Sequence[bytes], size: int = 16384, *, count: int = 0
) -> bytes | None:
    """A dictionary for blobs like these, the same for the same samples in order.

    It is made from three of four samples and measured on the fourth, so that what
    is seen is how it does with blobs that it has not seen. Shorter ones are tried
    as well, down to an eighth of the size.

    Args:
        samples: Whole blobs; those over `MAX_SIZE` bytes and those that are there
            already are left out.
        size: Its greatest length in bytes.
        count: How many blobs the samples stand for, where they are not all of them.

    Returns:
        The one with which all blobs take least, or None where there are fewer than
        `MIN_SAMPLES` samples or where that, the dictionary's own length counted,
        saves less than 5 per cent against each blob compressed alone.
    """
    kept = [s for s in dict.fromkeys(samples) if 0 < len(s) <= MAX_SIZE]
    if len(kept) < MIN_SAMPLES:
        return None
    seen, unseen = [s for i, s in enumerate(kept) if i % 4], kept[::4]
    share = max(count, len(kept)) / len(unseen)
    best, least = None, _PAYS * share * sum(len(encode(s, b"") or s) for s in unseen)
    for length in (size, size // 2, size // 4, size // 8):
        dictionary = _trained(seen, length)
        if dictionary is None:
            continue
        total = share * sum(len(encode(s, dictionary) or s) for s in unseen)
        if total + len(dictionary) <= least:
            best, least = dictionary, total + len(dictionary)
    return best


def _trained(samples: Sequence[bytes], size: int) -> bytes | None:
    import zstandard

    try:
        return zstandard.train_dictionary(
            size, list[bytes | bytearray | memoryview](samples), level=_LEVEL
        ).as_bytes()
    except (zstandard.ZstdError, ValueError):
        return None


def encode(raw: bytes, dictionary: bytes, level: int = _LEVEL) -> bytes | None:
    """The frame of a small blob.

    Args:
        raw: The blob.
        dictionary: What `train` returned; may be empty.
        level: Zstandard's level, 1 to 22.

    Returns:
        None where the blob is over `MAX_SIZE` bytes or shrinks by less than 5 per
        cent.
    """
    if not 0 < len(raw) <= MAX_SIZE:
        return None
    import zstandard

    frame = zstandard.ZstdCompressor(
        level=level,
        dict_data=_loaded(dictionary, level),
        write_dict_id=False,
        write_checksum=False,
    ).compress(raw)
    stored = frame.removeprefix(_MAGIC)
    return stored if len(stored) <= len(raw) * _PAYS else None


def decode(stored: bytes, size: int, dictionary: bytes) -> bytes:
    """The blob, of exactly ``size`` bytes.

    Args:
        stored: What `encode` returned.
        size: The blob's length in bytes.
        dictionary: The dictionary it was encoded with.

    Raises:
        DamagedBlob: The stored bytes do not decode to that length with it.
    """
    if not 0 < size <= MAX_SIZE:
        raise DamagedBlob("a dictionary's record has a length that none has")
    import zstandard

    frame = _MAGIC + stored
    try:
        head = zstandard.get_frame_parameters(frame)
        if head.content_size != size or head.window_size > MAX_WINDOW or head.dict_id:
            raise DamagedBlob("a dictionary's record has another length than it says")
        raw = zstandard.ZstdDecompressor(
            dict_data=_loaded(dictionary), max_window_size=MAX_WINDOW
        ).decompress(frame, max_output_size=size, allow_extra_data=False)
    except zstandard.ZstdError as e:
        raise DamagedBlob(f"a compressed record is damaged: {e}") from e
    if len(raw) != size:
        raise DamagedBlob("a compressed record is cut short")
    return raw


@functools.lru_cache(maxsize=8)
def _loaded(dictionary: bytes, level: int = 0) -> "zstandard.ZstdCompressionDict":
    """A dictionary, prepared for a level of compression where one is given."""
    import zstandard

    loaded = zstandard.ZstdCompressionDict(dictionary)
    if level:
        loaded.precompute_compress(level=level)
    return loaded
