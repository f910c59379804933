"""Looks for what a picture left on a disk or in a store."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

from assetstore.errors import AssetstoreError
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.format.index import walk
from assetstore.store.gc.remove import stored_form
from assetstore.store.store import Store

_WINDOW = 24


def media_id(raw: bytes) -> BlobId:
    """The id of a picture."""
    return blob_id(Kind.MEDIA, raw)


def pieces(data: bytes, spare: int = 64) -> list[bytes]:
    """Some pieces of it that nothing else has: not of its first bytes."""
    assert len(data) > spare + _WINDOW
    step = max(1, (len(data) - spare - _WINDOW) // 7)
    return [data[i : i + _WINDOW] for i in range(spare, len(data) - _WINDOW, step)]


def spellings(raw: bytes) -> list[bytes]:
    """Pieces of a picture, as it is and in base64 of any alignment."""
    return [piece for form in (raw, *_based(raw)) for piece in pieces(form)]


def _based(raw: bytes) -> list[bytes]:
    texts = [base64.b64encode(raw[skip:]) for skip in range(3)]
    urlsafe = [text.translate(bytes.maketrans(b"+/", b"-_")) for text in texts]
    return [*texts, *urlsafe]


def stored_forms(store: Store, id: BlobId) -> list[bytes]:
    """How packs hold a blob."""
    store.refresh()
    return [stored_form(store, entry) for entry in store.copies(id)]


def objects(backend: MemoryBackend) -> Iterator[tuple[str, bytes]]:
    """All that a store in memory holds."""
    yield from backend.objects.items()


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """All that is in some folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield str(path), path.read_bytes()


def holders(found: Iterable[tuple[str, bytes]], wanted: list[bytes]) -> list[str]:
    """The names of those that hold one of some pieces."""
    return [name for name, data in found if any(piece in data for piece in wanted)]


def decoded(store: Store) -> Iterator[tuple[BlobId, bytes]]:
    """Every record of every pack there is, indexed or not."""
    for name in store.packs():
        for entry in walk(store.backend, name):
            try:
                yield entry.record.id, b"".join(map(bytes, store.stream_copy(entry)))
            except AssetstoreError:
                yield entry.record.id, b""


def check_gone(
    store: Store,
    raw: bytes,
    found: Iterable[tuple[str, bytes]],
    forms: Iterable[bytes] = (),
    others: Iterable[bytes] = (),
) -> None:
    """Nothing of a picture is left, as it is, in base64 or as packs held it.

    Args:
        store: The store, opened anew.
        raw: The picture.
        found: All files or objects, by name.
        forms: How packs held it.
        others: Pictures that stay; what they have in common with it may be found.
    """
    common = b"".join(form for other in others for form in (other, *_based(other)))
    own = [piece for piece in spellings(raw) if piece not in common]
    assert len(own) > 8
    wanted = list(own)
    for form in forms:
        wanted += pieces(form, 40) if len(form) > 80 else [form]
    assert holders(found, wanted) == []
    for id, data in decoded(store):
        assert id != media_id(raw)
        assert not any(piece in data for piece in own)
