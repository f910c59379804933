"""How to archive: apart from what does it, which takes longer to import."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

# Payloads with shorter text cost more than they save.
MIN_SIZE = 100
# Why a file is skipped that somebody may still be at work on.
TOO_YOUNG = "modified more recently than --min-age"


class Span(NamedTuple):
    """Bytes of a document that are taken, whatever they are.

    Attributes:
        start: Offset of the first one.
        end: Offset behind the last one.
        before: What stands in front of the placeholder's words in their place.
        after: What stands behind the placeholder.
        words: What they are, in words.
    """

    start: int
    end: int
    before: bytes
    after: bytes
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOptions:
    """How to archive.

    Attributes:
        min_size: Payloads whose text is shorter (bytes) stay, and those whose
            replacement would be longer; 0: all are taken.
        min_age: Files modified more recently (seconds) are skipped.
        media: "image", or "any": audio, video, fonts and PDF too.
        profile: The name of the format to read documents with, or "auto".
        include: In folders, only files that match one of these globs.
        exclude: In folders, no files or folders that match one of these.
        ignore: Whether folders are walked as their owner means them to be:
            without what ignore files name, caches, dependencies and source code.
        binary: Whether the caller knows that what is no text is broken by a
            placeholder; only where the archived form goes elsewhere.
        dry_run: Change nothing.
        jobs: How many processes work at once.
        spare: Payloads that stay, by the offset of their first byte.
        spans: What is taken beside the payloads, in order.
    """

    min_size: int = MIN_SIZE
    min_age: float | None = None
    media: Literal["image", "any"] = "image"
    profile: str = "auto"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ignore: bool = True
    binary: bool = False
    dry_run: bool = False
    jobs: int = 1
    spare: frozenset[int] = frozenset()
    spans: tuple[Span, ...] = ()


# Why a file is to be left alone, or "".
Leave = Callable[[Path, os.stat_result], str]


class Sparing(Protocol):
    """Says which payloads of each document stay where they are.

    Attributes:
        name: Text that is another one for a rule that spares others.
    """

    name: str

    def offsets(self, path: Path) -> frozenset[int]:
        """The payloads of a document that stay, by the offset of their first byte.

        Raises:
            AssetstoreError: It cannot be read.
            OSError: The same.
        """
        ...

    def settled(self, path: Path) -> bool:
        """Tell whether the same payloads stay while the document is the same."""
        ...


class Stop(Protocol):
    """Says whether to go on, before each few files."""

    def __call__(self, path: Path, size: int) -> str:
        """Say why no more files should be begun; "": they may.

        Args:
            path: The first of the next files.
            size: How many bytes they have in all.
        """
        ...
