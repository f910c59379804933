"""A document on its way into a store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from assetstore.archiver.draft import Drafted
from assetstore.archiver.notes import noted
from assetstore.errors import AssetstoreError, StoreWriteError
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.formats.base import Format
from assetstore.quantities import many
from assetstore.results import FileResult, failed, not_removed
from assetstore.store.format.manifest import Manifest
from assetstore.store.unnamed import REBUILD


@dataclass(slots=True)
class Job:
    """A document on its way.

    Attributes:
        name: What the user calls it.
        document: What its manifest calls it; "": by its content.
        source: The document.
        target: Where the archived form goes.
        in_place: Whether that replaces the document.
        again: Whether manifests of its name tell of it all the same.
        own: The newest manifest of its path.
        written: Bytes of its archived form, in its own encoding.
        stored: Bytes added to the store for it.
        known: Which of its placeholders the store knew before it came.
        plain: Whether the document is as it was restored, or has grown since.
        claims: Whether a manifest is to be put even though the document stays.
        over: Whether nothing remains to be done.
        error: What ended it.
        left: A draft that could not be removed, or "".
    """

    name: str
    document: str
    source: Source
    target: Path
    in_place: bool
    again: bool = False
    own: Manifest | None = None
    format: Format | None = None
    draft: Draft | None = None
    drafted: Drafted = field(default_factory=Drafted)
    written: int = 0
    stored: int = 0
    known: dict[bytes, bool] = field(default_factory=dict)
    plain: bool = False
    claims: bool = False
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

    def begin(self) -> Draft:
        """Begin its draft."""
        self.draft = Draft(self.target, self.source.encoding)
        return self.draft

    def close(self) -> None:
        """Remove the draft, if it did not take its place."""
        if self.draft is not None:
            self.draft.close()
            self.left = self.draft.left or self.left
            self.draft = None

    @property
    def has_news(self) -> bool:
        """Tell whether an archive that changes nothing has news of the document.

        It may hold placeholders that nobody claims for it: a copy of an archived
        document, one with a pasted line, a log that quotes what it read. Of one that
        goes elsewhere (a filter's), the notes count as well.
        """
        if self.in_place or self.again:
            claimed = self.own.refs if self.own is not None else ()
            return not self.drafted.refs <= set(claimed)
        return bool(self.drafted.kept)

    def described(self) -> Manifest:
        """The manifest of its archived form."""
        drafted = self.drafted
        assert self.format is not None  # noqa: S101 for the type checker
        if drafted.changed:
            assert self.draft is not None  # noqa: S101 for the type checker
            with self.draft.reopened() as slim:
                told = noted(drafted, self.source, slim)
        else:
            told = noted(drafted, self.source, self.source)
        own = drafted.own + drafted.payloads
        return Manifest(
            document=self.document or f"stdin:{drafted.digest.hex()[:16]}",
            # It stays restored as long as nothing is taken out of it.
            state="restored" if self.plain and not own else "archived",
            profile=self.format.name,
            source_size=self.source.size,
            slim_size=drafted.size,
            slim_hash=drafted.digest,
            payloads=own if drafted.appends else own + drafted.quoted,
            refs=tuple(sorted(drafted.refs)),
            **told,
        )

    def result(self) -> FileResult:
        """Report what happened to it."""
        if self.error is not None:
            end = failed(self.name, self.error, self.source.raw.size)
            warning = (not_removed(self.left),) if self.left else ()
            return replace(end, left=self.left, warnings=warning)
        drafted = self.drafted
        warnings: list[str] = []
        if drafted.quoted:
            here = many(drafted.quoted, "placeholder")
            warnings.append(f"{here} of this store, in it before: left as text")
        if drafted.unknown:
            strange = many(drafted.unknown, "placeholder")
            warnings.append(f"{strange} that this store does not know: left as text")
        # While a pack is in no index nothing is known to be lost, and the way out is
        # another one.
        if drafted.unnamed:
            here = many(drafted.lost, "placeholder")
            warnings.append(f"{here} not found: the store's index is lost. {REBUILD}")
        elif drafted.lost:
            warnings.append(
                f"of {drafted.lost} placeholders in it, this store lost the payloads"
            )
        if drafted.purged:
            warnings.append(
                f"{drafted.purged} payloads stay in it: they were purged from the "
                "store; 'assetstore purge --lift' lets them be archived again"
            )
        if self.left:
            warnings.append(not_removed(self.left))
        return FileResult(
            path=self.name,
            status="archived" if drafted.changed else "unchanged",
            before=self.source.raw.size,
            after=self.written if drafted.changed else self.source.raw.size,
            payloads=drafted.payloads,
            new_blobs=drafted.new_blobs,
            stored=self.stored,
            quoted=drafted.quoted,
            purged=drafted.purged,
            unknown=drafted.unknown,
            left=self.left,
            stays=drafted.stays,
            warnings=tuple(warnings),
        )
