"""Put aside what is damaged, without losing what is whole in it.

A damaged pack goes as `assetstore.store.gc.remove` says, with a copy kept. All that is
whole in it counts as living, so no manifest has to be readable.
"""

import contextlib
from collections.abc import Iterable

from assetstore.store.backends.base import Backend, Mender
from assetstore.store.check.read_packs import PackFindings
from assetstore.store.codecs.base import PIECE
from assetstore.store.format.blob import new_name
from assetstore.store.format.pack import pack_key
from assetstore.store.gc.remove import Remover
from assetstore.store.gc.roots import Everything
from assetstore.store.store import Store


def preserve(backend: Backend, key: str) -> str:
    """Keep an object under another key, for people to look at.

    Returns:
        The key below ``quarantine/``.

    Raises:
        StoreWriteError: There is no room.
    """
    kept = f"quarantine/{key}"
    if backend.size(kept) is not None:  # it was damaged before
        for other, _ in backend.list(kept.rpartition("/")[0] + "/"):
            # A repair that was killed kept it already.
            if other.startswith(kept) and _are_alike(backend, key, other):
                return other
        kept += f"-{new_name()}"
    # Another repair may keep it, or a collection remove it, at the same moment.
    with contextlib.suppress(FileExistsError, FileNotFoundError):
        if isinstance(backend, Mender):
            try:
                backend.link(key, kept)
                return kept
            except (FileExistsError, FileNotFoundError):
                raise
            except OSError:  # no hard links here
                pass
        _copy(backend, key, kept)
    return kept


def _are_alike(backend: Backend, one: str, other: str) -> bool:
    """Tell whether two objects have the same bytes."""
    buffer, offset = bytearray(PIECE), 0
    with contextlib.suppress(OSError):
        while True:
            pieces = [
                bytes(buffer[: backend.read_into(key, offset, memoryview(buffer))])
                for key in (one, other)
            ]
            if pieces[0] != pieces[1]:
                return False
            if not pieces[0]:
                return True
            offset += len(pieces[0])
    return False


def _copy(backend: Backend, key: str, kept: str) -> None:
    buffer = bytearray(PIECE)
    upload = backend.create(kept)
    try:
        offset = 0
        while got := backend.read_into(key, offset, memoryview(buffer)):
            upload.write([bytes(buffer[:got])])
            offset += got
        backend.publish([upload])
    finally:
        upload.abort()


def retire(store: Store, names: Iterable[str], found: PackFindings) -> dict[str, int]:
    """Put damaged packs aside, and what is whole in them into new ones.

    Args:
        store: The store.
        names: The packs.
        found: What is whole.

    Returns:
        How many blobs were copied out of each.

    Raises:
        StoreWriteError: The store cannot be written; what was not reached stays.
    """
    going = list(names)
    for name in going:
        preserve(store.backend, pack_key(name))
    remover = Remover(
        store,
        Everything(),
        contents=lambda name: list(found.whole.entries(name)),
        lose=lambda entry: None,  # it rotted since it was read; the copy has it
        waits=False,
    )
    remover.remove(going)
    return {name: remover.moved[name] for name in going}
