"""Take packs out of a store, and lose nothing that lives.

Collections, optimizations and repairs remove packs, any number at once, beside any
number of writers. The order of the steps makes it safe, not a lock (docs/design.md):

1. What lives may be copied to new packs, which are published.
2. The packs that are to go are condemned by tombs, which are never taken back.
3. Tombs, packs and manifests are listed, in this order.
4. What lives in a condemned pack and has no whole copy in a pack without a tomb is
   copied to a new one; if there was any, the listing begins again.
5. Each pack goes, and its tomb after it.

A writer in turn puts its manifest, then looks for tombs, and replaces a document
only if everything that it needs has a copy in a pack without one.

They differ in what lives to them: what documents need, or all that can be read. What
was purged does not live to any of them.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from assetstore.errors import DamagedBlob, LockedError, MissingBlob, UnsupportedStore
from assetstore.store.backends.base import put
from assetstore.store.codecs.dependent import read_all
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.index import Entry, walk
from assetstore.store.format.pack import RECORD, TARGET, pack_key, read_pack
from assetstore.store.gc.merge_index import compact
from assetstore.store.gc.roots import Living
from assetstore.store.session import Pack, Session
from assetstore.store.sink import Sink
from assetstore.store.store import Store

_WAIT_FOR_GC = 60.0


class Remover:
    """Removes packs.

    Args:
        store: Where they are.
        roots: Says what lives.
        proven: Says of a record whether it need not be decoded to be whole.
        contents: Says what a pack holds; None: its own headers do.
        lose: Called with a copy of what lives and has no whole copy anywhere: it goes
            with its pack. None: the pack stays.
        waits: Whether a pack stays as long as only a copy that cannot be read here may
            take the place of one in it; else that is copied.

    Attributes:
        freed: Bytes by which the store became smaller.
        moved: How many blobs were copied out of packs that were condemned, by name.
        unreadable: Blobs that cannot be read here; their packs stay.
        notes: Packs that were kept, and why.
    """

    def __init__(
        self,
        store: Store,
        roots: Living,
        proven: Callable[[Entry], bool] = lambda entry: False,
        contents: Callable[[str], list[Entry]] | None = None,
        lose: Callable[[Entry], None] | None = None,
        waits: bool = True,
    ):
        self.freed = 0
        self.moved: Counter[str] = Counter()
        self.unreadable: set[BlobId] = set()
        self.notes: list[str] = []
        self._store = store
        self._living = roots
        self._proven = proven
        self._given = contents
        self._lose = lose
        self._waits = waits
        self._lost: set[BlobId] = set()
        self._purged = store.purged()
        self._walked: dict[str, list[Entry] | None] = {}

    def remove(self, names: Sequence[str]) -> None:
        """Condemn packs, copy what lives in them alone, delete them."""
        if not names:
            return
        # What cannot be walked through may hold more than the index knows.
        stuck = {name for name in names if self._contents(name) is None}
        self.condemn(name for name in names if name not in stuck)
        while needed := self.needed(names, stuck):
            self.rescue(needed, stuck)
        self.delete(name for name in names if name not in stuck)
        for name in sorted(stuck):
            self._keep(name)

    def finish(self) -> None:
        """Delete condemned packs of which everything that lives is in others.

        A removal that was killed left them. All others stay.
        """
        names = sorted(self._store.condemned())
        stuck = {name for name in names if self._contents(name) is None}
        stuck.update([entry.pack for entry in self.needed(names, stuck)])
        self.delete(name for name in names if name not in stuck)

    def condemn(self, names: Iterable[str]) -> None:
        """Put tombs. They are never taken away from a pack that exists."""
        for name in names:
            try:
                put(self._store.backend, f"tombs/{name}", [])
            except FileExistsError:
                continue

    def needed(self, names: Iterable[str], stuck: set[str]) -> list[Entry]:
        """List what lives in condemned packs and has no whole copy in another.

        Args:
            names: The packs.
            stuck: Packs that stay, which are passed over; takes those that wait for a
                copy to be read elsewhere.
        """
        store = self._store
        condemned = store.condemned()
        packs = store.packs().keys()
        store.refresh()
        self._living.mark_new()
        self._purged = store.purged()
        good = packs - condemned
        found: list[Entry] = []
        for name in names:
            if name not in packs or name in stuck:
                continue
            for entry in self._contents(name) or ():
                if not self._lives(entry):
                    continue
                kept = self._is_kept(entry, good)
                if kept is None and self._waits:
                    stuck.add(name)
                    break
                if not kept:
                    found.append(entry)
        return found

    def _is_kept(self, entry: Entry, packs: Container[str]) -> bool | None:
        """Return whether one of some packs has a whole copy; None: unclear here."""
        unread = False
        for other in self._store.copies(entry.record.id):
            if other.pack in packs:
                whole = self._is_whole(other)
                if whole:
                    return True
                unread = unread or whole is None
        return None if unread else False

    def rescue(self, needed: Sequence[Entry], stuck: set[str]) -> None:
        """Copy blobs to a new pack.

        Args:
            needed: Where they are now.
            stuck: Takes the packs that hold one of which no copy is whole.
        """
        with self._store.session() as session:
            for entry in needed:
                if self._copied(session, entry):
                    self.moved[entry.pack] += 1
                else:
                    self._give_up(entry, stuck)
            self._commit(session)

    def delete(self, names: Iterable[str]) -> None:
        """Delete packs, each before its tomb."""
        for name in names:
            self.freed += self._store.backend.size(pack_key(name)) or 0
            self._store.backend.delete(pack_key(name))
            self._store.backend.delete(f"tombs/{name}")
            self._walked.pop(name, None)

    def _commit(self, session: Session) -> None:
        session.commit()
        self.freed -= session.new_bytes
        session.new_bytes = 0

    def _contents(self, name: str) -> list[Entry] | None:
        """List what a pack holds, by its own headers; None where one is damaged.

        The index may be right about a file that has another one's place.
        """
        if self._given is not None:
            return self._given(name)
        if name not in self._walked:
            try:
                self._walked[name] = list(walk(self._store.backend, name))
            except FileNotFoundError:
                self._walked[name] = []
            except DamagedBlob:
                self._walked[name] = None
        return self._walked[name]

    def _lives(self, entry: Entry) -> bool:
        id = entry.record.id
        gone = id in self._purged or id in self._lost
        return not gone and id in self._living.live

    def _is_whole(self, entry: Entry) -> bool | None:
        """Return whether a copy's bytes are right; None: they cannot be read here."""
        if self._proven(entry):
            return True
        try:
            self._store.read_through(entry)
        except (DamagedBlob, FileNotFoundError):
            return False
        except UnsupportedStore:
            self.unreadable.add(entry.record.id)
            return None
        return True

    def _copied(self, session: Session, entry: Entry) -> bool:
        """Write a blob anew, from this copy or another; False if none is whole."""
        record = entry.record
        session.distrust([record.id])
        for source in (
            self._store.stream_copy(entry),
            self._store.stream(record.kind, record.id),
        ):
            try:
                if copy_blob(session, record.kind, source):
                    return True
            except UnsupportedStore:
                self.unreadable.add(record.id)
        return False

    def _give_up(self, entry: Entry, stuck: set[str]) -> None:
        """Lose a blob of which no copy is whole, or let its pack stay."""
        # Elsewhere, with what it takes, it may be read yet.
        if self._lose is None or entry.record.id in self.unreadable:
            stuck.add(entry.pack)
        elif entry.record.id not in self._lost:
            self._lost.add(entry.record.id)
            self._lose(entry)

    def _keep(self, name: str) -> None:
        contents = self._contents(name) or ()
        if any(entry.record.id in self.unreadable for entry in contents):
            from assetstore.installation import how_to_get
            from assetstore.store.codecs.table import wanted_packages

            get = how_to_get("codecs", *wanted_packages())
            self.notes.append(
                f"Pack {name} holds a blob that cannot be read here; it was kept. "
                f"Install what it needs, {get}, or collect where that "
                "is."
            )
            return
        self.notes.append(
            f"Pack {name} is damaged, or holds a damaged blob that a document needs; "
            "it was kept. Run 'assetstore repair'."
        )


def copy_blob(sink: Sink, kind: Kind, pieces: Iterator[memoryview]) -> bool:
    """Write a blob anew; False if it turns out not to be whole.

    Raises:
        UnsupportedStore: What it takes to read it is not here.
    """
    writer = sink.writer(kind)
    done = False
    try:
        for piece in pieces:
            writer.write(bytes(piece))
        writer.finish()
        done = True
    except (DamagedBlob, MissingBlob, FileNotFoundError):
        pass
    finally:
        if not done:
            writer.abort()
    return done


def carry(
    store: Store,
    session: Session,
    group: Pack | None,
    effort: int,
    entries: Sequence[Entry],
    born: float | None = None,
) -> Pack:
    """Write records to a pack as they are, together with those that they need.

    Args:
        store: Where they are.
        session: Writes them.
        group: The pack that the last ones of this effort went to.
        effort: What they were coded with.
        entries: They, in an order in which none needs a later one.
        born: How old a new pack is to be to a collection, in seconds since 1970;
            None: new.

    Returns:
        The pack that they went to.

    Raises:
        DamagedBlob: One cannot be read.
        FileNotFoundError: Their pack is gone.
    """
    if group is None or group.upload.size >= TARGET:
        group = session.begin(alone=True, effort=effort, born=born)
    there = {entry.record.id for entry in group.entries}
    for entry in entries:
        if entry.record.id not in there:
            session.append(group, entry.record, [stored_form(store, entry)])
    return group


def stored_form(store: Store, entry: Entry) -> bytes:
    """The bytes that a pack holds for a blob, not decoded.

    Raises:
        DamagedBlob: They cannot be read.
        FileNotFoundError: The pack is gone.
    """
    key, start = pack_key(entry.pack), entry.offset + RECORD.size
    return read_all(
        lambda offset, view: read_pack(store.backend, key, start + offset, view),
        entry.record.stored,
        1 << 40,
    )


def let_go(store: Store, remover: Remover, names: Sequence[str], done: str) -> bool:
    """Remove packs whose contents stand in new ones, beside no collection.

    Args:
        store: Where they are.
        remover: Removes them; what is to be said is among its notes.
        names: The packs.
        done: What was done to their contents, for people.

    Returns:
        False where a collection was at work all the time, and they stay.
    """
    try:
        with store.lock("gc", _WAIT_FOR_GC):
            remover.remove(names)
            compact(store)
    except LockedError:
        remover.notes.append(
            f"A collection was running all the time; what was {done} anew is still "
            "there twice, until the next run."
        )
        return False
    return True
