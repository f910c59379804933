"""What a rescue is asked for, and what it says that it did."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from typing import Literal

from assetstore.agents.api_limits import Over
from assetstore.agents.diagnose import Risk
from assetstore.agents.request import BlockName
from assetstore.renamed import take_renamed

# What reports of several logs, or of several threads, have in sum.
SUMMED = (
    "before",
    "after",
    "images",
    "documents",
    "blocks",
    "kept",
    "stored",
    "needed",
    "rows",
    "lines",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueOptions:
    """How to rescue.

    Attributes:
        keep_pictures: So many of the newest pictures stay, where the model sees them.
        older_than: Only pictures older than this, in seconds.
        only: "compacted": only copies in records of compactions.
        image: Only the picture whose hash begins with these digits.
        message: Only what this message of the next request carries, or this block
            of it, or one in that, by the numbers that the API counts with; where it
            carries nothing, its words.
        media: "any": documents (PDFs) and other data too; "image": pictures only.
        backup: A folder for a plain copy of the log.
        handoff: A file for what the thread knows; None: none is written.
        now: Do it even if the log was written to a moment ago.
        vacuum: Of a client's database: give the room back to the disk as well.
        dry_run: Only say what would be done.
        keep_last: What ``keep_pictures`` was called in the last version.
    """

    keep_pictures: int = 0
    older_than: float | None = None
    only: Literal["", "compacted"] = ""
    image: str = ""
    message: BlockName | None = None
    media: Literal["image", "any"] = "any"
    backup: Path | None = None
    handoff: Path | None = None
    now: bool = False
    vacuum: bool = False
    dry_run: bool = False
    keep_last: InitVar[int | None] = None

    def __post_init__(self, keep_last: int | None) -> None:
        take_renamed(self, "keep_last", "keep_pictures", keep_last)
        if self.message is not None:  # in the last version it had two numbers
            object.__setattr__(self, "message", (*self.message, None)[:3])


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueReport:
    """What was done, or would be.

    Attributes:
        path: The log.
        thread: The thread's id.
        before: Bytes of the file before.
        after: Bytes after; for a dry run, about.
        images: Pictures taken out, or put back.
        kept: Pictures that stay.
        documents: Documents and other data taken out.
        blocks: Blocks taken out that an error named, whatever they are.
        stored: Bytes added to the store.
        request_before: Bytes that a request carried before, about.
        request_after: Bytes that it carries now, about.
        columns: Of a client's database: the columns that were looked through.
        free: Bytes in it that a vacuum would give back, about.
        logs: How many logs the thread has: one more for each time it was rewound.
        needed: Bytes of free disk space that it takes, about.
        rows: Entries of the client's own history that were changed along.
        lines: Lines that were checked.
        backup: The plain copy, or "".
        handoff: Where it is written down what the thread knows, or ""; for an undone
            one: where that stays.
        handoff_removed: For an undone one: where it was, and is not any more.
        undone: Whether the thread is as it was, with what came since.
        exact: For an undone one: whether it was compared with what it was.
        differs: For an undone one: what is not as it was, or "".
        dry_run: Whether nothing was done.
        undo: The command that takes it back.
        left: What is left that the client would send and the API refuse.
        risk: How near the thread is to not answering, as it is now.
        reason: Why, in a sentence.
        forked: Of a fork: the thread that it is a copy of, which is as it was.
        resume: Of a fork: the command that goes on with it, or "".
        carries: How many pictures requests still carry of which other thread.
    """

    path: str
    thread: str
    before: int
    after: int
    images: int
    kept: int = 0
    documents: int = 0
    blocks: int = 0
    stored: int = 0
    request_before: int = 0
    request_after: int = 0
    needed: int = 0
    rows: int = 0
    lines: int = 0
    columns: tuple[str, ...] = ()
    free: int = 0
    logs: int = 1
    backup: str = ""
    handoff: str = ""
    handoff_removed: str = ""
    undone: bool = False
    exact: bool = False
    differs: str = ""
    dry_run: bool = False
    undo: str = ""
    left: tuple[Over, ...] = ()
    risk: Risk = "low"
    reason: str = ""
    forked: str = ""
    resume: str = ""
    carries: Mapping[str, int] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Tell whether nothing keeps the thread from going on."""
        return not self.left and self.risk != "critical"
