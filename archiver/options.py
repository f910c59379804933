"""How to archive: apart from what does it, which takes longer to import."""

from dataclasses import dataclass
from typing import Literal

# Payloads with shorter text cost more than they save.
MIN_SIZE = 100

ProfileName = Literal["auto", "generic", "codex", "claude-code", "notebook", "har"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOptions:
    """How to archive.

    Attributes:
        min_size: Payloads whose text is shorter (bytes) stay, and those whose
            replacement would be longer; 0: all are taken.
        min_age: Files modified more recently (seconds) are skipped.
        media: "image", or "any": audio, video, fonts and PDF too.
        profile: How to read documents.
        include: In folders, only files that match one of these globs.
        exclude: In folders, no files or folders that match one of these.
        dry_run: Change nothing.
        jobs: How many processes work at once.
        spare: Payloads that stay, by the offset of their first byte.
    """

    min_size: int = MIN_SIZE
    min_age: float | None = None
    media: Literal["image", "any"] = "image"
    profile: ProfileName = "auto"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    dry_run: bool = False
    jobs: int = 1
    spare: frozenset[int] = frozenset()
