"""What archive and restore report: one result a file, and their sum."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["archived", "restored", "extracted", "unchanged", "skipped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What happened to one document.

    Attributes:
        path: The document, as the caller named or reached it ("-": a stream).
        status: "archived", "restored" or "extracted" (done, or what a dry run
            would do), "unchanged" (nothing to do), "skipped" (left alone for
            ``reason``), "failed".
        reason: Why it was skipped or failed, and the next step.
        code: Exit code of the error behind a skip or a failure; 0 for a skip
            that the caller's own options asked for.
        error: Class name of that error.
        before: Size in bytes before.
        after: Size in bytes after.
        payloads: Payloads archived or placeholders restored.
        new_blobs: Media blobs the store did not hold yet.
        stored: Bytes added to the store.
        quoted: Placeholders left as the text they are (a quotation).
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
    warnings: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Report:
    """The results of one call, file by file."""

    files: list[FileResult] = field(default_factory=list)
    dry_run: bool = False

    def total(self, name: str) -> int:
        """Sum of a numeric attribute over all files."""
        return sum(getattr(f, name) for f in self.files)

    def count(self, status: Status) -> int:
        """How many files ended with this status."""
        return sum(f.status == status for f in self.files)

    @property
    def exit_code(self) -> int:
        """0 when nothing went wrong; the common code when all files failed
        alike; otherwise 3 (partly done).
        """
        codes = {f.code for f in self.files}
        if codes <= {0}:
            return 0
        return codes.pop() if len(codes) == 1 else 3
