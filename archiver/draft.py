"""Write a document's archived form: its own text, and placeholders for payloads."""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from blake3 import blake3

from assetstore.archiver.fit import fit_verbatim
from assetstore.archiver.payloads import Payload, Payloads, Wanted
from assetstore.files.replace import Draft
from assetstore.files.source import Source, Window
from assetstore.formats.base import Format
from assetstore.results import Stays
from assetstore.store.blob import Kind, Ref
from assetstore.store.lineage import Ancestry
from assetstore.store.placeholder import (
    LENGTH,
    LOOKALIKE,
    format_placeholder,
    parse_placeholder,
)
from assetstore.store.rebuild import Recipes
from assetstore.store.recipe import Media, Recipe
from assetstore.store.session import Session

# Blobs that wait in memory for a commit, in the middle of a document.
_MOST_PENDING = 50_000
_GATHER = 1 << 18
# Longer text around a payload is a blob of its own, and not a recipe's.
_LONGEST_LITERAL = 1 << 15


@dataclass(slots=True)
class Drafted:
    """What became of a document.

    Attributes:
        size: Length of the archived form.
        digest: Its BLAKE3.
        payloads: Payloads taken out.
        escaped: Look-alikes of placeholders that became placeholders.
        quoted: Those of them that name something in the store.
        lost: Placeholders of its own that the store knows nothing of.
        new_blobs: Media that the store did not hold.
        stays: Payloads that stay, and why.
        refs: Every recipe and blob that the archived form needs.
        kept: Where in the archived form placeholders stand that were there
            before, in order.
    """

    size: int = 0
    digest: bytes = b""
    payloads: int = 0
    escaped: int = 0
    quoted: int = 0
    lost: int = 0
    new_blobs: int = 0
    stays: Stays = field(default_factory=Stays)
    refs: set[Ref] = field(default_factory=set)
    kept: "array[int]" = field(default_factory=lambda: array("Q"))

    @property
    def changed(self) -> bool:
        """Whether the archived form differs from the document."""
        return bool(self.payloads or self.escaped)

    def was_there(self, offset: int) -> bool:
        """Whether a placeholder at this offset was in the document already."""
        i = bisect_left(self.kept, offset)
        return i < len(self.kept) and self.kept[i] == offset


class _Splicer:
    """Copies a document but for what is replaced; begins at the first change."""

    def __init__(self, source: Source, draft: Draft):
        self._source = source
        self._draft = draft
        self._hash = blake3()
        self._held = bytearray()
        self.copied = 0  # offset in the source up to which all is written
        self.size = 0  # of what was written

    def slid(self, window: Window, offset: int) -> None:
        """The window is about to leave what stands in front of an offset."""
        if self.size:
            self.copy(window, offset)

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
        """Where the source's byte at an offset behind `copied` is going to be."""
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
    """

    def __init__(
        self,
        source: Source,
        session: Session,
        draft: Draft,
        *,
        format: Format,
        undecided: bool,
        json: bool,
        wanted: Wanted,
        ancestry: Callable[[], Ancestry],
        progress: Callable[[int], None] = lambda done: None,
    ):
        self._source = source
        self._session = session
        self._find_ancestry = ancestry
        self._ancestry: Ancestry | None = None
        self._recipes = Recipes(session)
        self._splicer = _Splicer(source, draft)
        self._progress = progress
        self._told = 0
        self._payloads = Payloads(
            source,
            session,
            format=format,
            undecided=undecided,
            json=json,
            wanted=wanted,
            on_slide=self._slid,
        )
        self._scanner = self._payloads.scanner
        self._floor = 0  # nothing in front of it is a placeholder's frame
        self.result = Drafted()

    @property
    def format(self) -> Format:
        """How the document is read."""
        return self._payloads.format

    def run(self) -> Drafted:
        """Go through the document.

        Raises:
            StoreWriteError: The store cannot be written.
            SourceChanged: The document became shorter meanwhile.
            OSError: The document cannot be read or the draft not written.
        """
        splicer, result = self._splicer, self.result
        for found in self._payloads:
            if isinstance(found, Payload):
                self._put(found)
                if self._session.pending > _MOST_PENDING:
                    self._session.commit()
            else:
                end = self._marked(found)
                self._payloads.resume(end, self._floor)
        result.stays = self._payloads.stays
        if result.changed:
            result.digest = splicer.finish(self._scanner.window)
            result.size = splicer.size
        else:
            result.size = self._source.size
        self._progress(self._source.size - self._told)
        return result

    def _slid(self, offset: int) -> None:
        self._splicer.slid(self._scanner.window, offset)
        if offset > self._told:
            self._progress(offset - self._told)
            self._told = offset

    def _put(self, payload: Payload) -> None:
        """Put a placeholder in a payload's place."""
        start, end, fitted = payload.goes_from, payload.goes_to, payload.taken.fitted
        lead, trail = self._kept(start, payload.body), self._kept(payload.end, end)
        media = () if fitted is None else (fitted.media,)
        before, after = payload.before, payload.after
        recipe = Recipe(was=(*lead, *media, *trail), before=before, after=after)
        text = before + format_placeholder(recipe.id) + after
        self._replace(recipe, start, text, end)
        self.result.refs.update((Kind.MEDIA, blob) for blob in recipe.blobs)
        self.result.payloads += 1
        if fitted is not None:
            self.result.new_blobs += fitted.new

    def _kept(self, start: int, end: int) -> tuple[bytes | Media, ...]:
        """What stands around a payload and goes with it, for the recipe."""
        if start >= end:
            return ()
        if end - start <= _LONGEST_LITERAL:
            return (self._scanner.peek(start, end - start),)
        return (fit_verbatim(self._session, self._source, start, end).media,)

    def _replace(self, recipe: Recipe, start: int, text: bytes, end: int) -> None:
        self._session.put(Kind.RECIPE, recipe.raw)
        self.result.refs.add((Kind.RECIPE, recipe.id))
        self._splicer.splice(self._scanner.window, start, text, end)
        self._floor = end

    def _marked(self, start: int) -> int:
        """Keep the document's own placeholder, or escape what looks like one."""
        scanner, result = self._scanner, self.result
        if self._ancestry is None:
            self._ancestry = self._find_ancestry()
        text = scanner.peek(start, LENGTH)
        prefix = parse_placeholder(text) if len(text) == LENGTH else None
        recipe = None if prefix is None else self._recipes.get(prefix)
        if prefix is not None and start + LENGTH <= self._ancestry.prefix:
            if recipe is None:
                result.lost += 1
            return self._keep(start, recipe)
        if recipe is not None:
            # Named by text or for good: the document needs it to be readable.
            self._refer(recipe)
            if (
                not self._ancestry.prefix
                and self._ancestry.owns(recipe.id)
                and self._framed(recipe, start)
            ):
                return self._keep(start, recipe)
            result.quoted += 1
        match = LOOKALIKE.match(text)
        assert match is not None  # the scanner found it  # noqa: S101 for the type checker
        literal = Recipe(was=(match[0],))
        placeholder = format_placeholder(literal.id)
        self._replace(literal, start, placeholder, start + len(match[0]))
        result.escaped += 1
        return start + len(match[0])

    def _keep(self, start: int, recipe: Recipe | None) -> int:
        self.result.kept.append(self._splicer.place(start))
        end = start + LENGTH
        if recipe is not None:
            self._refer(recipe)
            end += len(recipe.after)
        self._floor = end
        return end

    def _refer(self, recipe: Recipe) -> None:
        self.result.refs.add((Kind.RECIPE, recipe.id))
        self.result.refs.update((Kind.MEDIA, blob) for blob in recipe.blobs)

    def _framed(self, recipe: Recipe, start: int) -> bool:
        peek, begin = self._scanner.peek, start - len(recipe.before)
        return (
            begin >= self._floor
            and peek(begin, len(recipe.before)) == recipe.before
            and peek(start + LENGTH, len(recipe.after)) == recipe.after
        )
