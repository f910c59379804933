"""Write a document's archived form: its own text, and placeholders for payloads."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from blake3 import blake3

from assetstore.archiver.payload import Payload, Wanted, recipe_of
from assetstore.archiver.payloads import Payloads
from assetstore.documents.frame import find_frame
from assetstore.documents.ownership import Ancestry, Judge
from assetstore.documents.recipes import Recipes, Vault
from assetstore.errors import SourceRefused
from assetstore.files.source import Source, Window
from assetstore.files.text import encoder_for
from assetstore.formats.base import Format
from assetstore.results import Stays, Why
from assetstore.store.format.blob import BlobId, Kind, Ref
from assetstore.store.format.notes import MOST_NOTES, Verdict
from assetstore.store.format.placeholder import (
    LENGTH,
    MARK,
    PATTERN,
    PREFIX_BYTES,
    format_placeholder,
    parse_placeholder,
)
from assetstore.store.format.recipe import Recipe
from assetstore.store.sink import Sink
from assetstore.store.store import Store

# Blobs that wait in memory for a commit, in the middle of a document.
_MOST_PENDING = 50_000
_GATHER = 1 << 18
_OVERLAPPING = re.compile(rb"(?=(%b))" % PATTERN.pattern)


class DraftOutput(Protocol):
    """Where the archived form goes: a draft, or nowhere.

    Attributes:
        size: How many bytes that is, in the document's encoding.
    """

    size: int

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Append a piece."""


class Nowhere:
    """Takes an archived form that nobody reads, to be written as for `Draft`."""

    def __init__(self, encoding: str = ""):
        self._encoder = encoder_for(encoding, "")
        self.size = 0

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Let a piece go."""
        self.size += len(self._encoder.encode(piece) if self._encoder else piece)


class DraftSession(Vault, Sink, Protocol):
    """Where a document's blobs go: a session of a store, or a dry run."""

    @property
    def store(self) -> Store:
        """The store."""

    @property
    def pending(self) -> int:
        """The number of blobs that wait for `commit`."""

    def has(self, id: BlobId) -> bool:
        """Tell whether a blob is here or in the store."""

    def refuses(self, id: BlobId) -> bool:
        """Tell whether a blob was purged: it is not to be written."""

    def commit(self) -> None:
        """Publish what was put."""


@dataclass(slots=True)
class Drafted:
    """What became of a document.

    Attributes:
        size: Length of the archived form.
        digest: Its BLAKE3.
        payloads: Payloads taken out.
        first: Where the first of them began.
        own: Placeholders that earlier archives of the document put there.
        quoted: Other placeholders that name something in the store.
        unknown: Placeholders that name nothing in the store.
        lost: Those of the document's own whose bytes the store lost.
        unnamed: Whether one of them is in a pack that no index names.
        purged: Payloads that stay, since they were purged from the store.
        new_blobs: Media that the store did not hold.
        stays: Payloads that stay, and why.
        refs: Every recipe and blob that the archived form names.
        gone: Those of them that the store lost.
        kept: Where in the archived form placeholders stand that were there
            before, in order.
        noted: Those of them that no archive put there; twice the offset, and one more
            where the store knows what it names.
        appends: Whether it is a log, to which is only appended.
    """

    size: int = 0
    digest: bytes = b""
    payloads: int = 0
    first: int = 0
    own: int = 0
    quoted: int = 0
    unknown: int = 0
    lost: int = 0
    unnamed: bool = False
    purged: int = 0
    new_blobs: int = 0
    stays: Stays = field(default_factory=Stays)
    refs: set[Ref] = field(default_factory=set)
    gone: set[Ref] = field(default_factory=set)
    kept: "array[int]" = field(default_factory=lambda: array("Q"))
    noted: "array[int]" = field(default_factory=lambda: array("Q"))
    appends: bool = False

    @property
    def changed(self) -> bool:
        """Tell whether the archived form differs from the document."""
        return bool(self.payloads)

    def judge(self, offset: int, prefix: bytes) -> Verdict:
        """Tell whether a placeholder at this offset was in the document already."""
        i = bisect_left(self.kept, offset)
        there = i < len(self.kept) and self.kept[i] == offset
        return Verdict.TEXT if there else Verdict.OWN


class _Splicer:
    """Copies a document but for what is replaced; begins at the first change."""

    def __init__(self, source: Source, draft: DraftOutput):
        self._source = source
        self._draft = draft
        self._hash = blake3()
        self._held = bytearray()
        self.copied = 0  # offset in the source up to which all is written
        self.size = 0  # of what was written

    def copy(self, window: Window, end: int) -> None:
        """Write the document's own bytes up to an offset."""
        if self.copied < window.base or end > window.end:
            for piece in self._source.pieces(self.copied, end):
                self._write(piece)
        elif self.copied < end:
            base = window.base
            self._write(window.view[self.copied - base : end - base])
        self.copied = max(self.copied, end)

    def splice(self, window: Window, start: int, text: bytes, end: int) -> None:
        """Write ``text`` for what stands between two offsets."""
        self.copy(window, start)
        self._write(text)
        self.copied = end

    def finish(self, window: Window) -> bytes:
        """Write the rest; the BLAKE3 of everything."""
        self.copy(window, self._source.size)
        self._flush()
        return self._hash.digest()

    def place(self, offset: int) -> int:
        """Return where the source's byte at an offset behind `copied` will be."""
        return self.size + offset - self.copied

    def _write(self, piece: bytes | memoryview) -> None:
        self._held += piece
        self.size += len(piece)
        if len(self._held) >= _GATHER:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            self._hash.update(self._held)
            self._draft.write(self._held)
            self._held = bytearray()


class Drafter:
    """Drafts one document.

    Args:
        source: The document.
        session: Where blobs and recipes go.
        draft: Where the archived form goes.
        format: How to read it.
        undecided: Whether a record further down may tell another format.
        json: Whether it begins as JSON does.
        wanted: Which payloads to take.
        ancestry: Finds out what is known of the document; asked only where
            something looks like a placeholder.
        progress: Called with numbers of bytes that are done.
        known: Of what placeholders name: whether the store knew it before this
            document came; for an attempt that follows on another one.

    Attributes:
        payloads: What goes through the document.
        result: What became of it.
    """

    def __init__(
        self,
        source: Source,
        session: DraftSession,
        draft: DraftOutput,
        *,
        format: Format,
        undecided: bool,
        json: bool,
        wanted: Wanted,
        ancestry: Callable[[], Ancestry],
        progress: Callable[[int], None] = lambda done: None,
        known: dict[bytes, bool] | None = None,
    ):
        self._source = source
        self._session = session
        self._find_ancestry = ancestry
        self._ancestry: Ancestry | None = None
        self._judge: Judge | None = None
        self._known = {} if known is None else known
        self._recipes = Recipes(session)
        self._splicer = _Splicer(source, draft)
        self._progress = progress
        self._told = 0
        self.payloads = Payloads(
            source,
            session,
            format=format,
            undecided=undecided,
            json=json,
            wanted=wanted,
            on_slide=self._slid,
        )
        self._scanner = self.payloads.scanner
        self._floor = 0  # nothing in front of it is a placeholder's frame
        self.result = Drafted(appends=format.appends)

    def run(self) -> Drafted:
        """Go through the document.

        Raises:
            StoreWriteError: The store cannot be written.
            SourceChanged: The document became shorter meanwhile.
            OSError: The document cannot be read or the draft not written.
        """
        splicer, result = self._splicer, self.result
        for found in self.payloads:
            if isinstance(found, Payload):
                self._put(found)
                if self._session.pending > _MOST_PENDING:
                    self._session.commit()
            else:
                end = self._marked(found)
                self.payloads.resume(end, self._floor)
        result.stays = self.payloads.stays
        result.appends |= self.payloads.format.appends
        if result.changed:
            result.digest = splicer.finish(self._scanner.window)
            result.size = splicer.size
        else:
            result.size = self._source.size
        self._progress(self._source.size - self._told)
        return result

    def _slid(self, offset: int) -> None:
        """Keep what stands in front of an offset: the window is about to leave it."""
        if self._splicer.size:
            self._splicer.copy(self._scanner.window, offset)
        if offset > self._told:
            self._progress(offset - self._told)
            self._told = offset

    def _put(self, payload: Payload) -> None:
        """Put a placeholder in a payload's place."""
        start, end, fitted = payload.goes_from, payload.goes_to, payload.taken.fitted
        recipe = recipe_of(payload, self._source, self._scanner.peek, self._session)
        text = recipe.before + format_placeholder(recipe.id) + recipe.after
        refused = fitted is not None and self._session.refuses(fitted.media.blob)
        if refused or self._session.refuses(recipe.id):
            self.payloads.leave(payload, Why.PURGED)
            self.result.purged += 1
            return
        if self._misread(start, text):
            self.payloads.leave(payload, Why.NOT_UNDERSTOOD)
            return
        self._replace(recipe, start, text, end)
        if not self.result.payloads:
            self.result.first = start
        self.result.payloads += 1
        if fitted is not None:
            self.result.new_blobs += fitted.new

    def _replace(self, recipe: Recipe, start: int, text: bytes, end: int) -> None:
        _, new = self._session.put(Kind.RECIPE, recipe.raw)
        self.result.refs.update(recipe.refs)
        self._known.setdefault(recipe.id[:PREFIX_BYTES], not new)
        self._splicer.splice(self._scanner.window, start, text, end)
        self._floor = end

    def _marked(self, start: int) -> int:
        """Take note of what looks like a placeholder; it stays as it is."""
        scanner, result = self._scanner, self.result
        text = scanner.peek(start, LENGTH)
        prefix = parse_placeholder(text) if len(text) == LENGTH else None
        if prefix is None:
            return start + len(MARK)
        if self._ancestry is None:  # it takes manifests: only now that it is asked
            self._ancestry = self._find_ancestry()
            result.appends |= self._ancestry.appends or self.payloads.format.appends
            self._judge = Judge(self._ancestry, self._source, strict=result.appends)
        assert self._judge is not None  # noqa: S101 for the type checker
        verdict = self._judge(start, prefix)
        recipe = self._recipes.get(prefix)
        frame = None
        if recipe is not None:
            self._refer(recipe)
            frame = find_frame(recipe, scanner.peek, start, self._floor)
        place = self._splicer.place(start)
        result.kept.append(place)
        # A guess counts where what the recipe put around it still stands there.
        if verdict is Verdict.OWN or (verdict is Verdict.LIKELY and frame):
            result.own += 1
            result.lost += recipe is None
            if recipe is None and not result.unnamed:
                result.unnamed = self._session.unnamed(Kind.RECIPE, prefix)
        else:
            if prefix not in self._known:
                found = self._session.store.find_recipe(prefix)
                self._known[prefix] = found is not None
            self._noted(place, known=self._known[prefix])
        self._floor = max(self._floor, start + LENGTH)
        if frame is not None and verdict.claimed:
            self._floor = max(self._floor, frame[1])
        return start + len(MARK)

    def _noted(self, place: int, *, known: bool) -> None:
        if len(self.result.noted) == MOST_NOTES:
            raise SourceRefused(
                f"{self._source.name} holds more than {MOST_NOTES:,} placeholders that "
                "are not its own",
                hint="It was left alone.",
                path=self._source.name,
            )
        self.result.noted.append(2 * place + known)
        if known:
            self.result.quoted += 1
        else:
            self.result.unknown += 1

    def _refer(self, recipe: Recipe) -> None:
        """Claim what a placeholder names, as long as the document holds it."""
        lost = [ref for ref in recipe.refs if not self._claim(ref)]
        self.result.lost += bool(lost)

    def _claim(self, ref: Ref) -> bool:
        """Claim a blob that is there; False if the store lost it.

        One that a collection is about to remove is written anew.
        """
        result, session = self.result, self._session
        if ref not in result.refs:
            result.refs.add(ref)
            kind, id = ref
            if not session.has(id):
                # Few need it, and it takes long to import.
                from assetstore.store.gc.remove import copy_blob

                pieces = session.store.stream(kind, id)
                if not copy_blob(session, kind, pieces):
                    result.gone.add(ref)
        return ref not in result.gone

    def _misread(self, start: int, text: bytes) -> bool:
        """Tell whether text in front of a replacement would be a placeholder with it.

        Up to 26 characters of one may stand there, and take the others from its mark.
        """
        front = max(0, start - LENGTH + 1)
        whole = self._scanner.peek(front, start - front) + text[: LENGTH - 1]
        return any(
            match.start() < start - front < match.end(1)
            and parse_placeholder(match[1]) is not None
            for match in _OVERLAPPING.finditer(whole)
        )
