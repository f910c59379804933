"""The documents and blobs of a store, seen from outside: list, find, forget."""

import os
import re
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assetstore.documents.blobs import MediaBlob as MediaBlob
from assetstore.documents.blobs import media_blobs as media_blobs
from assetstore.documents.document_names import is_kept, known_name, named, spelled
from assetstore.documents.row_names import database_of, is_stream
from assetstore.documents.row_values import count_in_rows, state_of_rows
from assetstore.errors import (
    AmbiguousId,
    DamagedManifest,
    MissingBlob,
    PurgedBlob,
    SourceError,
    SourceRefused,
    StoreError,
    UsageError,
)
from assetstore.files.find import StrPath, several
from assetstore.files.plain import open_plain
from assetstore.files.temp_rows import Spool

if TYPE_CHECKING:
    from assetstore.store.format.blob import BlobId
    from assetstore.store.format.manifest import Manifest
    from assetstore.store.store import Store

DocumentState = Literal["present", "changed", "missing", "restored", "stream"]

_MIN_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """What a store knows of a document, and what the file system says now.

    Attributes:
        path: Its absolute path.
        state: "present" (as it was archived), "changed" (since then), "missing"
            (moved or deleted; its media stay in the store), "restored" (it needs
            nothing), "stream" (nobody can tell where it is).
        profile: How it was read.
        archived: When, in seconds since 1970.
        source_size: The original's size in bytes; of one in UTF-16, as UTF-8.
        slim_size: The archived file's, in the same way.
        payloads: How many placeholders stand in it.
        client: Who archived it.
        own: Whether that is us; else `forget` has to be asked to (``foreign``).
        purged: How many blobs that it needs were purged from the store.
        lost: What it needs and was accepted to be lost, as ids in hexadecimal.
    """

    path: str
    state: DocumentState
    profile: str
    archived: float
    source_size: int
    slim_size: int
    payloads: int
    client: str
    own: bool
    purged: int = 0
    lost: tuple[str, ...] = ()


def list_documents(
    store: "Store", under: Iterable[StrPath] = (), *, holding: "BlobId | None" = None
) -> Iterator[DocumentInfo]:
    """The documents of a store, by path.

    Args:
        store: The store.
        under: Only these files and what is below these folders.
        holding: Only those that need this blob; None: all.

    Raises:
        DamagedManifest: What the store knows of a document cannot be read.
    """
    from assetstore.store.repair.accepted import accepted_losses

    roots = [named(path) for path in several(under)]
    roots += [spelled(root) for root in roots]
    accepted = accepted_losses(store.backend)
    found = Spool()
    purged = store.purged()
    for manifest in store.manifests():
        if roots and not any(_below(manifest.document, root) for root in roots):
            continue
        if not manifest.begun and not _needs(manifest, holding):
            continue  # before its file is read
        manifest, state = state_now(store, manifest)
        if not _needs(manifest, holding):
            continue
        document = describe(store, manifest, state, purged, accepted)
        row = {name: getattr(document, name) for name in DocumentInfo.__slots__}
        found.add(row, f"{document.path}\0{document.client}")
    for row in found:
        yield DocumentInfo(**{**row, "lost": tuple(row["lost"])})  # a list, in JSON


def _needs(manifest: "Manifest", blob: "BlobId | None") -> bool:
    return blob is None or any(id == blob for _, id in manifest.refs)


def state_now(store: "Store", manifest: "Manifest") -> "tuple[Manifest, DocumentState]":
    """The manifest that a document's file is in the state of, and that state.

    Args:
        store: The store.
        manifest: The newest one; another one where that says of a restore that it was
            begun, and it was not done.
    """
    state = _state(manifest)
    if manifest.begun and state != "restored":
        manifest = store.before(manifest)
        state = _state(manifest)
    return manifest, state


def describe(
    store: "Store",
    manifest: "Manifest",
    state: DocumentState,
    purged: "Collection[BlobId]",
    accepted: "Container[BlobId]",
) -> DocumentInfo:
    """Describe a document by its manifest.

    Args:
        store: The store.
        manifest: It, and
        state: which state the document is in, as `state_now` gives them.
        purged: The blobs that were purged from the store.
        accepted: Those of which it was accepted that they are lost.
    """
    return DocumentInfo(
        path=manifest.document,
        state=state,
        profile=manifest.profile,
        archived=manifest.created,
        source_size=manifest.source_size,
        slim_size=manifest.slim_size,
        payloads=manifest.payloads,
        client=manifest.writer,
        own=manifest.writer == store.writer,
        purged=sum(id in purged for _, id in manifest.refs) if purged else 0,
        lost=tuple(id.hex() for _, id in manifest.refs if id in accepted),
    )


def _below(path: str, root: str) -> bool:
    beside = (root.rstrip(os.sep) + os.sep, root + "#")  # the latter: its columns
    return path == root or path.startswith(beside)


def _state(manifest: "Manifest") -> DocumentState:
    if manifest.state == "restored" and not manifest.begun:
        return "restored"
    if is_stream(manifest.document):
        return "stream"
    if is_kept(manifest.document):
        return "present"  # it is in the store as a whole
    path = Path(manifest.document)
    if database := database_of(manifest.document):
        return state_of_rows(manifest.document, Path(database))
    try:
        now = path.stat()
    except (OSError, ValueError):
        return "missing"
    as_it_was: DocumentState = "restored" if manifest.begun else "present"
    old = now.st_mtime <= manifest.created and not manifest.begun
    if now.st_size == manifest.slim_size and (old or not manifest.slim_hash):
        return as_it_was
    try:
        if now.st_size != manifest.slim_size and not _is_wide(path):
            return "changed"
        return as_it_was if _is_as(path, manifest) else "changed"
    except (OSError, SourceError):
        return "changed"


def _is_wide(path: Path) -> bool:
    """Tell whether a document may be in UTF-16: what is known of it is its text's."""
    with open_plain(path, follow=True) as file:
        return file.read(2) in (b"\xff\xfe", b"\xfe\xff")


def _is_as(path: Path, manifest: "Manifest") -> bool:
    """Tell whether a document's text is what a manifest says."""
    from assetstore.files.text import open_text

    with open_text(Path(os.path.realpath(path))) as source:
        if source.size != manifest.slim_size:
            return False
        return not manifest.slim_hash or source.blake3() == manifest.slim_hash


def foreign_claims(store: "Store", path: StrPath) -> int:
    """Count the other writers that claim media for a document.

    Args:
        store: The store.
        path: The document, as in `forget`.
    """
    count = 0
    for key in store.claims_on(known_name(store, path)):
        if not store.is_own(key):
            try:
                count += bool(store.load_manifest(key).refs)
            except FileNotFoundError:
                continue  # given up just now
            except DamagedManifest:
                count += 1
    return count


def forget(
    store: "Store", path: StrPath, *, force: bool = False, foreign: bool = False
) -> "Manifest":
    """Give up a document's claim on its media: gc may remove what only it needs.

    What killed processes left beside the document goes at once.

    Args:
        store: The store.
        path: The document; it need not be there any more. What came from
            standard input has the name that `list_documents` gives, "stdin:...".
        force: Do so even if it still holds placeholders of this store.
        foreign: Give up what other writers (users, machines, or oneself before the
            state folder was lost) claim for it, too. Nobody can tell here whether
            they still have it.

    Returns:
        What the store knew of it: our own manifest, if there was one.

    Raises:
        StoreError: The store does not know the document.
        SourceRefused: It still holds placeholders, and ``force`` was not given.
        ForeignManifest: Another writer archived it, and ``foreign`` was not given.
        DamagedManifest: A manifest of it cannot be read.
        LockedError: Somebody is at work on it.
        SourceChanged: It was written to just when a process that replaced it was
            killed; that was put beside it.
        OSError: What such a process left cannot be put back.
    """
    from assetstore.files.leftovers import Sweeper

    document = known_name(store, path)
    with store.doc_lock(Path(document), 5.0):
        found = _find(store, document, foreign=foreign)
        if Path(document).is_absolute():
            Sweeper().sweep(Path(document))
        if not force and (held := count_placeholders(store, Path(document))):
            raise SourceRefused(
                f"{path} still holds {held} placeholder{'s' if held > 1 else ''} "
                "of this store",
                hint="Run 'assetstore restore' first, or give --force to lose "
                "these media at the next gc.",
                path=str(path),
            )
        for manifest in found if foreign else found[:1]:
            store.retract(manifest, foreign=foreign)
    return found[0]


def _find(store: "Store", document: str, *, foreign: bool) -> "list[Manifest]":
    """The newest manifests of a document: our own, or all writers', our own first."""
    own = store.manifest(Path(document))
    if own is not None and not foreign:
        return [own]
    keys = sorted(store.claims_on(document), key=lambda key: not store.is_own(key))
    if found := [store.load_manifest(key) for key in keys]:
        return found
    raise StoreError(
        f"the store knows no document {document}",
        hint="'assetstore ls' lists those it knows.",
        path=document,
    )


def count_placeholders(store: "Store", path: Path) -> int:
    """Count the placeholders of a store in a document; 0 for one that is missing.

    Raises:
        OSError: It cannot be read.
        SourceRefused: It is of a database that cannot be read.
    """
    if is_kept(str(path)):
        return 0
    if database := database_of(str(path)):
        return count_in_rows(store, str(path), Path(database))
    from assetstore.documents.placeholders import find_named
    from assetstore.files.source import Source

    store.expect_news()
    try:
        with (
            open_plain(path, follow=True) as file,
            Source(os.dup(file.fileno()), str(path)) as source,
        ):
            found = map(store.find_recipe, find_named(source))
            return sum(id is not None for id in found)
    except FileNotFoundError:
        return 0


def find_blob(store: "Store", name: str) -> "BlobId":
    """The media blob that a user names.

    Args:
        store: The store.
        name: The first digits of its id in hexadecimal, or a placeholder.

    Raises:
        UsageError: It is neither.
        MissingBlob: The store has no such blob.
        AmbiguousId: There are several.
    """
    from assetstore.store.format.blob import Kind
    from assetstore.store.unnamed import index_lost

    if name.startswith("as1:"):
        return _behind(store, name)
    digits = name.lower()
    if not re.fullmatch(rf"[0-9a-f]{{{_MIN_DIGITS},64}}", digits):
        raise UsageError(
            f"{name!r} names no blob",
            hint=f"Give at least {_MIN_DIGITS} hexadecimal digits of its id, "
            "or a placeholder (as1:...).",
        )
    found = store.find_media(digits)
    if not found and any(id.hex().startswith(digits) for id in store.purged()):
        raise PurgedBlob(f"blob {digits} was purged from the store, for good")
    if not found:
        if store.unnamed(Kind.MEDIA, bytes.fromhex(digits[: len(digits) & ~1])):
            raise index_lost(f"blob {digits}")
        raise MissingBlob(
            f"the store has no blob {digits}",
            hint="'assetstore ls --blobs' lists those it has.",
        )
    return _only(found, name)


def _behind(store: "Store", placeholder: str) -> "BlobId":
    from assetstore.store.format.blob import Kind
    from assetstore.store.format.placeholder import parse_placeholder
    from assetstore.store.format.recipe import Recipe
    from assetstore.store.unnamed import index_lost

    prefix = parse_placeholder(placeholder.encode("utf-8", "replace"))
    if prefix is None:
        raise UsageError(
            f"{placeholder!r} is not a whole placeholder",
            hint="A placeholder is 'as1:' and 27 characters.",
        )
    store.expect_news()
    id = store.find_recipe(prefix)
    if id is None:
        if store.unnamed(Kind.RECIPE, prefix):
            raise index_lost(placeholder)
        raise MissingBlob(
            f"the store does not know {placeholder}",
            hint="Check that --store names the right store.",
        )
    blobs = dict.fromkeys(Recipe.parse(store.read(Kind.RECIPE, id)).blobs)
    if not blobs:
        raise MissingBlob(f"{placeholder} stands for text, not for media")
    return _only(list(blobs), placeholder)


def _only(found: "list[BlobId]", name: str) -> "BlobId":
    if len(found) > 1:
        shown = ", ".join(id.hex()[:16] for id in found[:5])
        raise AmbiguousId(
            f"{name} fits {len(found)} blobs",
            hint=f"Name one of {shown}{', ...' if len(found) > 5 else ''}.",
        )
    return found[0]
