"""Binary file objects of a caller's: pipes, sockets, archives, files in memory."""

import io
from typing import Protocol, TypeVar

T = TypeVar("T")


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int = ..., /) -> bytes:
        """At most so many bytes; fewer where no more are there yet; none at the end."""
        ...


class Writable(Protocol):
    """What bytes can be written to."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Take some bytes."""
        ...


class WholeReader:
    """Reads a file object of which nothing is known, and says when it is none.

    Args:
        file: It; what it reads may come in pieces of any length.

    Raises:
        TypeError: It is no binary file object.
    """

    def __init__(self, file: Readable):
        self._file = _binary(file, "read", 'open("page.html", "rb")')

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end.

        Raises:
            TypeError: It gives text.
            BlockingIOError: It has none yet, and does not wait: what came so far would
                be taken for all of it.
        """
        data: object = self._file.read(size)
        if data is None:
            raise BlockingIOError(
                "the file object to read has no bytes yet and does not wait for them: "
                "make it blocking"
            )
        if not isinstance(data, bytes | bytearray | memoryview):
            raise _no_bytes("read", 'open("page.html", "rb")')
        return bytes(data)


class WholeWriter:
    """Writes all that it is given to a file object that may take a part at a time.

    Args:
        file: It.

    Raises:
        TypeError: It is no binary file object.
    """

    def __init__(self, file: Writable):
        self._file = _binary(file, "write", 'open("page.html", "wb")')
        self._partly = isinstance(file, io.RawIOBase)

    def write(self, data: bytes | memoryview, /) -> int:
        """Write all of some bytes.

        Raises:
            BlockingIOError: It takes none just now, and does not wait.
        """
        left = bytes(data)  # it may keep them, and a view would change
        size = len(left)
        while left:
            taken = self._file.write(left)
            if not self._partly:
                break
            if not isinstance(taken, int):
                raise BlockingIOError(
                    "the file object to write takes no bytes just now and does not "
                    "wait: make it blocking"
                )
            left = left[taken:]
        return size


def _binary(file: T, verb: str, example: str) -> T:
    if isinstance(file, io.TextIOBase) or not callable(getattr(file, verb, None)):
        raise _no_bytes(verb, example)
    return file


def _no_bytes(verb: str, example: str) -> TypeError:
    return TypeError(
        f"what is to {verb} must be a binary file object, such as {example}"
    )
