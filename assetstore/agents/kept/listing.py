"""The threads that a store keeps: list them, find one, forget it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assetstore.agents.kept.card import Card, card_of
from assetstore.documents.catalog import forget as forget_document
from assetstore.errors import IntegrityError, PurgedBlob, SourceRefused, UsageError
from assetstore.files.find import StrPath, several
from assetstore.files.replace import absolute
from assetstore.store.format.manifest import THREAD, Manifest
from assetstore.store.store import Store

_MIN_CHARACTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadInfo:
    """A thread that a store keeps.

    Attributes:
        thread: Its id.
        client: Whose it is, by its short name, or "".
        path: The log that its client goes on with.
        gone: Whether that is not there any more.
        first: The beginning of its first request.
        began: When it began, as its log says it, or "".
        modified: When its log was last written to, in seconds since 1970.
        kept: When it was last kept, in seconds since 1970.
        size: Bytes of its files.
        files: How many these are.
        earlier: How many of them are kept as they were before something wrote them
            anew, too.
        document: What the store calls it.
        own: Whether this writer keeps it; else another user or machine does.
        problem: Why it does not come back, or "".
    """

    thread: str
    client: str
    path: str
    gone: bool
    first: str
    began: str
    modified: float
    kept: float
    size: int
    files: int
    earlier: int
    document: str
    own: bool
    problem: str = ""


def list_threads(store: Store, under: Iterable[StrPath] = ()) -> Iterator[ThreadInfo]:
    """The threads that a store keeps, by path.

    Args:
        store: The store.
        under: Only those whose logs are these files, or were below these folders.

    Raises:
        DamagedManifest: What the store knows of a thread cannot be read.
    """
    roots = [absolute(Path(path)) for path in several(under)]
    for manifest in kept_manifests(store):
        try:
            info = _described(store, manifest, card_of(store, manifest))
        except IntegrityError as e:
            info = _unreadable(store, manifest, e)
        path = Path(info.path)
        if not roots or any(path == r or path.is_relative_to(r) for r in roots):
            yield info


def kept_manifests(store: Store) -> Iterator[Manifest]:
    """The newest manifest of each thread that a store keeps.

    Raises:
        DamagedManifest: One cannot be read.
    """
    found = (m for m in store.manifests() if m.document.startswith(THREAD))
    yield from sorted(found, key=lambda m: (m.document, m.writer != store.writer))


def _described(store: Store, manifest: Manifest, card: Card) -> ThreadInfo:
    log = card.files[0]
    path = Path(card.home, log.place)
    return ThreadInfo(
        thread=card.thread,
        client=card.client,
        path=str(path),
        gone=not is_there(path),
        first=card.first,
        began=card.began,
        modified=log.modified / 1e9,
        kept=manifest.created,
        size=card.size,
        files=len(card.files),
        earlier=sum(bool(file.before) for file in card.files),
        document=manifest.document,
        own=manifest.writer == store.writer,
    )


def _unreadable(store: Store, manifest: Manifest, error: IntegrityError) -> ThreadInfo:
    path = Path(manifest.document.removeprefix(THREAD))
    return ThreadInfo(
        thread=path.name,
        client=manifest.profile if manifest.profile != "generic" else "",
        path=str(path),
        gone=True,
        first="",
        began="",
        modified=manifest.created,
        kept=manifest.created,
        size=manifest.source_size,
        files=0,
        earlier=0,
        document=manifest.document,
        own=manifest.writer == store.writer,
        problem="purged" if isinstance(error, PurgedBlob) else str(error),
    )


def is_there(path: Path) -> bool:
    """Tell whether a log is there, compressed or not."""
    return path.exists() or path.with_name(f"{path.name}.zst").exists()


def kept_thread(store: Store, name: str) -> Manifest:
    """The manifest of the kept thread that a user names.

    Args:
        store: The store.
        name: Its id or the beginning of that, its log, or what the store calls it.

    Raises:
        UsageError: There is none, or there are several.
    """
    path = str(absolute(Path(name)))
    found: list[Manifest] = []
    for manifest in kept_manifests(store):
        thread = Path(manifest.document.removeprefix(THREAD)).name
        begins = len(name) >= _MIN_CHARACTERS and thread.startswith(name)
        if (
            begins
            or name in (thread, manifest.document)
            or _is_log(store, manifest, path)
        ):
            found.append(manifest)
    names = {manifest.document for manifest in found}
    if not found:
        raise UsageError(
            f"the store keeps no thread {name}",
            hint="'assetstore threads' lists those it keeps. Give a log, or at least "
            f"{_MIN_CHARACTERS} characters of an id.",
        )
    if len(names) > 1:
        shown = ", ".join(sorted(names)[:4])
        raise UsageError(
            f"{name} fits {len(names)} threads", hint=f"Name one: {shown}."
        )
    return found[0]


def _is_log(store: Store, manifest: Manifest, path: str) -> bool:
    home = str(Path(manifest.document.removeprefix(THREAD)).parent)
    if not path.startswith(home):
        return False
    try:
        card = card_of(store, manifest)
    except IntegrityError:
        return False
    return path in (str(Path(card.home, file.place)) for file in card.files[:1])


def forget_thread(
    store: Store, manifest: Manifest, *, force: bool = False, foreign: bool = False
) -> None:
    """Keep a thread no longer: gc removes what nothing else needs.

    Args:
        store: The store.
        manifest: The thread's.
        force: Do so even if its log is gone.
        foreign: Give up what other users or machines keep of it, too.

    Raises:
        SourceRefused: Its log is gone, and ``force`` is false.
        ForeignManifest: Another user or machine keeps it, and ``foreign`` is false.
        LockedError: It is just being kept.
    """
    with suppress(IntegrityError):  # there is nothing to lose of what cannot be read
        info = _described(store, manifest, card_of(store, manifest))
        if info.gone and not force:
            raise SourceRefused(
                f"{info.path} is gone: what is kept of the thread is all there is",
                hint="Give --force to lose it at the next gc.",
                path=info.path,
            )
    forget_document(store, manifest.document, foreign=foreign)
