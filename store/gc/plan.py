"""What a collection is going to do with each pack, and why."""

from dataclasses import dataclass, field

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.table import RELATING
from assetstore.store.dependencies import closure
from assetstore.store.format.blob import is_name, name_time
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import LARGE, PACK_HEADER, RECORD, TARGET, records
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.gc.residue import Residue
from assetstore.store.gc.roots import joined
from assetstore.store.reports import Share
from assetstore.store.store import Store

# A pack is rewritten when this much of it is dead.
REWRITE_AT = 0.3
_DAY = 86400.0


@dataclass(slots=True)
class PackTally:
    """What is in a pack: copies of blobs, those that live, and if some need others."""

    blobs: int = 0
    bytes: int = 0
    live: int = 0
    live_bytes: int = 0
    relates: bool = False


@dataclass(slots=True)
class Plan:
    """What to do with the packs of a store.

    Attributes:
        condemned: Packs that a collection before this one did not get to remove.
        dead: Packs in which nothing lives.
        unindexed: Packs that no index names and in which nothing lives.
        rewrite: Packs to copy what lives from, with how many bytes that is.
        merge: Small packs to copy into larger ones, likewise.
        shares: For each field of a report, what it says.
        missing: Blobs that live and have no copy.
        notes: What else the user should know.
    """

    condemned: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    unindexed: list[str] = field(default_factory=list)
    rewrite: list[tuple[str, int]] = field(default_factory=list)
    merge: list[tuple[str, int]] = field(default_factory=list)
    shares: dict[str, Share] = field(default_factory=dict)
    missing: int = 0
    notes: list[str] = field(default_factory=list)

    def count(self, name: str, *, packs: int = 0, blobs: int = 0, bytes: int) -> None:
        """Add to a share."""
        share = Share(packs=packs, blobs=blobs, bytes=bytes)
        self.shares[name] = self.shares.get(name, Share()) + share


def make_plan(
    store: Store,
    live: LiveSet,
    *,
    grace: float,
    max_unused: float | None = None,
    residue: Residue | None = None,
) -> Plan:
    """Decide on every pack.

    Args:
        store: The store.
        live: What lives.
        grace: Packs younger than this (seconds) are left alone; 0: none is, whatever
            clock dated it.
        max_unused: So much may be dead in the packs that stay, as a share of what
            lives. None: less than `REWRITE_AT` in each.
        residue: Tells what goes where nothing dead is to stay; None: what lives keeps
            what it needs, and what no index names stays with its pack.
    """
    plan = Plan()
    condemned, packs = store.condemned(), store.packs()
    tallies, plan.missing = _tallies(store, live, packs, condemned)
    plan.condemned = sorted(condemned)
    born_before = store.clock() - grace
    small: list[tuple[str, int]] = []
    partly: list[tuple[float, str, int, int]] = []
    ahead = 0
    for name, size in sorted(packs.items()):
        if not is_name(name):
            plan.notes.append(f"{name} among the packs is none; it was left alone.")
            continue
        tally = tallies.get(name)
        if name in condemned:
            blobs = 0 if tally is None else tally.blobs
            plan.count("dropped", packs=1, blobs=blobs, bytes=size)
            continue
        young = grace > 0 and name_time(name) > born_before
        if young and name_time(name) > store.clock() + _DAY:
            ahead += 1
        if tally is None:
            _unindexed(store, live, plan, name, size, young=young)
            continue
        if tally.relates and 0 < tally.live < tally.blobs:
            _count_needed(store, live, name, tally, residue)
        plan.count("live", packs=1, blobs=tally.live, bytes=tally.live_bytes)
        gone, dead = tally.blobs - tally.live, size - tally.live_bytes
        if young:
            plan.count("young", packs=bool(gone), blobs=gone, bytes=dead * bool(gone))
        elif tally.live == 0:
            plan.dead.append(name)
            plan.count("dropped", packs=1, blobs=gone, bytes=size)
        elif gone or (residue and size > len(PACK_HEADER) + tally.bytes):
            partly.append((dead / size, name, gone, dead))
        elif size < LARGE:
            small.append((name, tally.live_bytes))
    if ahead:
        plan.notes.append(
            f"{ahead:,} packs are of a time to come: a clock was ahead. What is dead "
            "in them goes with --grace 0."
        )
    # Those of which least is dead stay, as long as that is not too much in all.
    spare = plan.shares.get("live", Share()).bytes * (max_unused or 0.0)
    for share, name, gone, dead in sorted(partly):
        lives = tallies[name].live_bytes
        if share < REWRITE_AT if max_unused is None else dead <= spare:
            spare -= dead
            plan.count("kept", packs=1, blobs=gone, bytes=dead)
            if packs[name] < LARGE:
                small.append((name, lives))
        else:
            plan.rewrite.append((name, lives))
            plan.count("rewritten", packs=1, blobs=gone, bytes=dead)
    plan.rewrite.sort()
    small.sort()
    if sum(live for _, live in small) >= TARGET:
        plan.merge = small
        plan.count(
            "merged",
            packs=len(small),
            blobs=sum(tallies[name].live for name, _ in small),
            bytes=sum(live for _, live in small),
        )
    return plan


def _unindexed(
    store: Store, live: LiveSet, plan: Plan, name: str, size: int, *, young: bool
) -> None:
    """Decide on a pack that no index names."""
    if young:  # a writer may be about to name it
        plan.count("young", packs=1, bytes=size)
        return
    try:
        blobs = [
            (record.id, record.id in live) for _, record in records(store.backend, name)
        ]
    except (DamagedBlob, FileNotFoundError):
        plan.notes.append(f"Pack {name} is in no index and damaged; it was kept.")
        return
    if any(lives and not store.holds(id) for id, lives in blobs):
        plan.notes.append(
            f"Pack {name} is in no index and holds what documents need; it was kept. "
            "Run 'assetstore repair'."
        )
        return
    plan.unindexed.append(name)
    plan.count("unindexed", packs=1, blobs=len(blobs), bytes=size)


def _count_needed(
    store: Store, live: LiveSet, name: str, tally: PackTally, residue: Residue | None
) -> None:
    """Count as living what records that live need, whether or not a document does."""
    contents = list(store.entries(name))
    try:
        if residue is not None:
            kept = [entry for part in residue.split(name) for entry in part]
        else:
            kept = closure(
                store.backend, contents, lambda entry: entry.record.id in live
            )
    except (DamagedBlob, FileNotFoundError):
        kept = contents  # nothing of it goes before it is repaired
    tally.live = len(kept)
    tally.live_bytes = sum(entry.record.stored + RECORD.size for entry in kept)


def _tallies(
    store: Store, live: LiveSet, packs: dict[str, int], condemned: set[str]
) -> tuple[dict[str, PackTally], int]:
    """Count every pack's blobs, and live ones that have no copy.

    Of several copies of a live blob only the newest counts as live: the one that
    is read first, and was perhaps written because an older one is damaged.
    """
    tallies: dict[str, PackTally] = {}
    missing = 0
    purged = store.purged()
    for id, lives, copies in joined(store.entries(), live):
        there = [entry for entry in copies if entry.pack in packs]
        if lives and not there and id not in purged:
            missing += 1
        kept = None
        for entry in there if lives else ():
            if entry.pack not in condemned and (kept is None or _is_newer(entry, kept)):
                kept = entry
        for entry in there:
            tally = tallies.get(entry.pack)
            if tally is None:
                tally = tallies[entry.pack] = PackTally()
            record = entry.record
            size = record.stored + RECORD.size
            tally.blobs += 1
            tally.bytes += size
            if record.codec in RELATING:
                tally.relates = True
            if entry is kept:
                tally.live += 1
                tally.live_bytes += size
    return tallies, missing


def _is_newer(entry: Entry, other: Entry) -> bool:
    return (entry.pack, entry.offset) > (other.pack, other.offset)
