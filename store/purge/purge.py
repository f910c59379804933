"""Take blobs out of a store for good, whatever holds their bytes.

1. A tombstone is put for each: an empty object ``purged/<id>``. From here on nobody
   writes the blob, and nobody who copies packs carries it on.
2. Every pack that holds one is written anew without it (`purger`).
3. What else may hold its bytes goes: copies in the quarantine, and what killed writers
   left.

A writer whose packs were not seen in step 2 published them after the tombstones were
put, and looks for these then (`Session.commit`). A purge that is killed is finished by
the next one, or by a collection.
"""

from collections.abc import Collection, Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from assetstore.errors import (
    AssetstoreError,
    DamagedBlob,
    DamagedManifest,
    MissingBlob,
    StoreWriteError,
)
from assetstore.files.durable import sync_folder
from assetstore.progress import SILENT, Progress
from assetstore.store.backends.base import SweepingBackend, put
from assetstore.store.backends.temp import sweep_spools
from assetstore.store.config import PURGE, enable
from assetstore.store.format.blob import BlobId
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD, pack_key
from assetstore.store.gc.merge_index import compact
from assetstore.store.media import sniff
from assetstore.store.purge.rewrite import Purger, aside_with, split
from assetstore.store.purge.traces import derived
from assetstore.store.repair.index import scan_pack
from assetstore.store.store import Store

_ROUNDS = 10
_WAIT = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgedPicture:
    """A blob that is purged.

    Attributes:
        blob: Its id in hexadecimal.
        type: Its media type, as its first bytes show it, or "".
        size: Its length in bytes; 0: it was gone already.
        documents: The documents that need it.
    """

    blob: str
    type: str = ""
    size: int = 0
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReport:
    """What a purge did; or would do, in a dry run.

    Attributes:
        dry_run: Whether nothing was changed.
        pictures: What is purged.
        packs: Packs that hold it; each is written anew without it.
        pack_bytes: Their size.
        recoded: Pictures that were coded from it, and are now kept as they are.
        dictionaries: Dictionaries for small media that may have been made from it.
        recipes: Recipes that spell it out; their placeholders are purged, too.
        quarantined: Packs in the quarantine that hold it, or may.
        temporary: Bytes that killed writers left.
        freed: Bytes by which the packs became smaller.
        left: What still may hold it, in sentences.
        notes: What else the user should know, in sentences.
    """

    dry_run: bool
    pictures: tuple[PurgedPicture, ...] = ()
    packs: int = 0
    pack_bytes: int = 0
    recoded: int = 0
    dictionaries: int = 0
    recipes: int = 0
    quarantined: int = 0
    temporary: int = 0
    freed: int = 0
    left: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def purge(
    store: Store,
    ids: Collection[BlobId],
    *,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> PurgeReport:
    """Take blobs out of a store for good.

    Args:
        store: The store.
        ids: The blobs.
        dry_run: Change nothing.
        progress: Told how far it is.

    Raises:
        MissingBlob: The store neither holds one of them nor ever purged it.
        LockedError: A collection or an optimization is running.
        StoreWriteError: The store cannot be written; run it again to finish.
    """
    with (
        store.lock("optimize", _WAIT, reads=dry_run),
        store.lock("gc", _WAIT, reads=dry_run),
    ):
        try:
            return _Purge(store, progress, dry_run).run(set(ids))
        finally:
            progress.close()


def lift(store: Store, ids: Iterable[BlobId]) -> None:
    """Let blobs that were purged be stored again."""
    for id in ids:
        store.backend.delete(f"purged/{id.hex()}")


def claims(store: Store, ids: Container[BlobId]) -> tuple[dict[BlobId, set[str]], int]:
    """The documents that need some blobs, by blob; how many manifests are damaged.

    Older states of a document count: it may be put back into one.
    """
    found: dict[BlobId, set[str]] = {}
    damaged = 0
    for key in store.manifest_keys():
        try:
            manifest = store.load_manifest(key)
        except FileNotFoundError:
            continue
        except DamagedManifest:
            damaged += 1
            continue
        for _, id in manifest.refs:
            if id in ids:
                found.setdefault(id, set()).add(manifest.document)
    return found, damaged


@dataclass(slots=True)
class _NamedBlob:
    """Where the blobs are.

    Attributes:
        entries: Every copy.
        packs: The sizes of the packs that hold one.
        unclear: Packs that are damaged, so that nobody can tell what is in them.
        looked: All packs that were looked at.
    """

    entries: list[Entry] = field(default_factory=list)
    packs: dict[str, int] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    looked: set[str] = field(default_factory=set)

    def look(self, store: Store, ids: Container[BlobId], progress: Progress) -> None:
        """Look into packs that were not looked at, by their own headers.

        Where others replace packs meanwhile, what was in them is in newer ones.
        """
        while new := {n: s for n, s in store.packs().items() if n not in self.looked}:
            progress.start(sum(new.values()), "looking into packs")
            for name, size in sorted(new.items()):
                self._look(store, ids, name, size)
                progress.advance(size)

    def _look(self, store: Store, ids: Container[BlobId], name: str, size: int) -> None:
        contents, wrong = scan_pack(store.backend, name, size)
        held = [entry for entry in contents if entry.record.id in ids]
        if held:
            self.packs[name] = size
            self.entries += held
        if wrong:
            self.unclear.add(name)
        self.looked.add(name)


class _Purge:
    """One purge."""

    def __init__(self, store: Store, progress: Progress, dry_run: bool):
        self._store = store
        self._progress = progress
        self._dry = dry_run
        self._notes: list[str] = []

    def run(self, ids: set[BlobId]) -> PurgeReport:
        store = self._store
        store.renew()  # what goes is not decided by a cache
        store.refresh()
        found = _NamedBlob()
        found.look(store, ids, self._progress)
        known = {entry.record.id for entry in found.entries} | store.purged()
        for id in ids - known:
            raise MissingBlob(
                f"blob {id.hex()} is not in the store, and never was purged",
                hint="'assetstore ls --blobs' lists those that are there.",
            )
        traces = derived(store, found.entries)
        # With what another one was killed at.
        gone = ids | traces.ids | store.purged()
        if gone != ids:
            found = _NamedBlob()
            found.look(store, gone, self._progress)
        pictures = self._pictures(ids, gone, found)  # while they can be read
        aside = aside_with(store.backend, gone, unclear=True)
        left: list[str] = []
        temporary = 0
        if isinstance(store.backend, SweepingBackend):
            temporary = store.backend.sweep(dry_run=self._dry)[1]
        if self._dry:
            freed = sum(e.record.stored + RECORD.size for e in found.entries)
            recoded = self._recoded(gone, found)
        else:
            enable(store.backend, store.lock("config", _WAIT), PURGE)
            # What follows from a blob is not found once that is gone: it comes first.
            for id in (*sorted(traces.ids), *sorted(ids)):
                with suppress(FileExistsError):
                    put(store.backend, f"purged/{id.hex()}", [])
            purger = Purger(store)
            left = self._rewritten(purger, gone, found)
            freed, recoded = purger.freed, purger.recoded
            self._notes += purger.lost
            for key in aside:
                store.backend.delete(key)
            sweep_spools()
            self._settle({*map(pack_key, found.packs), *aside})
            pictures = self._pictures(ids, gone, found, pictures)
        left += [
            f"Pack {name} is damaged: nobody can tell all that is in it. Run "
            "'assetstore repair', then purge again."
            for name in sorted(found.unclear)
        ]
        return PurgeReport(
            dry_run=self._dry,
            pictures=pictures,
            packs=len(found.packs),
            pack_bytes=sum(found.packs.values()),
            recoded=recoded,
            dictionaries=len(traces.dictionaries),
            recipes=len(traces.recipes),
            quarantined=len(aside),
            temporary=temporary,
            freed=freed,
            left=tuple(left),
            notes=tuple(self._notes),
        )

    def _recoded(self, gone: Container[BlobId], found: _NamedBlob) -> int:
        """Count the pictures that are coded from what goes."""
        count = 0
        for name in found.packs.keys() - found.unclear:
            with suppress(DamagedBlob, FileNotFoundError):
                count += len(split(self._store.backend, name, gone)[1])
        return count

    def _rewritten(
        self, purger: Purger, gone: Container[BlobId], found: _NamedBlob
    ) -> list[str]:
        """Write packs anew until none that can be holds what is to go.

        Returns:
            What stays, and why.
        """
        for _ in range(_ROUNDS):
            todo = sorted(set(found.packs) - purger.done - found.unclear)
            if not todo:
                break
            purger.run(todo)
            found.look(self._store, gone, SILENT)  # also what came meanwhile
        if purger.removed:
            try:
                compact(self._store)
            except StoreWriteError as e:
                self._notes.append(f"The index was not made smaller: {e}.")
        return list(purger.stuck.values())

    def _pictures(
        self,
        ids: Collection[BlobId],
        gone: Container[BlobId],
        found: _NamedBlob,
        known: Sequence[PurgedPicture] = (),
    ) -> tuple[PurgedPicture, ...]:
        """Describe what is purged, and who needs it.

        Once the tombstones are put, a document that is not named here finds them.
        """
        documents, damaged = claims(self._store, gone)
        if damaged and not self._notes:
            self._notes.append(
                f"{damaged} manifests cannot be read: more documents may be concerned. "
                "Run 'assetstore repair'."
            )
        was = {picture.blob: picture for picture in known}
        sizes = {entry.record.id: entry for entry in found.entries}
        return tuple(
            PurgedPicture(
                blob=id.hex(),
                type=was[id.hex()].type if known else self._type(sizes.get(id)),
                size=sizes[id].record.raw if id in sizes else 0,
                documents=tuple(sorted(documents.get(id, ()))),
            )
            for id in sorted(ids)
        )

    def _type(self, entry: Entry | None) -> str:
        """A blob's media type, as far as it can be read."""
        if entry is None:
            return ""
        with suppress(AssetstoreError, OSError):
            for piece in self._store.stream_copy(entry, check=False):
                return sniff(bytes(piece[:1024]))
        return ""

    def _settle(self, keys: Iterable[str]) -> None:
        """Make sure that what was deleted does not come back after a power cut."""
        if self._store.root is not None:
            for folder in {key.rpartition("/")[0] for key in keys}:
                with suppress(OSError):
                    sync_folder(self._store.root / folder)
