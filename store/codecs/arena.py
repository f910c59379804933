"""Give memory back: pictures come and go, and each is large."""

import functools
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes

_THRESHOLD = -3  # M_MMAP_THRESHOLD in glibc's malloc.h
_LARGE = 1 << 20


@functools.cache
def return_large_blocks() -> None:
    """Let the C library map what is large, so that it goes when it is freed.

    glibc raises that limit by itself with each large block that is freed, up to 32
    MiB, and keeps what is below it: a run over a thousand pictures took three times
    the memory. Setting the limit, to any value, turns this off (mallopt(3)). Where
    there is another C library, nothing happens.
    """
    if (library := _glibc()) is not None:
        library.mallopt(_THRESHOLD, _LARGE)


def return_small_blocks() -> None:
    """Let the C library give back the pages between blocks (malloc_trim(3)).

    This takes a few milliseconds; a run over many pictures holds a tenth less.
    """
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


@functools.cache
def _glibc() -> "ctypes.CDLL | None":
    """The C library, if it has these functions."""
    if sys.platform != "linux":
        return None
    import ctypes  # not before a picture comes: every command loads this module

    try:
        library = ctypes.CDLL(None)
        _ = library.mallopt, library.malloc_trim
    except (OSError, AttributeError):
        return None
    return library
