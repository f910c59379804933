"""What archive and restore report: one result a file, and their sum."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Self

from assetstore.errors import AssetstoreError

Status = Literal["archived", "restored", "extracted", "unchanged", "skipped", "failed"]


def not_removed(left: str) -> str:
    """Say that a temporary file could not be removed."""
    return f"{left} could not be removed; the next run for this file tries again"


class Why(StrEnum):
    """Why a payload stays in its document: the whole list, for people and programs."""

    SMALL = "shorter than the minimum"
    NO_GAIN = "its placeholder would be as long"
    SPARED = "spared by an option"
    NOT_UNDERSTOOD = "what stands around it is not understood"
    REFUSED = "its reader would refuse anything else in its place"
    COVERED = "a length, checksum or signature covers it"
    PURGED = "it was purged from the store"


@dataclass(frozen=True, slots=True)
class Stay:
    """A payload that stays in its document.

    Attributes:
        offset: Of its first byte.
        line: The number of its line, from 1; 0: not known.
        size: Bytes of its text.
        type: What it is, as far as its bytes or the document say, or "".
        why: Why it stays.
    """

    offset: int
    line: int
    size: int
    type: str
    why: Why


# So many places are listed for a document; all are counted.
MOST_STAYS = 1000


@dataclass(slots=True)
class Stays:
    """The payloads that stay in a document: all counted, the first ones listed.

    Attributes:
        count: How many there are.
        size: Bytes of their text.
        reasons: How many for each reason.
        listed: The first of them, at most `MOST_STAYS`.
    """

    count: int = 0
    size: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    listed: list[Stay] = field(default_factory=list)

    def add(self, stay: Stay) -> None:
        """Count one more."""
        self.count += 1
        self.size += stay.size
        self.reasons[stay.why.value] = self.reasons.get(stay.why.value, 0) + 1
        if len(self.listed) < MOST_STAYS:
            self.listed.append(stay)

    @classmethod
    def of(cls, stays: Iterable[Stay]) -> Self:
        """Count some."""
        found = cls()
        for stay in stays:
            found.add(stay)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What happened to one document.

    Attributes:
        path: The document, as the caller named or reached it ("-": a stream).
        status: "archived", "restored" or "extracted" (done, or what a dry run
            would do), "unchanged" (nothing to do), "skipped" (left alone for
            ``reason``), "failed".
        reason: Why it was skipped or failed, or is partly done.
        hint: The next step.
        code: Exit code of the error behind a skip or a failure; 0 for a skip
            that the caller's own options asked for; 3 where some of a document's own
            placeholders could not be restored.
        error: That error, without its traceback; None where there is none.
        before: Size in bytes before.
        after: Size in bytes after.
        payloads: Payloads archived or placeholders restored.
        new_blobs: Media blobs the store did not hold yet.
        stored: Bytes added to the store.
        quoted: Placeholders left as they are, which the store knows: they were in the
            document before it was archived, or are quotations.
        unknown: Placeholders left as they are, which the store does not know.
        purged: Payloads that stay, since they were purged from the store.
        left: A temporary file beside it that could not be removed, or "".
        stays: Payloads that stay in it, and why.
        lasting: Whether it was skipped for what it is, and will be again; ``path``
            may then be a folder.
        warnings: Sentences for the user.
    """

    path: str
    status: Status
    reason: str = ""
    hint: str = ""
    code: int = 0
    error: AssetstoreError | OSError | None = None
    before: int = 0
    after: int = 0
    payloads: int = 0
    new_blobs: int = 0
    stored: int = 0
    quoted: int = 0
    purged: int = 0
    unknown: int = 0
    left: str = ""
    stays: Stays = field(default_factory=Stays, repr=False)
    lasting: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def error_type(self) -> str:
        """The name of the class of its error, or ""."""
        return type(self.error).__name__ if self.error is not None else ""


def failed(path: str, error: AssetstoreError | OSError, size: int = 0) -> FileResult:
    """Make the result of a document that an error ended.

    The error is kept, and nothing of what ran when it was raised: there may be very
    many results, and each traceback would hold a document's buffers.
    """
    told: BaseException | None = error
    while told is not None:
        told.__traceback__ = None
        told = told.__cause__ or told.__context__
    if isinstance(error, AssetstoreError):
        reason, hint, code = str(error), error.hint, error.exit_code
    else:
        reason, hint, code = error.strerror or str(error), "", 1
        other = error.filename
        if isinstance(other, str) and os.path.abspath(other) != os.path.abspath(path):
            reason = f"{reason}: {other}"  # in the store, or a folder
    return FileResult(
        path=path,
        status="failed",
        reason=reason,
        hint=hint,
        code=code,
        error=error,
        before=size,
        after=size,
    )


@dataclass(slots=True, kw_only=True)
class Report:
    """The results of one call, file by file.

    Attributes:
        files: The files that were opened, or that something went wrong with.
        untouched: How many files were not even opened, since they are as they
            were when there last was nothing to do for them.
        dry_run: Whether nothing was really done.
        stopped: Why no more files were begun, or "".
        left: How many were not begun.
    """

    files: list[FileResult] = field(default_factory=list)
    untouched: int = 0
    dry_run: bool = False
    stopped: str = ""
    left: int = 0

    def total(self, name: str) -> int:
        """Sum of a numeric attribute over all files."""
        return sum(getattr(f, name) for f in self.files)

    def count(self, status: Status) -> int:
        """Count the files that ended with this status."""
        count = sum(f.status == status for f in self.files)
        return count + self.untouched if status == "unchanged" else count

    @property
    def exit_code(self) -> int:
        """0 when nothing went wrong, 3 when some of it did.

        When all files failed alike, their common code.
        """
        codes = {f.code for f in self.files}
        if codes <= {0}:
            return 0
        return codes.pop() if len(codes) == 1 else 3
