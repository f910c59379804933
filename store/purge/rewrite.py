"""Write packs anew without what was purged (`assetstore.store.purge.purge`).

What was coded from it is decoded and written as an archive would; the rest is carried
on as it is, and counts as old as it was. The packs go as `assetstore.store.gc.remove`
says.
"""

from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import cast

from assetstore.errors import DamagedBlob
from assetstore.store.backends.base import Backend
from assetstore.store.codecs.dependent import PREFIX
from assetstore.store.dependencies import needs
from assetstore.store.format.blob import BlobId, is_name, name_time
from assetstore.store.format.index import Entry, walk
from assetstore.store.format.pack import PACK_HEADER, pack_effort, pack_name
from assetstore.store.gc.merge_index import compact
from assetstore.store.gc.remove import Remover, stored_form
from assetstore.store.gc.roots import Everything
from assetstore.store.optimize.verified import Proven
from assetstore.store.repair.index import scan_pack
from assetstore.store.session import Pack, Session
from assetstore.store.store import Store

# So many packs are written anew before the old ones go.
_BATCH = 8


def sweep(store: Store, names: Iterable[str] | None = None) -> list[str]:
    """Take what was purged out of packs that it is in all the same.

    Args:
        store: The store.
        names: The packs; None: those that are found by the index, and those that no
            index names.

    Returns:
        What stays, and why, in sentences.

    Raises:
        StoreWriteError: The store cannot be written.
    """
    purged = store.purged()
    if not purged:
        return []
    if names is None:
        known = {entry.pack for id in purged for entry in store.copies(id)}
        names = {
            name
            for name in store.packs()
            if name in known
            or (
                next(store.entries(name), None) is None
                and not _held(store.backend, name).isdisjoint(purged)
            )
        }
        for key in aside_with(store.backend, purged):
            store.backend.delete(key)
    purger = Purger(store)
    purger.run(sorted(names))
    if purger.removed:
        compact(store)
    return list(purger.stuck.values())


class Purger(Remover):
    """Writes packs anew without what was purged.

    Attributes:
        done: The packs that were worked on.
        removed: How many of them went.
        recoded: How many blobs in them were coded from what goes.
        stuck: Those that stay, and why, in a sentence.
        lost: Blobs that went, too, since they were damaged and cannot be decoded
            without what was purged.
    """

    def __init__(self, store: Store):
        self._proofs = Proven(store.backend)
        super().__init__(
            store, Everything(), proven=self._proofs.holds, lose=self._note_lost
        )
        self.done: set[str] = set()
        self.removed = self.recoded = 0
        self.stuck: dict[str, str] = {}
        self.lost: list[str] = []

    def run(self, names: Iterable[str]) -> None:
        """Write packs anew, and remove them.

        Raises:
            StoreWriteError: The store cannot be written; the packs stay.
        """
        todo = iter(names)
        while batch := list(islice(todo, _BATCH)):
            self._run(batch)

    def _run(self, names: Sequence[str]) -> None:
        written: list[Pack] = []
        moved: list[str] = []
        with self._store.session() as session:
            for name in names:
                self.done.add(name)
                try:
                    if self._moved(session, name, written):
                        moved.append(name)
                except DamagedBlob as e:
                    self.stuck[name] = _damaged(name, e)
                except FileNotFoundError:  # a collection removed it
                    continue
            self._commit(session)
        for pack in written:
            self._proofs.published(pack.entries)
        self.remove(moved)
        self._proofs.forget()
        self.removed += sum(name not in self.stuck for name in moved)

    def _moved(self, session: Session, name: str, written: list[Pack]) -> bool:
        """Write what is to stay of a pack; False where the pack must stay.

        Raises:
            DamagedBlob: The pack cannot be read.
            FileNotFoundError: It is gone.
        """
        kept, coded = split(self._store.backend, name, self._purged)
        for entry in coded:
            if self._copied(session, entry):
                continue
            if entry.record.id in self.unreadable:
                self._keep(name)
                return False
            self._give_up(entry, set())
        if kept:
            effort = pack_effort(self._store.backend, name)
            born = name_time(name) if is_name(name) else None
            pack = session.begin(alone=True, effort=effort, born=born)
            self.freed -= len(PACK_HEADER)
            for entry in kept:
                stored = [stored_form(self._store, entry)]
                session.append(pack, entry.record, stored)
                # As whole as it was, and so it may go where it was.
                self._proofs.add(pack.entries[-1], stored)
            written.append(pack)
        self.recoded += len(coded)
        return True

    def _note_lost(self, entry: Entry) -> None:
        self.lost.append(
            f"Blob {entry.record.id.hex()} was damaged, and needed what was purged."
        )

    def _keep(self, name: str) -> None:
        from assetstore.installation import how_to_get
        from assetstore.store.codecs.table import wanted_packages

        get = how_to_get("codecs", *wanted_packages())
        self.stuck[name] = (
            f"Pack {name} stays: a picture in it was coded from what is to be purged, "
            f"and cannot be decoded here. Install what it needs, {get}"
            ", and purge again."
        )


def _damaged(name: str, error: Exception) -> str:
    return f"Pack {name} stays: {error}. Run 'assetstore repair', then purge again."


def split(
    backend: Backend, name: str, gone: Container[BlobId]
) -> tuple[list[Entry], list[Entry]]:
    """Part what is carried on as it is from what has to be coded anew.

    Coded anew is what needs something that goes, or something that is coded anew: its
    stored form relies on theirs. A record stands behind those that it needs.

    Raises:
        DamagedBlob: A header of the pack is damaged.
        FileNotFoundError: There is no such pack.
    """
    kept: list[Entry] = []
    coded: list[Entry] = []
    others: set[bytes] = set()  # how ids begin that nothing can rely on
    for entry in walk(backend, name):
        if entry.record.id in gone:
            others.add(entry.record.id[:PREFIX])
            continue
        try:
            relies = not others.isdisjoint(needs(backend, entry))
        except DamagedBlob:
            relies = False  # it is as damaged elsewhere
        (coded if relies else kept).append(entry)
        if relies:
            others.add(entry.record.id[:PREFIX])
    return kept, coded


def _held(backend: Backend, name: str) -> set[BlobId]:
    """List what a pack holds, as far as its headers can be read."""
    found: set[BlobId] = set()
    with suppress(DamagedBlob, FileNotFoundError):
        for entry in walk(backend, name):
            found.add(entry.record.id)
    return found


def aside_with(
    backend: Backend, ids: Container[BlobId], *, unclear: bool = False
) -> list[str]:
    """The keys of packs in the quarantine that hold one of some blobs.

    What was whole in them is in other packs since they were put there.

    Args:
        backend: Where they are.
        ids: The blobs.
        unclear: Also packs that are so damaged that nobody can tell.
    """
    found = []
    for key, _ in backend.list("quarantine/packs/"):
        aside = Aside.at(backend, key)
        contents, wrong = scan_pack(aside, pack_name(key), aside.size(key) or 0)
        if (wrong and unclear) or any(entry.record.id in ids for entry in contents):
            found.append(key)
    return found


class Aside:
    """A backend in which one object has the place of all."""

    def __init__(self, backend: Backend, key: str):
        self._backend = backend
        self._key = key

    @classmethod
    def at(cls, backend: Backend, key: str) -> Backend:
        """For an object; it can be read alone."""
        return cast(Backend, cls(backend, key))

    def read_into(self, key: str, offset: int, view: memoryview) -> int:
        """Read from that object."""
        return self._backend.read_into(self._key, offset, view)

    def size(self, key: str) -> int | None:
        """Its size."""
        return self._backend.size(self._key)
