"""Put aside what is damaged, without losing what is whole in it.

A damaged pack goes as in a collection (`assetstore.store.gc`): condemned by a
tomb, never taken back; then tombs and packs are listed, and whatever of it is
whole and has no whole copy in a pack without a tomb is copied to a new one, until
nothing is left to copy; only then it goes, and its tomb last. All that is whole
counts as living, so no manifest has to be readable.
"""

import contextlib
from collections.abc import Iterable

from assetstore.errors import DamagedBlob
from assetstore.store.backends.base import Backend, Mender, put
from assetstore.store.blob import new_name
from assetstore.store.codecs.base import PIECE
from assetstore.store.index import Entry
from assetstore.store.pack import pack_key
from assetstore.store.session import Session
from assetstore.store.store import Store
from assetstore.store.survey import Survey, is_whole


def preserve(backend: Backend, key: str) -> str:
    """Keep an object under another key, for people to look at.

    Returns:
        The key below ``quarantine/``.

    Raises:
        StoreWriteError: There is no room.
    """
    kept = f"quarantine/{key}"
    if backend.size(kept) is not None:  # it was damaged before
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


def retire(store: Store, names: Iterable[str], found: Survey) -> dict[str, int]:
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
    moved = dict.fromkeys(names, 0)
    for name in moved:
        preserve(store.backend, pack_key(name))
    for name in moved:
        with contextlib.suppress(FileExistsError):
            put(store.backend, f"tombs/{name}", [])
    rotten: set[Entry] = set()  # since it was read
    while needed := _needed(store, moved, found, rotten):
        with store.session() as session:
            for entry in needed:
                if _copied(store, session, entry):
                    moved[entry.pack] += 1
                else:
                    rotten.add(entry)
            session.commit()
    for name in moved:
        store.backend.delete(pack_key(name))
        store.backend.delete(f"tombs/{name}")
    return moved


def _needed(
    store: Store, names: Iterable[str], found: Survey, rotten: set[Entry]
) -> list[Entry]:
    """What is whole in condemned packs and has no whole copy in another."""
    condemned = store.condemned()
    packs = store.packs()
    store.refresh()
    return [
        entry
        for name in names
        if name in packs
        for entry in found.whole.entries(name)
        if entry not in rotten
        and not any(
            other.pack in packs
            and other.pack not in condemned
            and is_whole(store, other)
            for other in store.copies(entry.record.id)
        )
    ]


def _copied(store: Store, session: Session, entry: Entry) -> bool:
    session.distrust([entry.record.id])
    writer = session.writer(entry.record.kind)
    try:
        for piece in store.stream_copy(entry):
            writer.write(bytes(piece))
        writer.finish()
    except (DamagedBlob, FileNotFoundError):
        writer.abort()
        return False
    return True
