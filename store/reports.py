"""What `gc`, `optimize`, `verify` and `repair` report."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a store.

    Attributes:
        packs: How many packs it concerns.
        blobs: How many copies of blobs.
        bytes: How many bytes of the store.
    """

    packs: int = 0
    blobs: int = 0
    bytes: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(
            packs=self.packs + other.packs,
            blobs=self.blobs + other.blobs,
            bytes=self.bytes + other.bytes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether a state of a document is kept.

    Attributes:
        document: The document.
        archived: When that state was written, in seconds since 1970.
        keep: Whether it is kept.
        reason: Why.
    """

    document: str
    archived: float
    keep: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GcReport:
    """What a collection did; or would do, in a dry run.

    Attributes:
        dry_run: Whether nothing was changed.
        dropped: Packs in which nothing lives; they are removed.
        rewritten: Packs of which a good part is dead; what lives in them was
            copied, ``blobs`` and ``bytes`` count what is dead.
        merged: Small packs that were copied into larger ones; no bytes go.
        unindexed: Packs that no index names, left by a writer that was killed.
        temporary: What killed writers left in ``tmp``; ``packs`` counts writers.
        young: Dead bytes in packs that are younger than the grace period.
        kept: Dead bytes in packs of which too little is dead to rewrite them.
        live: What documents need.
        manifests: Manifests that were read.
        superseded: Those of them that were dropped, as ``decisions`` says.
        scanned: Files that were searched for placeholders.
        missing: Blobs that documents need and the store does not hold, without those
            whose loss was accepted.
        unreadable: Blobs that could not be read here, for want of a package or of a
            newer version; their packs were left alone.
        freed: Bytes by which the store became smaller.
        decisions: What was decided on the documents' states; in a dry run all,
            else those that were dropped.
        notes: What else the user should know, in sentences.
    """

    dry_run: bool
    dropped: Share = field(default_factory=Share)
    rewritten: Share = field(default_factory=Share)
    merged: Share = field(default_factory=Share)
    unindexed: Share = field(default_factory=Share)
    temporary: Share = field(default_factory=Share)
    young: Share = field(default_factory=Share)
    kept: Share = field(default_factory=Share)
    live: Share = field(default_factory=Share)
    manifests: int = 0
    superseded: int = 0
    scanned: int = 0
    missing: int = 0
    unreadable: int = 0
    freed: int = 0
    decisions: tuple[Decision, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class CodecShare:
    """What was coded in one way.

    Attributes:
        blobs: How many blobs.
        raw_bytes: Their length.
        before_bytes: What they took in packs before.
        after_bytes: What they take now.
    """

    blobs: int = 0
    raw_bytes: int = 0
    before_bytes: int = 0
    after_bytes: int = 0


@dataclass(slots=True, kw_only=True)
class OptimizeReport:
    """What an optimization did; or would do, in a dry run.

    Attributes:
        dry_run: Whether nothing was changed, and the numbers are an estimate.
        effort: The effort.
        packs: Packs that were coded anew.
        left: Packs that remain to be, since the time was over.
        unreadable: Blobs that cannot be read here, for want of a package or of a
            newer version; their packs were left alone.
        blobs: Blobs that were looked at.
        before_bytes: What they took before.
        after_bytes: What they take now.
        codecs: The same by the codec that keeps them now.
        seconds: How long it took, or would take.
        notes: What else the user should know, in sentences.
    """

    dry_run: bool
    effort: int
    packs: int = 0
    left: int = 0
    unreadable: int = 0
    blobs: int = 0
    before_bytes: int = 0
    after_bytes: int = 0
    codecs: dict[str, CodecShare] = field(default_factory=dict)
    seconds: float = 0
    notes: tuple[str, ...] = ()

    def scale(self, factor: float) -> None:
        """Estimate for so many times as much."""
        parts: list[OptimizeReport | CodecShare] = [self, *self.codecs.values()]
        for counts in parts:
            counts.blobs = round(counts.blobs * factor)
            counts.before_bytes = round(counts.before_bytes * factor)
            counts.after_bytes = round(counts.after_bytes * factor)
        for share in self.codecs.values():
            share.raw_bytes = round(share.raw_bytes * factor)
        self.seconds *= factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong in a store.

    Attributes:
        kind: "manifests-missing" (blobs are there, and no manifest any more),
            "manifest-damaged", "index-damaged",
            "index-missing" (a pack is in none, and documents need what is in it),
            "pack-damaged", "pack-missing", "blob-missing", "blob-damaged" or
            "blob-unreadable" (here: a package is missing, or another one than it was).
        what: It in a sentence.
        pack: The pack's name, or None.
        blob: The blob's id in hexadecimal, or None.
        documents: The documents that cannot be restored because of it.
        hint: What to do.
    """

    kind: str
    what: str
    pack: str | None = None
    blob: str | None = None
    documents: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What a check of a store came to.

    Attributes:
        read_data: Whether records were read and hashed.
        packs: Packs that were looked at.
        indexes: Index files that were read.
        manifests: Manifests that were read.
        blobs: Copies of blobs that were looked at.
        bytes_read: Bytes of records that were read and hashed.
        findings: What is wrong; none: nothing.
        unclaimed: Blobs that no document needs; gc removes them in time.
        unclaimed_bytes: What they take in packs.
        accepted: What is lost and was accepted to be.
        notes: What is unusual and does no harm, in sentences.
    """

    read_data: bool
    packs: int = 0
    indexes: int = 0
    manifests: int = 0
    blobs: int = 0
    bytes_read: int = 0
    findings: tuple[Finding, ...] = ()
    unclaimed: int = 0
    unclaimed_bytes: int = 0
    accepted: tuple["Lost", ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Something damaged that was moved to the quarantine.

    Attributes:
        key: What it was called.
        reason: What is wrong with it, in a sentence.
        moved: Blobs that were whole in it and are in new packs now.
    """

    key: str
    reason: str
    moved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A manifest that was put right.

    Attributes:
        key: What it is called.
        document: The document.
        how: Where its bytes come from: "bit" (one flipped bit was turned back),
            "misplaced" (they were in another one's place), "backup" (a copy of the
            store), "document" (made from the document, which is unchanged).
    """

    key: str
    document: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Healed:
    """A blob that is in the store again.

    Attributes:
        blob: Its id in hexadecimal.
        kind: "media" or "recipe".
        source: The file that it was found in.
    """

    blob: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Something that documents need and that is nowhere.

    Attributes:
        blob: A blob's id in hexadecimal, or None.
        kind: "media", "recipe" or "manifest".
        key: A manifest's key, or None.
        documents: The documents that need it; none where nobody can tell.
    """

    kind: str
    blob: str | None = None
    key: str | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairReport:
    """What a repair found and did; or would do, in a dry run.

    Attributes:
        dry_run: Whether nothing was changed.
        packs: Packs that were read.
        bytes_read: Bytes of blobs that were read and hashed.
        reindexed: Whether the index was written anew.
        config: Whether the store's config was written anew.
        set_aside: What went to the quarantine.
        mended: Manifests that were put right.
        healed: Blobs that were found again.
        lost: What is still missing; none: everything is whole.
        accepted: What is missing, too, and was accepted to be lost.
        searched: Files that were searched for what is missing.
        notes: What else the user should know, in sentences.
    """

    dry_run: bool
    packs: int = 0
    bytes_read: int = 0
    reindexed: bool = False
    config: bool = False
    set_aside: tuple[SetAside, ...] = ()
    mended: tuple[Mended, ...] = ()
    healed: tuple[Healed, ...] = ()
    lost: tuple[Lost, ...] = ()
    accepted: tuple[Lost, ...] = ()
    searched: int = 0
    notes: tuple[str, ...] = ()

    @property
    def work(self) -> bool:
        """Tell whether there was anything to do."""
        return bool(
            self.reindexed
            or self.config
            or self.set_aside
            or self.mended
            or self.healed
            or self.lost
        )
