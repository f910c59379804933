"""What a user names to be purged: pictures, by hash, placeholder, document or file."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.documents.catalog import find_blob
from assetstore.documents.document_names import known_name
from assetstore.documents.placeholders import find_named
from assetstore.documents.recipes import Recipes
from assetstore.errors import (
    AmbiguousId,
    AssetstoreError,
    DamagedManifest,
    MissingBlob,
    PurgedBlob,
    UsageError,
)
from assetstore.files.find import StrPath, find_documents
from assetstore.files.leftovers import Sweeper
from assetstore.files.source import Source
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.purge.purge import claims
from assetstore.store.repair.lost_blobs import Search

if TYPE_CHECKING:
    from assetstore.progress import Progress
    from assetstore.store.store import Store

_DIGITS = re.compile(r"[0-9a-fA-F]{4,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A picture of a document that was named, which others need, too.

    Attributes:
        blob: Its id in hexadecimal.
        documents: The others.
    """

    blob: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a user named.

    Attributes:
        ids: The blobs that are to go.
        shared: Those that stay, since they are other documents', too.
    """

    ids: tuple[BlobId, ...]
    shared: tuple[Shared, ...] = ()


def choose(store: "Store", names: Sequence[str], *, shared: bool = False) -> Chosen:
    """The pictures that some names stand for.

    Args:
        store: The store.
        names: For each, a blob's id in hexadecimal or its beginning, a placeholder,
            an archived document, or a picture's own file.
        shared: Of documents, take also what other documents need.

    Raises:
        UsageError: One is none of these, or two of them.
        MissingBlob: The store knows no such picture.
        AmbiguousId: An id's beginning fits several.
        OSError: A file cannot be read.
    """
    ids: dict[BlobId, None] = {}
    documents: list[str] = []
    held: dict[BlobId, None] = {}
    for name in names:
        if (found := _by_id(store, name)) is not None:
            ids[found] = None
        elif (of := _of_document(store, name)) is not None:
            document, blobs = of
            documents.append(document)
            held |= dict.fromkeys(blobs)
        else:
            ids[_by_bytes(store, name)] = None
    kept: list[Shared] = []
    needed, _ = claims(store, held)
    for blob in held:
        others = sorted(d for d in needed.get(blob, ()) if d not in documents)
        if others and not shared and blob not in ids:
            kept.append(Shared(blob=blob.hex(), documents=tuple(others)))
        else:
            ids[blob] = None
    return Chosen(ids=tuple(ids), shared=tuple(kept))


def _by_id(store: "Store", name: str) -> BlobId | None:
    """The blob that a placeholder or a hash names; None: it is of neither form."""
    if name.startswith("as1:"):
        return find_blob(store, name)
    if not _DIGITS.fullmatch(name):
        return None
    digits = name.lower()
    try:
        found = find_blob(store, digits)
    except PurgedBlob:
        gone = [id for id in store.purged() if id.hex().startswith(digits)]
        if len(gone) > 1:
            raise AmbiguousId(
                f"{name} fits {len(gone)} blobs", hint="Give more of its digits."
            ) from None
        found = gone[0]
    except MissingBlob:
        if len(digits) < 64 and Path(name).exists():
            return None
        raise
    if Path(name).exists():
        raise UsageError(
            f"{name} is a file, and the beginning of a blob's id",
            hint=f"Write ./{name} for the file, or more digits for the blob.",
        )
    return found


def _of_document(store: "Store", name: str) -> tuple[str, list[BlobId]] | None:
    """A document and its pictures; None where the store knows nothing of it."""
    path = Path(os.path.abspath(name))
    document = known_name(store, name)
    if path.is_dir():
        raise UsageError(f"{name} is a folder", hint="Name its documents.")
    found: dict[BlobId, None] = {}
    known = False
    for key in store.manifest_keys():
        try:
            manifest = store.load_manifest(key)
        except (FileNotFoundError, DamagedManifest):
            continue
        if manifest.document == document:
            known = True
            found |= {id: None for kind, id in manifest.refs if kind is Kind.MEDIA}
    if path.is_file():
        recipes = Recipes(store)
        with Source.open(path) as source:
            for prefix in find_named(source):
                recipe = recipes.get(prefix)
                if recipe is not None:
                    known = True
                    found |= dict.fromkeys(recipe.blobs)
    return (document, list(found)) if known else None


def _by_bytes(store: "Store", name: str) -> BlobId:
    """The blob whose bytes a file has."""
    path = Path(name)
    if not path.is_file():
        raise UsageError(
            f"{name} names no picture: there is no such file, and it is no hash",
            hint="Give a hash as 'ls --blobs' shows it, a placeholder, or a file.",
        )
    with Source.open(Path(os.path.abspath(path))) as source:
        id = BlobId(source.blake3())
    if not store.holds(id) and id not in store.purged():
        raise MissingBlob(
            f"{name}: the store knows neither a document nor a picture like this",
            hint="Check that --store names the right store.",
            path=name,
        )
    return id


def sweep_drafts(store: "Store", documents: Iterable[str]) -> list[str]:
    """Remove what killed restores left beside documents: it holds their pictures.

    Returns:
        What could not be looked at, in sentences.
    """
    problems: list[str] = []
    sweeper = Sweeper()
    for document in sorted(documents):
        path = Path(document)
        if not path.is_absolute() or not path.parent.is_dir():
            continue
        try:
            with store.doc_lock(path):
                sweeper.sweep(path)
        except (AssetstoreError, OSError) as e:
            problems.append(f"What is beside {document} was not looked at: {e}.")
    return problems


def still_embedded(
    store: "Store",
    ids: Iterable[BlobId],
    folders: Sequence[StrPath],
    progress: "Progress",
) -> Iterator[str]:
    """The files at and below some paths that embed a picture, or are one.

    Raises:
        OSError: A path cannot be read.
        AssetstoreError: The same.
    """
    from assetstore.archiver.find_lost import FileHealer

    wanted = set(ids)
    without = [path for path in (store.root, store.cache_dir) if path is not None]
    progress.start(None, "searching")
    for file in find_documents([Path(p) for p in folders], without=without):
        if file.error is not None:
            if file.named:
                raise file.error
            continue
        with store.session() as session:  # never committed: nothing is kept
            search = Search(session, wanted)
            FileHealer(Path(file.path), progress).heal(search, frozenset())
            if search.found:
                yield file.path
    progress.close()
