"""Keep threads in a store: whole, each picture and each piece of text once.

The order is that of an archive (docs/design.md): blobs, read back and compared, then
the manifest, then the check that no collection took any of them meanwhile. Several
threads share a commit. Nothing of a thread's own files is changed.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from assetstore.agents.kept.attempt import Attempt, Seen, ThreadWriter, holds
from assetstore.agents.kept.card import Card, card_of
from assetstore.agents.kept.first_words import first_words
from assetstore.agents.kept.groups import ThreadFiles
from assetstore.agents.kept.writing import KeepingSession
from assetstore.archiver.options import MIN_SIZE
from assetstore.errors import (
    AssetstoreError,
    DamagedBlob,
    DamagedManifest,
    IntegrityError,
    LockedError,
    MissingBlob,
    PurgedBlob,
    SourceRefused,
    StoreWriteError,
)
from assetstore.files.databases import is_database
from assetstore.files.plain import open_plain
from assetstore.store.backends.temp import spool
from assetstore.store.format.blob import BlobId, Kind, Ref
from assetstore.store.format.manifest import Manifest
from assetstore.store.store import Store

_ATTEMPTS = 4
_WAIT = 5.0
_BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptThread:
    """What became of a thread that was to be kept.

    Attributes:
        document: What the store calls it.
        path: The log that its client goes on with.
        kept: Whether there was something new to keep.
        size: Bytes of its files.
        files: How many these are.
        stored: Bytes added to the store.
        error: Why it was not kept, or None; what was kept of it before stays.
    """

    document: str
    path: Path
    kept: bool = False
    size: int = 0
    files: int = 0
    stored: int = 0
    error: AssetstoreError | OSError | None = None


@dataclass(slots=True)
class _Work:
    """A thread that has something new.

    Attributes:
        thread: The thread.
        old: The manifest of what is kept of it already.
        card: What is kept of it already.
        seen: What its files are now.
        new: What is kept of it now.
        refs: What that needs.
        gone: What of it the store had lost before.
        stored: Bytes added to the store.
        error: Why it cannot be kept.
        over: Whether it is kept, or cannot be.
    """

    thread: ThreadFiles
    old: Manifest | None
    card: Card | None
    seen: Seen
    new: Card | None = None
    refs: frozenset[Ref] = frozenset()
    gone: frozenset[Ref] = frozenset()
    stored: int = 0
    error: AssetstoreError | OSError | None = None
    over: bool = False

    def fail(self, error: AssetstoreError | OSError) -> None:
        """End with an error."""
        self.error, self.over = error, True

    def result(self) -> KeptThread:
        """Its end, to be told."""
        size = self.new.size if self.new is not None and self.error is None else 0
        return KeptThread(
            document=self.thread.document,
            path=self.thread.log,
            kept=self.error is None,
            size=size,
            files=len(self.new.files) if self.new is not None else 0,
            stored=self.stored,
            error=self.error,
        )


class Keeper:
    """Keeps threads in a store.

    Args:
        store: The store.
        min_size: Payloads with shorter text stay in a thread's text.
        progress: Called with numbers of bytes that are done.
    """

    def __init__(
        self,
        store: Store,
        *,
        min_size: int = MIN_SIZE,
        progress: Callable[[int], None] = lambda done: None,
    ):
        self._store = store
        self._min_size = min_size
        self._progress = progress

    def keep(self, threads: Iterable[ThreadFiles]) -> Iterator[KeptThread]:
        """Keep what is new of some threads; errors become results.

        Raises:
            StoreWriteError: The store cannot be written.
            OSError: No temporary file can be.
        """
        rest = iter(threads)
        while batch := list(islice(rest, _BATCH)):
            with ExitStack() as stack:
                yield from self._batch(stack, batch)

    def news(self, threads: Iterable[ThreadFiles]) -> int:
        """Count the threads that have something new; nothing is written."""
        count = 0
        for thread in threads:
            with suppress(AssetstoreError, OSError):
                count += not isinstance(self._looked_at(thread), KeptThread)
        return count

    def _batch(
        self, stack: ExitStack, threads: list[ThreadFiles]
    ) -> Iterator[KeptThread]:
        locked = self._locked(stack, threads)
        todo: list[_Work] = []
        for thread in threads:
            try:
                if (error := locked.get(thread.document)) is not None:
                    raise error
                found = self._looked_at(thread)
                if isinstance(found, KeptThread):
                    yield found
                else:
                    todo.append(found)
            except (AssetstoreError, OSError) as e:
                yield KeptThread(document=thread.document, path=thread.log, error=e)
        if todo:
            self._write(stack, todo)
        for work in todo:
            yield work.result()

    def _looked_at(self, thread: ThreadFiles) -> KeptThread | _Work:
        """Look whether a thread has something new.

        Raises:
            PurgedBlob: It was purged.
            SourceRefused: It is rows of a database.
            OSError: A file of it cannot be read.
        """
        _refuse_database(thread)
        seen = {thread.place(path): _seen(path) for path in thread.files}
        old, card = self._known(thread)
        if card is None or not self._is_unchanged(thread, card, seen):
            return _Work(thread, old, card, seen)
        return KeptThread(
            document=thread.document,
            path=thread.log,
            size=card.size,
            files=len(card.files),
        )

    def _locked(
        self, stack: ExitStack, threads: list[ThreadFiles]
    ) -> dict[str, LockedError]:
        """Lock threads, in an order in which no two processes block each other."""
        stripes: dict[str, list[str]] = {}
        for thread in threads:
            stripe = self._store.doc_stripe(Path(thread.document))
            stripes.setdefault(stripe, []).append(thread.document)
        held: dict[str, LockedError] = {}
        for stripe in sorted(stripes):
            try:
                stack.enter_context(self._store.lock(stripe, _WAIT))
            except LockedError as e:
                held |= dict.fromkeys(stripes[stripe], e)
        return held

    def _known(self, thread: ThreadFiles) -> tuple[Manifest | None, Card | None]:
        """Find what is kept of a thread already, as far as it can be read.

        Raises:
            PurgedBlob: It was purged: it does not come again until it is forgotten.
        """
        try:
            old = self._store.manifest(Path(thread.document))
        except DamagedManifest:
            return None, None  # the one that is put now takes its place
        if old is None:
            return None, None
        try:
            return old, card_of(self._store, old)
        except PurgedBlob:
            raise
        except IntegrityError:
            return old, None

    def _is_unchanged(self, thread: ThreadFiles, card: Card, seen: Seen) -> bool:
        known = {file.place: file for file in card.files}
        moved = card.files[0].place != thread.place(thread.log)
        if moved and thread.log in thread.files:
            return False
        return all(
            place in known
            and known[place].seen == now
            and holds(self._store, known[place])
            for place, now in seen.items()
        )

    def _write(self, stack: ExitStack, works: list[_Work]) -> None:
        """Put threads into the store; what it turns out not to hold, once more."""
        session = KeepingSession(stack.enter_context(self._store.session()))
        writer = ThreadWriter(
            session,
            stack.enter_context(spool()),
            min_size=self._min_size,
            progress=self._progress,
        )
        for attempt in range(1, _ATTEMPTS + 1):
            todo = [work for work in works if not work.over]
            if not todo:
                return
            if attempt == _ATTEMPTS - 1:  # a collector at work again and again
                with suppress(LockedError):
                    stack.enter_context(self._store.lock("gc", _WAIT))
            self._attempt(session, writer, todo)
        for work in works:
            if not work.over:
                work.fail(
                    StoreWriteError(
                        "the store loses what is written to it",
                        hint="Is another garbage collector deleting it?",
                    )
                )

    def _attempt(
        self, session: KeepingSession, writer: ThreadWriter, todo: list[_Work]
    ) -> None:
        manifests: list[Manifest] = []
        put: list[_Work] = []
        for work in todo:
            before = session.session.new_bytes
            session.met.clear()
            try:
                tried = writer.write(work.thread, work.old, work.card, work.seen)
                manifests.append(_described(session, work, tried))
                put.append(work)
            except StoreWriteError:
                raise
            except PurgedBlob as e:
                work.fail(e)
            except (DamagedBlob, MissingBlob):  # it is written anew in the next attempt
                session.session.distrust(session.met)
            except (AssetstoreError, OSError) as e:
                work.fail(e)
            work.stored += session.session.new_bytes - before
        session.commit()
        self._store.put_manifests(manifests)
        absent = set(session.session.absent({r for w in put for r in w.refs - w.gone}))
        session.session.distrust(id for _, id in absent)
        for work in put:
            work.over = not absent & work.refs


def _refuse_database(thread: ThreadFiles) -> None:
    """Refuse a file of rows: its client may write any of its pages meanwhile."""
    if thread.client or thread.log not in thread.files:
        return
    with open_plain(thread.log) as file:
        if is_database(file.read(16)):
            raise SourceRefused(
                f"{thread.log} is a database: threads that are rows are not kept",
                hint="Close its client, and copy it.",
                path=str(thread.log),
            )


def _described(session: KeepingSession, work: _Work, tried: Attempt) -> Manifest:
    """Put what is said of a thread into the store; the manifest of that."""
    thread, card = work.thread, work.card
    first, began = (card.first, card.began) if card is not None else ("", "")
    if not first:
        first, began = first_words(thread.log, thread.client)
    new = Card(
        client=thread.client,
        thread=thread.thread,
        home=str(thread.home),
        first=first,
        began=began,
        files=tuple(tried.files),
    ).first_is(thread.place(thread.log))
    data = new.pack()
    id, _ = session.put(Kind.MEDIA, data)
    session.read(Kind.MEDIA, id, limit=len(data))  # also where it was there before
    work.new = new
    work.refs = frozenset({*tried.refs, (Kind.MEDIA, id)})
    work.gone = frozenset(tried.gone)
    return Manifest(
        document=new.document,
        profile=new.client or "generic",
        source_size=new.size,
        slim_size=len(data),
        slim_hash=BlobId(id),
        payloads=sum(len(file.texts) for file in new.files),
        refs=tuple(sorted(work.refs)),
    )


def _seen(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino & (1 << 63) - 1
