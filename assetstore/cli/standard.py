"""The standard streams: there, closed, full, or of an odd encoding."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO

from assetstore.errors import UsageError


def prepare() -> None:
    """Let there be streams, and let them take any text.

    A shell can close them, and pythonw has none. Where a descriptor is closed, the
    next file that is opened gets its number, and with it what others write there.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # what is opened gets the lowest number that is free
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, mode, closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # escape what the terminal lacks
            stream.reconfigure(errors="backslashreplace")


def stdin() -> BinaryIO:
    """Standard input as bytes.

    Raises:
        UsageError: It is closed.
    """
    if sys.__stdin__ is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer


def stdout() -> BinaryIO:
    """Standard output for a document.

    Raises:
        UsageError: It is closed: what is written there is lost.
    """
    if sys.__stdout__ is None:
        raise UsageError("standard output is closed")
    return sys.stdout.buffer


@contextlib.contextmanager
def naming_stdout() -> Iterator[None]:
    """Say of an error without a file that it is standard output's."""
    try:
        yield
    except OSError as e:
        e.filename = e.filename or "standard output"
        raise


def leave_stdout() -> None:
    """Keep the interpreter from complaining at its end that nothing can be written."""
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)
