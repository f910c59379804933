"""Another process that has a file open, and a system that cannot tell."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

_HOLD = "import sys; f = open(sys.argv[1], 'ab'); print('open', flush=True); input()"


@contextlib.contextmanager
def held(path: Path) -> Iterator[int]:
    """Let another process have a file open for writing.

    Yields:
        Its number.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"open"
        yield holder.pid
        holder.communicate(b"\n")


@contextlib.contextmanager
def no_lease(_fd: int, _name: str) -> Iterator[Callable[[], bool]]:
    """As `assetstore.files.in_use.leased` where there are no leases."""
    yield lambda: True
