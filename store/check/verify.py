"""Check a store: its structure, and on demand every byte."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assetstore.errors import (
    DamagedBlob,
    DamagedManifest,
    StoreError,
    UnsupportedStore,
)
from assetstore.progress import SILENT, Progress
from assetstore.quantities import many
from assetstore.store.backends.base import get
from assetstore.store.check.subset import Choice, choice_of
from assetstore.store.dependencies import cut_off
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.index import Entry, read_index
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.pack import (
    RECORD,
    Record,
    pack_key,
    pack_name,
    read_pack,
    records,
)
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.gc.roots import joined
from assetstore.store.index_cache import IndexCache
from assetstore.store.repair.accepted import accepted_losses
from assetstore.store.reports import Finding as Finding
from assetstore.store.reports import Lost
from assetstore.store.reports import VerifyReport as VerifyReport
from assetstore.store.store import Store
from assetstore.store.unnamed import REBUILD, UnnamedPacks

_REBUILD = "Rebuild the index from the packs: assetstore repair"
_HEAL = "Name files or backups that still hold it: assetstore repair --from PATH."
_ATTEMPTS = 10


def verify(
    store: Store,
    *,
    read_data: bool = False,
    subset: str | None = None,
    progress: Progress | None = None,
) -> VerifyReport:
    """Compare a store's indexes, packs and manifests with each other.

    Args:
        store: The store.
        read_data: Read every record too, decode it and compare its hash.
        subset: Read only the data of some packs: "2/5" for the second fifth,
            "5%" or "10GiB" for that much, chosen at random.
        progress: Told of the bytes that were read.

    Raises:
        UsageError: ``subset`` is of no such form.
    """
    wanted = choice_of(subset, store.random) if subset is not None else None
    check = _Check(store, progress or SILENT)
    try:
        return check.run(read_data=read_data or wanted is not None, wanted=wanted)
    finally:
        check.close()


@dataclass(slots=True)
class _Bad:
    """A blob of which something is wrong.

    Attributes:
        what: In a sentence.
        pack: Where, or None.
        lost: Whether no copy is whole.
        kind: As in `Finding`.
    """

    what: str
    pack: str | None
    lost: bool
    kind: str


class _Check:
    """One check."""

    def __init__(self, store: Store, progress: Progress):
        self._store = store
        self._progress = progress
        self._index = IndexCache(None)  # the user's cache is not to be trusted here
        self._unnamed = UnnamedPacks()
        self._marks = LiveSet()
        self._findings: list[Finding] = []
        self._notes: list[str] = []
        self._bad: dict[tuple[BlobId, str], _Bad] = {}
        self._documents: dict[BlobId, set[str]] = {}
        self._cut_off: dict[tuple[str, int], str] = {}
        self._unclaimed = self._unclaimed_bytes = 0
        self._accepted: list[Lost] = []
        self._unread = False  # whether an index cannot be read
        self._purged = store.purged()
        self._counts = dict.fromkeys(("indexes", "manifests", "blobs", "bytes_read"), 0)

    def close(self) -> None:
        self._index.close()
        self._unnamed.close()
        self._marks.close()
        self._progress.close()

    def run(self, *, read_data: bool, wanted: Choice | None) -> VerifyReport:
        """Make the check."""
        packs = self._store.packs()
        self._read_indexes()
        # Packs that came after the first listing have an index that came later.
        packs |= self._store.packs()
        for _ in self._manifests(first=True):
            pass
        broken = self._check_packs(packs)
        if read_data:
            self._read_data(packs, wanted(packs) if wanted is not None else set(packs))
        self._check_blobs(packs, broken)
        self._name_documents()
        lost = self._store.manifests_lost()
        if lost or (self._store.lost_before and self._unclaimed):
            self._find(
                "manifests-missing",
                "The store's manifests were lost; nobody knows what documents need.",
                hint="Put the folder 'manifests' back from a copy of the store, or "
                "archive the documents again. Until then gc refuses to collect.",
            )
        self._note_strays()
        return VerifyReport(
            read_data=read_data,
            packs=len(packs),
            findings=tuple(self._findings),
            unclaimed=self._unclaimed,
            unclaimed_bytes=self._unclaimed_bytes,
            accepted=tuple(self._accepted),
            notes=tuple(self._notes),
            **self._counts,
        )

    def _find(
        self, kind: str, what: str, *, pack: str | None = None, hint: str = ""
    ) -> None:
        self._findings.append(Finding(kind=kind, what=what, pack=pack, hint=hint))

    def _read_indexes(self) -> None:
        """Read what is listed; and again, where a collection replaced some."""
        seen: set[str] = set()
        for _ in range(_ATTEMPTS):
            keys = {key for key, _ in self._store.backend.list("index/")} - seen
            if not keys:
                return
            self._read_index(keys, seen)

    def _read_index(self, keys: Iterable[str], seen: set[str]) -> None:
        for key in sorted(keys):
            name = key[6:]
            try:
                data = get(self._store.backend, key)
                self._index.add(name, read_index(data, name))
            except FileNotFoundError:
                continue
            except StoreError as e:
                self._unread = True
                self._find("index-damaged", str(e), hint=e.hint)
            seen.add(key)
            self._counts["indexes"] += 1

    def _manifests(self, *, first: bool) -> Iterator[Manifest]:
        """All manifests; the first time they are counted and marked."""
        for key in self._store.manifest_keys():
            try:
                manifest = self._store.load_manifest(key)
            except FileNotFoundError:
                continue
            except DamagedManifest as e:
                if first:
                    self._find("manifest-damaged", str(e), hint=e.hint)
                continue
            if first:
                self._counts["manifests"] += 1
                self._marks.add(manifest.refs)
            yield manifest

    def _check_packs(self, packs: dict[str, int]) -> set[tuple[str, int]]:
        """Compare packs with the index; the copies that are not where it says."""
        broken: set[tuple[str, int]] = set()
        for name, size in sorted(packs.items()):
            known = {entry.offset: entry for entry in self._index.entries(name)}
            if not known:
                there = self._store.backend.size(pack_key(name)) is not None
                if there and not self._unread:
                    self._notes.append(f"Pack {name} is in no index.")
                if there:
                    self._unnamed.add(self._store.backend, name)
                continue
            try:
                for offset, record in records(self._store.backend, name):
                    entry = known.pop(offset, None)
                    if entry is None:
                        self._unknown(name, offset, record)
                    elif entry.record != record:
                        broken.add((name, offset))
            except (DamagedBlob, FileNotFoundError) as e:
                if self._store.backend.size(pack_key(name)) is None:
                    continue  # removed by a collection meanwhile
                self._find(
                    "pack-damaged",
                    f"Pack {name} ({size} bytes): {e}.",
                    pack=name,
                    hint="Run 'assetstore verify --read-data' to see what is lost.",
                )
            for offset, entry in known.items():
                if not self._header_is_whole(entry):
                    broken.add((name, offset))
            self._look_for_cut_off(name, {o for n, o in broken if n == name})
        return broken | self._cut_off.keys()

    def _look_for_cut_off(self, name: str, broken: set[int]) -> None:
        """Find what cannot be read since it needs what is broken."""
        if broken:
            contents = self._index.entries(name)
            for entry, prefix in cut_off(self._store.backend, contents, broken):
                self._cut_off[name, entry.offset] = prefix.hex()

    def _unknown(self, name: str, offset: int, record: Record) -> None:
        if not self._index.copies(record.id):
            self._find(
                "index-damaged",
                f"No index names the blob at byte {offset} of pack {name}.",
                pack=name,
                hint=_REBUILD,
            )

    def _header_is_whole(self, entry: Entry) -> bool:
        key, backend = pack_key(entry.pack), self._store.backend
        head = bytearray(RECORD.size)
        try:
            got = read_pack(backend, key, entry.offset, memoryview(head))
            whole = Record.unpack(bytes(head[:got])) == entry.record
        except (DamagedBlob, FileNotFoundError):
            return False
        end = entry.offset + RECORD.size + entry.record.stored
        return whole and end <= (backend.size(key) or 0)

    def _read_data(self, packs: dict[str, int], chosen: set[str]) -> None:
        self._progress.start(sum(packs[name] for name in chosen), "reading packs")
        for name in sorted(chosen):
            for entry in self._index.entries(name):
                record = entry.record
                try:
                    for piece in self._store.stream_copy(entry):
                        self._counts["bytes_read"] += len(piece)
                except FileNotFoundError:
                    break
                except UnsupportedStore as e:
                    what = f"Blob {record.id.hex()} cannot be read here: {e}."
                    self._find("blob-unreadable", what, pack=name, hint=e.hint)
                except DamagedBlob as e:
                    self._bad[record.id, name] = _Bad(
                        f"Blob {record.id.hex()} in pack {name}: {e}.",
                        name,
                        lost=not self._has_whole_copy(record.id),
                        kind="blob-damaged",
                    )
                self._progress.advance(record.stored + RECORD.size)

    def _has_whole_copy(self, id: BlobId) -> bool:
        for entry in self._index.copies(id):
            try:
                self._store.read_through(entry)
            except (DamagedBlob, FileNotFoundError, UnsupportedStore):
                continue
            return True
        return False

    def _check_blobs(self, packs: dict[str, int], broken: set[tuple[str, int]]) -> None:
        """Compare what documents need with what there is."""
        purged = {False: 0, True: 0}
        for id, lives, copies in joined(self._index.entries(), self._marks):
            whole = [
                entry
                for entry in copies
                if entry.pack in packs and (entry.pack, entry.offset) not in broken
            ]
            self._counts["blobs"] += len(copies)
            if id in self._purged:
                purged[bool(whole)] += lives or bool(whole)
                continue
            if not lives and whole:
                self._unclaimed += 1
                self._unclaimed_bytes += sum(
                    entry.record.stored + RECORD.size for entry in whole
                )
            if whole or not lives:
                continue
            pack = copies[0].pack if copies else None
            if pack is None and (pack := self._unnamed.pack_of(id)):
                what, kind = "", "index-missing"  # told once for its pack
            elif pack is None:
                what, kind = f"Blob {id.hex()} is not in the store.", "blob-missing"
            elif pack in packs:
                what = f"Blob {id.hex()}: its header in pack {pack} is damaged."
                if needed := self._cut_off.get((pack, copies[0].offset)):
                    what = (
                        f"Blob {id.hex()} in pack {pack} needs blob {needed}…, whose "
                        "header is damaged."
                    )
                kind = "blob-damaged"
            else:
                what = f"Blob {id.hex()} was in pack {pack}, which is gone."
                kind = "blob-missing"
            self._bad[id, pack or ""] = _Bad(what, pack, lost=True, kind=kind)
        self._note_purged(purged[False], purged[True])

    def _note_purged(self, gone: int, there: int) -> None:
        if gone:
            self._notes.append(
                f"{gone} blobs that documents need were purged, for good."
            )
        if there:
            self._notes.append(
                f"A purge was interrupted, or is running: {there} blobs that it takes "
                "are still in packs. The next 'assetstore gc' takes them out."
            )

    def _name_documents(self) -> None:
        """Turn what is wrong with blobs into findings that name documents."""
        lost = {id for (id, _), bad in self._bad.items() if bad.lost}
        kinds: dict[BlobId, Kind] = {}
        if lost:
            for manifest in self._manifests(first=False):
                for kind, id in manifest.refs:
                    if id in lost:
                        kinds[id] = kind
                        self._documents.setdefault(id, set()).add(manifest.document)
        accepted = accepted_losses(self._store.backend)
        unnamed: dict[str, list[BlobId]] = {}
        for (id, _), bad in sorted(self._bad.items()):
            documents = tuple(sorted(self._documents.get(id, ())))
            if id in accepted and bad.lost and bad.kind == "blob-missing" and documents:
                name = kinds[id].name.lower()
                loss = Lost(kind=name, blob=id.hex(), documents=documents)
                self._accepted.append(loss)
                continue
            if bad.kind == "index-missing" and bad.pack is not None:
                unnamed.setdefault(bad.pack, []).append(id)
                continue
            if documents:
                hint = _REBUILD if bad.pack is None and self._unread else _HEAL
            elif bad.lost:
                hint = "No document needs it; gc removes it in time."
            else:
                hint = "Another copy of it is whole; nothing is lost."
            self._findings.append(
                Finding(
                    kind=bad.kind,
                    what=bad.what,
                    pack=bad.pack,
                    blob=id.hex(),
                    documents=documents,
                    hint=hint,
                )
            )

        for pack, ids in unnamed.items():
            concerned = set().union(*(self._documents.get(id, ()) for id in ids))
            self._findings.append(
                Finding(
                    kind="index-missing",
                    what=f"No index names pack {pack}: {many(len(ids), 'blob')} in it "
                    "that documents need are not found.",
                    pack=pack,
                    documents=tuple(sorted(concerned)),
                    hint=REBUILD,
                )
            )

    def _note_strays(self) -> None:
        """Note what is in the way and does no harm."""
        for key, _ in self._store.backend.list("packs/"):
            if pack_key(pack_name(key)) != key:
                self._notes.append(f"{key} is no pack's place; it is not read.")
        tombs = len(self._store.condemned())
        if tombs:
            self._notes.append(
                f"A collection was interrupted, or is running: {tombs} packs are "
                "condemned and not yet removed. The next 'assetstore gc' does it."
            )
