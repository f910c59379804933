"""The lock that a client holds while it works in a folder, held in its place."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assetstore.errors import SourceInUse


@contextmanager
def client_lock(database: Path, name: str) -> Iterator[None]:
    """Hold a file beside a database as its client does (flock).

    Where there is no such file, no client has been there that takes it. Other systems
    than POSIX do not know this lock.

    Args:
        database: The database.
        name: The file's name; "": there is no such lock.

    Raises:
        SourceInUse: The client holds it.
        OSError: It cannot be opened.
    """
    if not name or os.name != "posix":
        yield
        return
    import fcntl

    try:
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        file = os.open(database.with_name(name), flags)
    except FileNotFoundError:
        yield
        return
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            raise SourceInUse(
                f"{database} is in use by its client, which holds {name}",
                hint="Close that program, and try again.",
                path=str(database),
            ) from e
        yield
    finally:
        os.close(file)
