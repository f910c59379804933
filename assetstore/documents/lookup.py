"""One document of a store, and the media that it needs."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.documents.catalog import DocumentInfo, describe, state_now
from assetstore.documents.document_names import known_name
from assetstore.errors import AssetstoreError, StoreError
from assetstore.files.find import StrPath

if TYPE_CHECKING:
    from assetstore.store.format.blob import BlobId
    from assetstore.store.format.manifest import Manifest
    from assetstore.store.store import Store


def document_info(
    store: "Store", path: StrPath, writer: str | None = None
) -> DocumentInfo:
    """Tell what a store knows of a document, and what the file system says now.

    Args:
        store: The store.
        path: The document, as in `catalog.forget`.
        writer: Who archived it; None: we, or else anybody.

    Raises:
        StoreError: The store does not know the document.
        DamagedManifest: What it knows of it cannot be read.
    """
    from assetstore.store.repair.accepted import accepted_losses

    newest = _newest(store, known_name(store, path), writer)
    manifest, state = state_now(store, newest)
    accepted = accepted_losses(store.backend)
    return describe(store, manifest, state, store.purged(), accepted)


def needed_media(store: "Store", document: DocumentInfo) -> "list[BlobId]":
    """The media blobs that a document needs.

    Returns:
        Their ids, in the order in which they stand in the document. What cannot be
        found in it, since it changed or is away, comes last.

    Raises:
        StoreError: The store does not know the document.
        DamagedManifest: What it knows of it cannot be read.
    """
    from assetstore.store.format.blob import Kind

    newest = _newest(store, document.path, document.client)
    manifest, _ = state_now(store, newest)
    needed = [id for kind, id in manifest.refs if kind is Kind.MEDIA]
    found: dict[BlobId, None] = {}
    # Only the order comes from the file.
    with suppress(AssetstoreError, OSError, ValueError):
        for id in _standing(store, Path(document.path)):
            found[id] = None
    wanted = set(needed)
    first = [id for id in found if id in wanted]
    return first + [id for id in needed if id not in found]


def _standing(store: "Store", path: Path) -> "Iterator[BlobId]":
    """The blobs that a file's placeholders name, in their order."""
    from assetstore.documents.recipes import Recipes, recipes_in
    from assetstore.files.text import open_text

    with open_text(path) as source:
        for recipe in recipes_in(source, Recipes(store)):
            yield from recipe.blobs


def _newest(store: "Store", document: str, writer: str | None) -> "Manifest":
    """The newest manifest of a document.

    Raises:
        StoreError: There is none.
        DamagedManifest: It cannot be read.
    """
    keys = sorted(store.claims_on(document), key=lambda key: not store.is_own(key))
    for key in keys:
        if writer is None or key.startswith(f"manifests/{writer}/"):
            return store.load_manifest(key)
    raise StoreError(
        f"the store knows no document {document}",
        hint="'assetstore ls', or the documents of the store, are those it knows; "
        "'assetstore archive' makes it one.",
        path=document,
    )
