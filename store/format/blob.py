"""Blobs: the unit that is stored once, named by the hash of its bytes."""

import os
import re
import time
from collections.abc import Callable
from enum import IntEnum
from typing import NewType

from blake3 import blake3

BlobId = NewType("BlobId", bytes)

_RECIPE_CONTEXT = "assetstore recipe v1"
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_NAME = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}")


class Kind(IntEnum):
    """What a blob is. Each kind has a hash domain of its own.

    The domains keep crafted media from ever being taken for a recipe.
    """

    MEDIA = 0
    RECIPE = 1


KINDS = {int(kind): kind for kind in Kind}
Ref = tuple[Kind, BlobId]


def hasher(kind: Kind) -> blake3:
    """An incremental hasher in the domain of ``kind``."""
    if kind is Kind.RECIPE:
        return blake3(derive_key_context=_RECIPE_CONTEXT)
    return blake3()


def blob_id(kind: Kind, raw: bytes | memoryview) -> BlobId:
    """The id of a blob with these bytes."""
    return BlobId(hasher(kind).update(raw).digest())


def new_name(
    clock: Callable[[], float] = time.time,
    random: Callable[[int], bytes] = os.urandom,
) -> str:
    """A name that was never used: a lower-case ULID (ulid/spec on GitHub).

    Its first ten characters spell the time in milliseconds, the other sixteen
    are random.

    Args:
        clock: Seconds since 1970; only the grace period of gc looks at it again.
        random: Gives that many random bytes.
    """
    milliseconds = min(max(int(clock() * 1000), 0), (1 << 48) - 1)
    number = milliseconds << 80 | int.from_bytes(random(10), "big")
    return "".join(_BASE32[number >> shift & 31] for shift in range(125, -1, -5))


def is_name(text: str) -> bool:
    """Tell whether this is of the form of a name of `new_name`."""
    return _NAME.fullmatch(text) is not None


def name_time(name: str) -> float:
    """The time in a name of `new_name`, in seconds since 1970."""
    number = 0
    for char in name[:10]:
        number = number << 5 | _BASE32.index(char)
    return number / 1000
