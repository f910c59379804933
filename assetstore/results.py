"""What archive and restore report: one result a file, and their sum."""

from dataclasses import dataclass, field
from typing import Literal

from assetstore.errors import AssetstoreError

Status = Literal["archived", "restored", "extracted", "unchanged", "skipped", "failed"]


def not_removed(left: str) -> str:
    """What users are told of a temporary file that could not be removed."""
    return f"{left} could not be removed; the next run for this file tries again"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What happened to one document.

    Attributes:
        path: The document, as the caller named or reached it ("-": a stream).
        status: "archived", "restored" or "extracted" (done, or what a dry run
            would do), "unchanged" (nothing to do), "skipped" (left alone for
            ``reason``), "failed".
        reason: Why it was skipped or failed.
        hint: The next step.
        code: Exit code of the error behind a skip or a failure; 0 for a skip
            that the caller's own options asked for.
        error: Class name of that error.
        before: Size in bytes before.
        after: Size in bytes after.
        payloads: Payloads archived or placeholders restored.
        new_blobs: Media blobs the store did not hold yet.
        stored: Bytes added to the store.
        quoted: Placeholders left as the text they are (a quotation).
        left: A temporary file beside it that could not be removed, or "".
        warnings: Sentences for the user.
    """

    path: str
    status: Status
    reason: str = ""
    hint: str = ""
    code: int = 0
    error: str = ""
    before: int = 0
    after: int = 0
    payloads: int = 0
    new_blobs: int = 0
    stored: int = 0
    quoted: int = 0
    left: str = ""
    warnings: tuple[str, ...] = ()


def failed(path: str, error: AssetstoreError | OSError, size: int = 0) -> FileResult:
    """The result of a document that an error ended."""
    if isinstance(error, AssetstoreError):
        reason, hint, code = str(error), error.hint, error.exit_code
    else:
        reason, hint, code = error.strerror or str(error), "", 1
    return FileResult(
        path=path,
        status="failed",
        reason=reason,
        hint=hint,
        code=code,
        error=type(error).__name__,
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
        """How many files ended with this status."""
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
