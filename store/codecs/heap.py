"""Give memory back: pictures come and go, and each is large."""

import ctypes
import functools
import sys

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
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).mallopt(_THRESHOLD, _LARGE)
    except (OSError, AttributeError):
        return
