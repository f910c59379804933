"""Code what a store holds smaller, beside any number of writers and readers.

A new pack is written and published; only then the packs that its blobs come from go,
as `assetstore.store.gc.remove` says, where everything in them counts as living and is
read back. So it can be killed at any moment: what is not finished is in two packs, or
in the old one.

What no manifest names is not coded: it is copied as it is, to a pack whose name has
the time of the newest that the run began with, so that it does not stay young for a
collection. A pack in which nothing else is left to do stays, for one to remove.
"""

import time
from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import suppress

from assetstore.errors import (
    DamagedBlob,
    LockedError,
    UnsupportedStore,
    UsageError,
)
from assetstore.progress import SILENT, Progress
from assetstore.store.check.read_packs import unreadable
from assetstore.store.codecs import Decoders, codec_for
from assetstore.store.codecs.png import PngCodec
from assetstore.store.codecs.raw import RawCodec
from assetstore.store.codecs.table import FEATURES, RELATING
from assetstore.store.config import enable
from assetstore.store.dependencies import closure
from assetstore.store.format.blob import Kind, is_name, name_time
from assetstore.store.format.index import Entry, walk
from assetstore.store.format.pack import (
    MAX_EFFORT,
    RECORD,
    TARGET,
    Record,
    pack_effort,
    records,
)
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.gc.remove import Remover, carry, let_go, stored_form
from assetstore.store.gc.roots import Everything, named
from assetstore.store.optimize.encode import (
    DEFAULT_EFFORT,
    BlobEncoder,
    check_packages,
    never_coded,
)
from assetstore.store.optimize.train import trained
from assetstore.store.optimize.verified import Proven
from assetstore.store.reports import CodecShare, OptimizeReport
from assetstore.store.session import Pack, Session
from assetstore.store.store import Store

# A longer blob is not coded.
LARGEST = 64 << 20
# A dry run codes for this long, in seconds, and estimates from there.
_TRIAL = 20.0
# Of a pack that is carried on, so many of the newest pictures are looked at.
_REMEMBERED = 48
# From this effort on, a PNG file is coded whatever wrote it.
_ANY_STREAM = 5
_WAIT = 1.0


def optimize(
    store: Store,
    *,
    effort: int = DEFAULT_EFFORT,
    dry_run: bool = False,
    time_limit: float | None = None,
    wanted: Callable[[str], bool] = lambda name: True,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> OptimizeReport:
    """Code blobs that were coded with less effort.

    Args:
        store: The store.
        effort: From 1 to 9.
        dry_run: Change nothing; code a part, and estimate.
        time_limit: Stop after so many seconds, at the next blob.
        wanted: Says of a pack's name whether it may be coded.
        progress: Told of the bytes that were coded.
        clock: Tells the time that passes, in seconds.

    Raises:
        UsageError: There is no such effort.
        UnsupportedStore: The packages of the extra ``codecs`` are not installed.
        LockedError: Another optimization is running.
        StoreWriteError: The store cannot be written.
    """
    if not 1 <= effort <= MAX_EFFORT:
        raise UsageError(f"there is no effort {effort}", hint="Give one from 1 to 9.")
    check_packages()
    with store.lock("optimize", _WAIT, reads=dry_run):
        run = _Optimizer(
            store,
            effort=effort,
            dry_run=dry_run,
            limit=time_limit,
            wanted=wanted,
            progress=progress or SILENT,
            clock=clock,
        )
        return run.run()


class _Optimizer:
    """One optimization."""

    def __init__(
        self,
        store: Store,
        *,
        effort: int,
        dry_run: bool,
        limit: float | None,
        wanted: Callable[[str], bool],
        progress: Progress,
        clock: Callable[[], float],
    ):
        from assetstore.store.codecs.png.streams import Finder

        self._store = store
        self._effort = effort
        self._dry_run = dry_run
        self._wanted = wanted
        self._progress = progress
        self._clock = clock
        self._began = clock()
        if dry_run:
            limit = _TRIAL if limit is None else min(limit, _TRIAL)
        self._ends = None if limit is None else self._began + limit
        self._finder = Finder(any_stream=effort >= _ANY_STREAM)
        self._decoders = Decoders()
        self._efforts: dict[str, int] = {}
        self._encoder = BlobEncoder(effort, self._finder)
        self._proven = Proven(store.backend)
        self._dictionary = b""
        self._pack: Pack | None = None
        self._carried = ""
        self._marks: LiveSet | None = None
        self._leftover: dict[int, Pack] = {}
        self._born = 0.0
        self._passed = 0
        self._done: list[str] = []
        self._notes: list[str] = []
        self._report = OptimizeReport(dry_run=dry_run, effort=effort)

    def run(self) -> OptimizeReport:
        """Code pack after pack."""
        store, report = self._store, self._report
        store.refresh()
        condemned, sizes = store.condemned(), store.packs()
        if condemned and not self._dry_run:
            with suppress(LockedError), store.lock("gc", _WAIT):
                Remover(store, Everything()).finish()
        todo = self._todo(sizes.keys() - condemned)
        if todo and not self._dry_run:
            enable(store.backend, store.lock("config", _WAIT), FEATURES)
        self._notes += never_coded() if todo else []
        self._marks = named(store)
        self._dictionary = trained(store, todo, self._lives)
        self._carried = self._carry_on(sizes, sum(sizes[name] for name in todo))
        begun = [*todo, self._carried] if self._carried else todo
        self._born = max(map(name_time, begun), default=0.0) - 0.001
        self._progress.start(sum(sizes[name] for name in todo), "coding")
        try:
            with store.session() as session:
                for name in todo:
                    if self._is_over():
                        break
                    if self._coded_pack(session, name):
                        self._done.append(name)
                        report.packs += 1
                    if self._pack is not None and self._pack.upload.size >= TARGET:
                        self._commit(session)
                self._commit(session)
        finally:
            self._progress.close()
            if self._marks is not None:
                self._marks.close()
        report.left = len(todo) - report.packs - self._passed
        report.seconds = self._clock() - self._began
        if self._dry_run:
            read = report.before_bytes + RECORD.size * report.blobs
            total = sum(sizes[name] for name in todo)
            if report.left and report.blobs and total > read:
                report.scale(total / read)
            report.packs, report.left = report.packs + report.left, 0
        report.notes = tuple(self._notes)
        return report

    def _todo(self, names: Iterable[str]) -> list[str]:
        """Those packs that were coded with less effort, the oldest first."""
        found = []
        for name in sorted(filter(is_name, names)):
            try:
                self._efforts[name] = pack_effort(self._store.backend, name)
            except (DamagedBlob, FileNotFoundError):
                continue
            if (
                self._efforts[name] < self._effort
                and self._wanted(name)
                and not self._is_of_one(name)
            ):
                found.append(name)
        return found

    def _is_of_one(self, name: str) -> bool:
        """Tell whether a pack is that of a blob which is too large to be coded."""
        try:
            first = next(records(self._store.backend, name), None)
        except (DamagedBlob, FileNotFoundError):
            return False
        return first is not None and first[1].raw > LARGEST

    def _carry_on(self, sizes: dict[str, int], new: int) -> str:
        """The pack that is written anew with more in it, if it is small, or "".

        What a session went on with is like what it had before.
        """
        same = [n for n, effort in self._efforts.items() if effort == self._effort]
        newest = max(same, default="")
        fits = newest and sizes.get(newest, TARGET) < min(TARGET // 2, 4 * new)
        return newest if fits and new else ""

    def _is_over(self) -> bool:
        """Tell whether the time is over; never before one blob was coded."""
        return (
            self._ends is not None
            and self._report.blobs > 0
            and self._clock() >= self._ends
        )

    def _begun(self, session: Session) -> Pack:
        """The pack that is being filled."""
        if self._pack is None:
            self._pack = session.begin(alone=True, effort=self._effort)
            self._encoder = BlobEncoder(self._effort, self._finder, self._dictionary)
            if self._carried:
                self._carry(session, self._pack, self._carried)
                self._carried = ""
        return self._pack

    def _carry(self, session: Session, pack: Pack, name: str) -> None:
        """Write a pack's records to another one, as they are."""
        try:
            contents = list(walk(self._store.backend, name))
            kept = closure(self._store.backend, contents, self._lives)
            if not kept:
                return
            for entry in contents:
                self._store.read_through(entry)
        except (DamagedBlob, FileNotFoundError, UnsupportedStore):
            return  # repair's business
        carry(self._store, session, pack, self._effort, kept)
        self._leave(session, contents, [e for e in contents if e not in kept])
        for entry in kept[-_REMEMBERED:]:
            if entry.record.codec == PngCodec.number:
                stored = stored_form(self._store, entry)
                self._encoder.remember(entry.record.id, stored, pack.dependencies)
        self._done.append(name)

    def _leave(
        self, session: Session, contents: Sequence[Entry], dead: Container[Entry]
    ) -> None:
        """Copy what no manifest names, as it is; as old as the newest that is there."""
        needed = closure(self._store.backend, contents, lambda e: e in dead)
        if not needed:
            return
        for entry in needed:
            self._store.read_through(entry)
        effort = self._efforts[needed[0].pack]
        self._leftover[effort] = carry(
            self._store,
            session,
            self._leftover.get(effort),
            effort,
            needed,
            born=self._born,
        )

    def _lives(self, entry: Entry) -> bool:
        return self._marks is None or entry.record.id in self._marks

    def _coded_pack(self, session: Session, name: str) -> bool:
        """Code what a pack holds; False where it must stay."""
        try:
            contents = list(walk(self._store.backend, name))
            dead = {entry for entry in contents if not self._lives(entry)}
            todo = [e for e in contents if e not in dead and self._is_due(session, e)]
            unread = unreadable(self._store, contents)
            self._report.unreadable += unread
            if unread or (dead and not todo):
                self._passed += 1
                return False
            for entry in todo:
                if self._is_over():
                    return False
                self._code(session, entry)
                self._progress.advance(entry.record.stored)
            self._leave(session, contents, dead)
        except (DamagedBlob, FileNotFoundError) as e:
            if not isinstance(e, FileNotFoundError):
                self._notes.append(
                    f"Pack {name} is damaged and was left alone: {e}. "
                    "Run 'assetstore repair'."
                )
            return False
        return True

    def _is_due(self, session: Session, entry: Entry) -> bool:
        """Tell whether a blob is to be coded, and this is its best copy."""
        if session.pending and session.has_pending(entry.record.id):
            return False
        copies = {copy.pack for copy in self._store.copies(entry.record.id)}
        best = max(
            (self._efforts.get(name, -1), name) for name in {entry.pack, *copies}
        )
        return best[0] < self._effort and best[1] == entry.pack

    def _code(self, session: Session, entry: Entry) -> None:
        record = entry.record
        pack = self._begun(session)
        if session.has_pending(record.id):  # it came with the pack that is carried on
            return
        # All of it, so that no damaged copy is made.
        raw = b"".join(bytes(p) for p in self._store.stream_copy(entry))
        coded = None
        if record.kind is Kind.MEDIA and record.raw <= LARGEST:
            coded = self._encoder.code(record.kind, raw, pack.dependencies)
        # What needs others cannot be copied to where they are not.
        relates = record.codec in RELATING
        if coded is not None and (relates or coded.record.stored < record.stored):
            after, stored = coded.record, coded.stored
            first = coded.needs
            if first and not any(e.record.id == first.record.id for e in pack.entries):
                session.append(pack, first.record, first.stored)
        elif relates or record.codec == RawCodec.number:
            after, stored = (
                record._replace(codec=RawCodec.number, stored=len(raw)),
                [raw],
            )
        else:
            after, stored = record, [stored_form(self._store, entry)]
        session.append(pack, after, stored)
        if coded is not None and after is coded.record:
            self._proven.add(pack.entries[-1], stored)
        self._count(record, after)

    def _count(self, before: Record, after: Record) -> None:
        report = self._report
        name = codec_for(self._decoders, after.codec).name
        share = report.codecs.setdefault(name, CodecShare())
        for counts in (report, share):
            counts.blobs += 1
            counts.before_bytes += before.stored
            counts.after_bytes += after.stored
        share.raw_bytes += before.raw

    def _commit(self, session: Session) -> None:
        """Publish what was coded, and let go of where it came from."""
        if self._dry_run:
            session.abort()
            self._pack, self._leftover = None, {}
            return
        session.commit()
        if self._pack is not None:
            self._efforts[self._pack.name] = self._effort
            self._proven.published(self._pack.entries)
        self._pack, self._leftover = None, {}
        gone = [name for name in self._done if name in self._efforts]
        if not gone:
            return
        remover = Remover(self._store, Everything(), proven=self._proven.holds)
        try:
            gone_now = let_go(self._store, remover, gone, "coded")
        finally:
            self._proven.forget()
        self._notes += remover.notes
        if not gone_now:
            return
        for name in gone:
            self._efforts.pop(name, None)
