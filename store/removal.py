"""Take packs out of a store, and lose nothing that lives.

The order of the steps makes it safe, not the lock (docs/design.md): a pack is
condemned by a tomb first; then tombs, packs and manifests are listed, in this
order; what lives in a condemned pack and has no whole copy in another one is
copied, and the listing begins again; only then the pack goes, and its tomb last.
"""

from collections.abc import Callable, Iterable, Sequence

from assetstore.errors import DamagedBlob, MissingBlob
from assetstore.progress import SILENT, Progress
from assetstore.store.backends.base import put
from assetstore.store.codecs.related import read_all
from assetstore.store.index import Entry
from assetstore.store.marks import Living
from assetstore.store.pack import RECORD, TARGET, pack_key, read_pack, records
from assetstore.store.session import Pack, Session
from assetstore.store.store import Store


class Remover:
    """Removes packs.

    Args:
        store: Where they are.
        roots: Says what lives.
        progress: Told of nothing yet.
        proven: Says of a record whether it need not be decoded to be whole.

    Attributes:
        freed: Bytes by which the store became smaller.
        notes: Packs that were kept, and why.
    """

    def __init__(
        self,
        store: Store,
        roots: Living,
        progress: Progress = SILENT,
        proven: Callable[[Entry], bool] = lambda entry: False,
    ):
        self.freed = 0
        self.notes: list[str] = []
        self._store = store
        self._progress = progress
        self._living = roots
        self._proven = proven
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
        self.delete([name for name in names if name not in stuck])
        for name in sorted(stuck):
            self._keep(name)

    def condemn(self, names: Iterable[str]) -> None:
        """Put tombs. They are never taken away from a pack that exists."""
        for name in names:
            try:
                put(self._store.backend, f"tombs/{name}", [])
            except FileExistsError:
                continue

    def needed(self, names: Iterable[str], stuck: set[str]) -> list[Entry]:
        """What lives in condemned packs and has no whole copy in another.

        Args:
            names: The packs.
            stuck: Packs whose bytes are damaged; they are passed over.
        """
        store = self._store
        condemned = store.condemned()
        packs = store.packs()
        store.refresh()
        self._living.mark_new()
        return [
            entry
            for name in names
            if name in packs and name not in stuck
            for entry in self._contents(name) or ()
            if self._lives(entry)
            and not any(
                other.pack in packs
                and other.pack not in condemned
                and self._is_whole(other)
                for other in store.copies(entry.record.id)
            )
        ]

    def rescue(self, needed: Sequence[Entry], stuck: set[str]) -> None:
        """Copy blobs to a new pack.

        Args:
            needed: Where they are now.
            stuck: Takes the packs that hold one of which no copy is whole.
        """
        with self._store.session() as session:
            for entry in needed:
                if not self._copied(session, entry):
                    stuck.add(entry.pack)
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
        """What a pack holds, by its own headers; None where one is damaged.

        The index may be right about a file that has another one's place.
        """
        if name not in self._walked:
            try:
                self._walked[name] = [
                    Entry(record=record, pack=name, offset=offset)
                    for offset, record in records(self._store.backend, name)
                ]
            except FileNotFoundError:
                self._walked[name] = []
            except DamagedBlob:
                self._walked[name] = None
        return self._walked[name]

    def _lives(self, entry: Entry) -> bool:
        return entry.record.id in self._living.marks

    def _is_whole(self, entry: Entry) -> bool:
        """Whether a copy's bytes are what they should be."""
        if self._proven(entry):
            return True
        try:
            for _ in self._store.stream_copy(entry):
                pass
        except (DamagedBlob, FileNotFoundError):
            return False
        return True

    def _copied(self, session: Session, entry: Entry) -> bool:
        """Write a blob anew, from this copy or another; False if none is whole."""
        record = entry.record
        session.distrust([record.id])
        for source in (
            self._store.stream_copy(entry),
            self._store.stream(record.kind, record.id),
        ):
            writer = session.writer(record.kind)
            try:
                for piece in source:
                    writer.write(bytes(piece))
                writer.finish()
            except (DamagedBlob, MissingBlob, FileNotFoundError):
                writer.abort()
            else:
                return True
        return False

    def _keep(self, name: str) -> None:
        self.notes.append(
            f"Pack {name} is damaged, or holds a damaged blob that a document needs; "
            "it was kept. Run 'assetstore repair'."
        )


def carry(
    store: Store,
    session: Session,
    group: Pack | None,
    effort: int,
    entries: Sequence[Entry],
) -> Pack:
    """Write records to a pack as they are, together with those that they need.

    Args:
        store: Where they are.
        session: Writes them.
        group: The pack that the last ones of this effort went to.
        effort: What they were coded with.
        entries: They, in an order in which none needs a later one.

    Returns:
        The pack that they went to.

    Raises:
        DamagedBlob: One cannot be read.
        FileNotFoundError: Their pack is gone.
    """
    if group is None or group.upload.size >= TARGET:
        group = session.begin(alone=True, effort=effort)
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
