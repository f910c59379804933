"""Make a file's bytes durable, down to the medium where that can be asked."""

import contextlib
import os
import sys


def sync_file(fd: int, *, metadata: bool = False) -> None:
    """Wait until a file's bytes are on the medium.

    Args:
        fd: The file.
        metadata: With its times and mode, which do not matter where its name and
            length say all.

    Raises:
        OSError: They cannot be written.
    """
    if sys.platform == "darwin":
        import fcntl

        # fsync there ends at the disk's own memory (fsync(2) of macOS).
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
            return
    if metadata:
        os.fsync(fd)
    else:
        getattr(os, "fdatasync", os.fsync)(fd)
