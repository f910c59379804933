"""Records that need others of their pack.

A record may be put together from others, which then stand in front of it in the
same pack: a pack needs no other pack, as with git's. A record names them by the
first bytes of their ids; that it was the right ones is shown by the hash of what
comes out.
"""

from collections.abc import Sequence
from typing import Protocol

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.base import Fill

PREFIX = 8
MOST = 8
# The stored form begins with this.
_VERSION = 1


class Related(Protocol):
    """The other records of a pack.

    Attributes:
        pack: The pack's name.
    """

    pack: str

    def __call__(self, prefix: bytes) -> tuple[int, Fill, int, int]:
        """A record's codec, what reads its stored form, its length, the blob's.

        Raises:
            DamagedBlob: There is none, or two, or its header is damaged.
        """


def write_related(prefixes: Sequence[bytes]) -> bytes:
    """Return how a stored form begins that needs other records."""
    return bytes((_VERSION, len(prefixes))) + b"".join(prefixes)


def related_size(stored: bytes) -> int:
    """Return how long that beginning is.

    Raises:
        DamagedBlob: It is none.
    """
    if len(stored) < 2 or stored[0] != _VERSION or stored[1] > MOST:
        raise DamagedBlob("a stored form begins like that of no known version")
    return 2 + stored[1] * PREFIX


def read_related(stored: bytes) -> list[bytes]:
    """The prefixes of the ids that a stored form needs.

    Args:
        stored: At least its first `HEAD` bytes, or all of it.

    Raises:
        DamagedBlob: It does not begin like one.
    """
    end = related_size(stored)
    if len(stored) < end:
        raise DamagedBlob("a stored form is cut short")
    return [stored[at : at + PREFIX] for at in range(2, end, PREFIX)]


HEAD = 2 + MOST * PREFIX


def read_all(fill: Fill, stored: int, limit: int) -> bytes:
    """A whole stored form.

    Raises:
        DamagedBlob: It is longer than ``limit``, or cut short.
    """
    if stored > limit:
        raise DamagedBlob(f"a stored form has {stored} bytes, more than {limit}")
    buffer = bytearray(stored)
    if fill(0, memoryview(buffer)) != stored:
        raise DamagedBlob("a record is cut short")
    return bytes(buffer)
