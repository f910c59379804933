"""The seam between the store and what keeps its files.

A backend holds immutable objects under keys. An object is there whole or not at
all, and it is durable when `Backend.publish` has returned.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from assetstore.errors import StoreError

# What small objects are read with; far above anything that is written.
MAX_OBJECT = 1 << 28
# How often an object is read that turns out to be replaced meanwhile.
_ATTEMPTS = 5

_KEY = re.compile(r"config|[a-z]{1,16}(/[0-9a-z][0-9a-z-]{0,79}){1,4}")


def is_key(text: str) -> bool:
    """Tell whether this is of the form of a key."""
    return _KEY.fullmatch(text) is not None


def checked(key: str) -> str:
    """The key, if it is one; nothing else ever becomes a path.

    Raises:
        StoreError: It is not of the form of a key.
    """
    if not is_key(key):
        raise StoreError(f"not a key of a store: {key!r}")
    return key


class Upload(Protocol):
    """An object being written; readable by its writer, invisible to others.

    Attributes:
        size: How many bytes were written.
    """

    size: int

    def write(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Append pieces. The upload may keep references to them for a while.

        Raises:
            StoreWriteError: There is no room, or the medium failed.
        """

    def patch(self, offset: int, data: bytes) -> None:
        """Overwrite bytes that were written before."""

    def read_into(self, offset: int, view: memoryview) -> int:
        """Read back what was written; fewer bytes only at the end."""

    def sync(self) -> None:
        """Start making what was written so far durable; does not wait for it."""

    def abort(self) -> None:
        """Throw away what was written. Does nothing once it is published."""


class Backend(Protocol):
    """A place for objects.

    One object of this kind is for one thread; any number of them, in any number of
    processes, may be at work on the same place.
    """

    def create(self, key: str) -> Upload:
        """Begin an object."""

    def publish(self, uploads: Sequence[Upload]) -> None:
        """Make objects visible under their keys, durably.

        Raises:
            StoreWriteError: They could not be made durable. A failed sync is
                never tried again: the system may have dropped what it could not
                write. Those published before the failure stay.
            FileExistsError: An object has that key already, and keeps it.
        """

    def read_into(self, key: str, offset: int, view: memoryview) -> int:
        """Read from an object; fewer bytes only at its end.

        Raises:
            FileNotFoundError: There is no such object.
        """

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Keys below ``prefix`` (which ends with a slash), with sizes, sorted."""

    def size(self, key: str) -> int | None:
        """An object's size, or None where there is none."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is gone already is no error."""


@runtime_checkable
class SweepingBackend(Protocol):
    """A backend in which killed writers can leave something behind."""

    def sweep(self, *, dry_run: bool = False) -> tuple[int, int]:
        """Remove what dead writers left.

        Returns:
            How many writers, and how many bytes, were swept.
        """


@runtime_checkable
class Mender(Protocol):
    """A backend that can keep what is damaged, and put right what it was."""

    def link(self, key: str, new: str) -> None:
        """Give an object a second key, without reading it.

        Raises:
            FileExistsError: An object has that key already.
            FileNotFoundError: There is no such object.
            OSError: It cannot be done here.
        """

    def mend(self, key: str, data: bytes) -> None:
        """Put the bytes that an object was written with in a damaged one's place.

        At no moment is there no object.

        Raises:
            StoreWriteError: They could not be made durable.
        """


def put(backend: Backend, key: str, pieces: Sequence[bytes | memoryview]) -> None:
    """Write a small object, durably.

    Raises:
        StoreWriteError: It could not be written.
        FileExistsError: There is one already.
    """
    upload = backend.create(key)
    try:
        if pieces:
            upload.write(pieces)
        backend.publish([upload])
    finally:
        upload.abort()


def get(backend: Backend, key: str, limit: int = MAX_OBJECT) -> bytes:
    """Read a whole object, as it is at one moment.

    Raises:
        FileNotFoundError: There is no such object.
        StoreError: It is larger than ``limit``, or the medium does not give it out.
    """
    got = size = 0
    for _ in range(_ATTEMPTS):
        found = backend.size(key)
        if found is None:
            raise FileNotFoundError(key)
        size = found
        if size > limit:
            raise StoreError(f"{key} has {size} bytes, more than {limit}")
        buffer = bytearray(size + 1)
        try:
            got = backend.read_into(key, 0, memoryview(buffer))
        except FileNotFoundError:
            raise
        except OSError as e:
            raise StoreError(f"{key} cannot be read: {e.strerror or e}") from e
        if got == size:  # else it was replaced meanwhile
            break
    return bytes(memoryview(buffer)[: min(got, size)])
