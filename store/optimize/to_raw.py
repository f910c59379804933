"""Put the blobs of a store back into their own bytes, as if nothing was ever coded.

What was coded needs the packages of the extra ``codecs`` to be read; a store that is
to be read without them, for good, is written anew by this. Packs are replaced as in
`optimize`: the new one is published before the old ones go, and each record of these
is read back (`assetstore.store.gc.remove`).
"""

import time
from collections.abc import Callable, Sequence

from assetstore.errors import DamagedBlob
from assetstore.progress import SILENT, Progress
from assetstore.store.check.read_packs import unreadable
from assetstore.store.codecs.raw import RawCodec
from assetstore.store.format.blob import is_name, name_time
from assetstore.store.format.index import Entry, walk
from assetstore.store.format.pack import TARGET
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.gc.remove import Remover, let_go
from assetstore.store.gc.roots import Everything, named
from assetstore.store.reports import CodecShare, OptimizeReport
from assetstore.store.session import Pack, Session
from assetstore.store.store import Store

# A longer blob is not held in memory; it is read twice.
_LARGEST = 64 << 20
_WAIT = 1.0


def to_raw(
    store: Store,
    *,
    dry_run: bool = False,
    time_limit: float | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> OptimizeReport:
    """Write every blob that is coded anew, as its own bytes.

    Args:
        store: The store.
        dry_run: Change nothing; say what it would come to, to the byte.
        time_limit: Stop after so many seconds, at the next pack; the next call goes on.
        progress: Told of the bytes of packs that are done.
        clock: Tells the time that passes, in seconds.

    Raises:
        LockedError: An optimization is running.
        StoreWriteError: The store cannot be written.
    """
    with store.lock("optimize", _WAIT, reads=dry_run):
        return _ToRaw(store, dry_run, progress or SILENT).run(time_limit, clock)


class _ToRaw:
    """One call."""

    def __init__(self, store: Store, dry_run: bool, progress: Progress):
        self._store = store
        self._dry_run = dry_run
        self._progress = progress
        self._report = OptimizeReport(dry_run=dry_run, effort=0)
        self._notes: list[str] = []
        self._going: set[str] = set()
        self._done: list[str] = []
        self._seen: set[bytes] = set()  # in a dry run, which publishes nothing
        self._packs: dict[bool, Pack] = {}  # of what a manifest names, and of the rest
        self._born = 0.0

    def run(
        self, time_limit: float | None, clock: Callable[[], float]
    ) -> OptimizeReport:
        """Write pack after pack anew."""
        store, report, began = self._store, self._report, clock()
        store.refresh()
        sizes = store.packs()
        todo = self._todo(sorted(sizes.keys() - store.condemned()))
        self._going = set(todo)
        # As old as they are: what is dead among it does not stay young.
        self._born = max(map(name_time, todo), default=0.0) - 0.001
        marks = named(store)
        self._progress.start(sum(sizes[name] for name in todo), "writing")
        try:
            with store.session() as session:
                for number, name in enumerate(todo):
                    late = time_limit is not None and clock() - began >= time_limit
                    if late and report.packs:
                        report.left = len(todo) - number
                        break
                    if self._written(session, name, marks):
                        self._done.append(name)
                        report.packs += 1
                    self._progress.advance(sizes[name])
                    if sum(p.upload.size for p in self._packs.values()) >= TARGET:
                        self._commit(session)
                self._commit(session)
        finally:
            if marks is not None:
                marks.close()
            self._progress.close()
        report.seconds = clock() - began
        report.notes = tuple(self._notes)
        return report

    def _todo(self, names: Sequence[str]) -> list[str]:
        """The packs in which something is coded."""
        found = []
        for name in filter(is_name, names):
            try:
                entries = walk(self._store.backend, name)
                if any(e.record.codec != RawCodec.number for e in entries):
                    found.append(name)
            except (DamagedBlob, FileNotFoundError):
                self._note_damage(name)
        return found

    def _note_damage(self, name: str) -> None:
        self._notes.append(
            f"Pack {name} is damaged and was left alone. Run 'assetstore repair'."
        )

    def _written(self, session: Session, name: str, marks: LiveSet | None) -> bool:
        """Write what a pack holds anew; False where it has to stay."""
        store = self._store
        try:
            contents = list(walk(store.backend, name))
            if count := unreadable(store, contents):
                self._report.unreadable += count
                return False
            if not self._dry_run:  # all of it, before any of it is written
                for entry in contents:
                    store.read_through(entry)
            for entry in contents:
                lives = marks is None or entry.record.id in marks
                if not self._is_there(session, entry):
                    self._write(session, entry, lives=lives)
        except (DamagedBlob, FileNotFoundError) as e:
            if isinstance(e, DamagedBlob):
                self._note_damage(name)
            return False
        return True

    def _is_there(self, session: Session, entry: Entry) -> bool:
        """Tell whether a blob is in its own bytes where it stays."""
        id = entry.record.id
        if id in self._seen or session.has_pending(id):
            return True
        return any(
            copy.record.codec == RawCodec.number and copy.pack not in self._going
            for copy in self._store.copies(id)
        )

    def _write(self, session: Session, entry: Entry, *, lives: bool) -> None:
        record = entry.record._replace(codec=RawCodec.number, stored=entry.record.raw)
        report = self._report
        share = report.codecs.setdefault(RawCodec.name, CodecShare())
        for counts in (report, share):
            counts.blobs += 1
            counts.before_bytes += entry.record.stored
            counts.after_bytes += record.stored
        share.raw_bytes += record.raw
        if self._dry_run:
            self._seen.add(record.id)
            return
        if lives not in self._packs:
            born = None if lives else self._born
            self._packs[lives] = session.begin(alone=True, born=born)
        pack = self._packs[lives]
        if record.raw <= _LARGEST:
            pieces = [b"".join(bytes(p) for p in self._store.stream_copy(entry))]
            session.append(pack, record, pieces)
            return
        offset = pack.upload.size
        pack.upload.write([record.pack()])
        for piece in self._store.stream_copy(entry):
            pack.upload.write([bytes(piece)])
        session.added(pack, Entry(record=record, pack=pack.name, offset=offset))

    def _commit(self, session: Session) -> None:
        """Publish what was written, and let go of where it came from."""
        if not self._dry_run:
            session.commit()
        self._packs = {}
        gone, self._done = self._done, []
        if not gone or self._dry_run:
            return
        remover = Remover(self._store, Everything())
        let_go(self._store, remover, gone, "written")
        self._notes += remover.notes
