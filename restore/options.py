"""How to restore."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOptions:
    """How to restore.

    Attributes:
        allow_missing: Leave placeholders whose blobs are lost, restore the others.
        as_archived: Leave those that were in a document before it was archived.
        owned: Put back only what is known to be a document's own.
        quoted: Put back also what is known to be text of a document (a quotation).
        include: In folders, only files that match one of these globs.
        exclude: In folders, no files or folders that match one of these.
        limit: Write no more than so many bytes of a document; 0: as many as it has.
        dry_run: Change nothing.
        jobs: How many processes work at once.
    """

    allow_missing: bool = False
    as_archived: bool = False
    owned: bool = False
    quoted: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int = 0
    dry_run: bool = False
    jobs: int = 1
