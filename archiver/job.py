"""A document on its way into a store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from assetstore.archiver.draft import Drafted
from assetstore.errors import AssetstoreError, StoreWriteError
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.formats.base import Format
from assetstore.results import FileResult, failed, not_removed
from assetstore.store.manifest import Manifest


@dataclass(slots=True)
class Job:
    """A document on its way.

    Attributes:
        name: What the user calls it.
        document: What its manifest calls it; "": by its content.
        source: The document.
        target: Where the archived form goes.
        in_place: Whether that replaces the document.
        own: The newest manifest of its path.
        stored: Bytes added to the store for it.
        over: Whether nothing remains to be done.
        error: What ended it.
        left: A draft that could not be removed, or "".
    """

    name: str
    document: str
    source: Source
    target: Path
    in_place: bool
    own: Manifest | None = None
    format: Format | None = None
    draft: Draft | None = None
    drafted: Drafted = field(default_factory=Drafted)
    stored: int = 0
    over: bool = False
    error: AssetstoreError | OSError | None = None
    left: str = ""

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Keep an error as the job's end; one of the store's ends all jobs."""
        try:
            yield
        except StoreWriteError:
            raise
        except (AssetstoreError, OSError) as e:
            self.fail(e)

    def fail(self, error: AssetstoreError | OSError) -> None:
        """End with an error."""
        self.error, self.over = error, True
        self.close()

    def close(self) -> None:
        """Remove the draft, if it did not take its place."""
        if self.draft is not None:
            self.draft.close()
            self.left = self.draft.left or self.left
            self.draft = None

    def described(self) -> Manifest:
        """The manifest of its archived form."""
        drafted = self.drafted
        assert self.format is not None  # noqa: S101 for the type checker
        return Manifest(
            document=self.document or f"stdin:{drafted.digest.hex()[:16]}",
            profile=self.format.name,
            source_size=self.source.size,
            slim_size=drafted.size,
            slim_hash=drafted.digest,
            payloads=drafted.payloads + drafted.escaped + len(drafted.kept),
            refs=tuple(sorted(drafted.refs)),
        )

    def result(self) -> FileResult:
        """What happened to it."""
        if self.error is not None:
            end = failed(self.name, self.error, self.source.size)
            warning = (not_removed(self.left),) if self.left else ()
            return replace(end, left=self.left, warnings=warning)
        drafted = self.drafted
        warnings: list[str] = []
        if drafted.quoted:
            warnings.append(
                f"{drafted.quoted} placeholders of this store stand in it as text; "
                "a restore brings that text back"
            )
        if drafted.lost:
            warnings.append(
                f"{drafted.lost} placeholders of its own are unknown to this store"
            )
        if self.left:
            warnings.append(not_removed(self.left))
        return FileResult(
            path=self.name,
            status="archived" if drafted.changed else "unchanged",
            before=self.source.size,
            after=drafted.size,
            payloads=drafted.payloads,
            new_blobs=drafted.new_blobs,
            stored=self.stored,
            quoted=drafted.quoted,
            left=self.left,
            stays=drafted.stays,
            warnings=tuple(warnings),
        )
