"""What a store calls the documents that a user names."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.documents.row_names import database_of, is_stream
from assetstore.files.find import StrPath
from assetstore.files.spelling import as_spelled

if TYPE_CHECKING:
    from assetstore.store.store import Store


def named(path: StrPath) -> str:
    """Return what manifests call a document that a user names."""
    at_none = is_stream(str(path)) or is_kept(str(path))
    return str(path) if at_none else os.path.abspath(path)


def known_name(store: "Store", path: StrPath) -> str:
    """Return what a store calls a document: as it is named, or as its folder does."""
    document = named(path)
    other = spelled(document)
    return document if other == document or store.claims_on(document) else other


def spelled(document: str) -> str:
    """Return a document's name as its folders have it."""
    file = database_of(document) or document
    if not Path(file).is_absolute():
        return document
    return f"{as_spelled([Path(file)])[0]}{document[len(file) :]}"


def is_kept(document: str) -> bool:
    """Tell whether a document is a thread that the store keeps: no file has it."""
    from assetstore.store.format.manifest import THREAD

    return document.startswith(THREAD)
