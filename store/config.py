"""A store's config and its folder."""

import contextlib
import json
import os
from collections.abc import Callable, Container, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from assetstore.errors import (
    ForeignStore,
    StoreError,
    StoreWriteError,
    UnsupportedStore,
)
from assetstore.files.durable import make_folder, sync_folder
from assetstore.store.backends.base import Backend, Mender, get
from assetstore.store.codecs.table import FEATURES as CODEC_FEATURES
from assetstore.store.format.blob import is_name, new_name

FORMAT = 1
_WAIT = 5.0
# Blobs that have a tombstone are not to be written.
PURGE = frozenset({"purge"})
# Manifests may tell what is text in their documents.
NOTES = frozenset({"notes"})
# Each of a codec's stands for what all of them take, too: a pack's effort, and records
# that need others.
KNOWN_FEATURES = CODEC_FEATURES | PURGE | NOTES


def new_config(
    clock: Callable[[], float],
    random: Callable[[int], bytes],
    features: Iterable[str] = (),
    id: str = "",
) -> bytes:
    """The config of a new store, with the features that it needs.

    Args:
        clock: Seconds since 1970, for a new id.
        random: Random bytes, for a new id.
        features: What readers and writers must know.
        id: The id that it had, where it is written anew.
    """
    named = sorted(features)
    record = {
        "features": {"read": named, "write": named},
        "format": FORMAT,
        "id": id or new_name(clock, random),
    }
    return json.dumps(record, sort_keys=True).encode() + b"\n"


def enable(
    backend: Backend, lock: AbstractContextManager[object], features: Iterable[str]
) -> None:
    """Name features in a store's config; whoever does not know them refuses it.

    Args:
        backend: Where the store is.
        lock: Spares two programs from naming different ones at once.
        features: Their names.

    Raises:
        UnsupportedStore: The backend cannot replace the config.
        StoreWriteError: It cannot be written.
    """
    with lock:
        data = get(backend, "config", 1 << 16)
        checked_config(data)
        record = json.loads(data)
        named = set(record["features"]["read"])
        if named >= set(features):
            return
        if not isinstance(backend, Mender):
            raise UnsupportedStore("this store's config cannot be changed")
        for use in ("read", "write"):
            wanted = {*record["features"][use], *features}
            record["features"][use] = sorted(wanted)
        backend.mend("config", json.dumps(record, sort_keys=True).encode() + b"\n")


def make_root(root: Path, trusted: Container[int] = ()) -> None:
    """Make the folder of a new store.

    Args:
        root: The folder. Root's belongs to the owner of the one that it is in, if
        trusted: has that one's number.

    Raises:
        StoreError: It holds something else.
        StoreWriteError: It cannot be made.
    """
    try:
        if not make_folder(root):
            sync_folder(root.parent)  # who made it may have been killed before that
        elif not _is_trusted(root.stat().st_uid, trusted):
            os.chown(root, os.geteuid(), os.getegid())  # root's, in another's folder
        strange = [e.name for e in os.scandir(root) if e.name not in ("tmp", "locks")]
    except OSError as e:
        raise StoreWriteError(
            f"cannot make a store at {root}: {e.strerror}",
            hint="Choose another folder with --store.",
            path=str(root),
        ) from e
    if strange and "config" not in strange:  # else somebody made it just now
        raise StoreError(
            f"{root} is not empty and is not a store",
            hint="Choose an empty folder with --store.",
            path=str(root),
        )
    root.chmod(0o700)


def _check_links(root: Path) -> None:
    with contextlib.suppress(OSError), os.scandir(root) as found:
        for entry in found:
            if entry.is_symlink():
                raise StoreError(
                    f"{entry.path} is a symbolic link: what is written to the store "
                    "would go elsewhere",
                    hint="Put the folder itself there. A store as a whole may be on "
                    "another disk: link to that.",
                    path=str(root),
                )


def _is_trusted(owner: int, trusted: Container[int]) -> bool:
    if not hasattr(os, "geteuid"):
        return True
    return owner in (os.geteuid(), 0) or owner in trusted


def check_owner(root: Path, trusted: Container[int] = ()) -> None:
    """Refuse a store that belongs to somebody else.

    Its owner could read what is archived, and put links in the way of what is
    written. Root's own stores are trusted by all.

    Args:
        root: The store's folder.
        trusted: Numbers of other users who are trusted.

    Raises:
        ForeignStore: It is somebody else's.
        StoreError: A folder in it is a link, which would lead out of it.
    """
    _check_links(root)
    for path in (root, root / "config"):
        try:
            owner = path.stat(follow_symlinks=path == root).st_uid
        except OSError:
            continue
        if not _is_trusted(owner, trusted):
            raise ForeignStore(
                f"{path} belongs to another user (number {owner})",
                hint="If you trust its owner, name it in ASSETSTORE_SAFE_STORES, or "
                "make the store your own: chown -R.",
                path=str(root),
            )


def checked_config(config: bytes) -> str:
    """The id in a store's config.

    Raises:
        StoreError: It cannot be read.
        UnsupportedStore: It asks for something this version does not know.
    """
    try:
        record = json.loads(config)
        format, id, features = record["format"], record["id"], record["features"]
        needed = set(features["read"]) | set(features["write"])
    except (ValueError, KeyError, TypeError, RecursionError) as e:
        raise StoreError(f"the store's config cannot be read: {e}") from e
    if format != FORMAT:
        raise UnsupportedStore(
            f"the store has format {format}; this version knows {FORMAT}",
            hint="Update assetstore.",
        )
    if unknown := needed - KNOWN_FEATURES:
        raise UnsupportedStore(
            f"the store needs {', '.join(sorted(map(str, unknown)))}, "
            "which this version lacks",
            hint="Update assetstore.",
        )
    if not isinstance(id, str) or not is_name(id):
        raise StoreError("the store's config has no id")
    return id
