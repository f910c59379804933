"""Write a document's archived form: its own text, and placeholders for payloads."""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from blake3 import blake3

from assetstore.archiver import grammar
from assetstore.archiver.body import Taken, Taker
from assetstore.archiver.dry import Discard
from assetstore.archiver.fit import fit_verbatim
from assetstore.archiver.lines import LineCounter
from assetstore.archiver.scanner import Form, Hit, Scanner
from assetstore.files.replace import Draft
from assetstore.files.source import Source, Window
from assetstore.formats import registry
from assetstore.formats.base import Candidate, Format, Swap, Treatment
from assetstore.formats.base import Kind as Written
from assetstore.formats.places import Place, Places
from assetstore.results import Stay, Stays, Why
from assetstore.store.blob import BlobId, Kind, Ref
from assetstore.store.lineage import Ancestry
from assetstore.store.media import describe
from assetstore.store.placeholder import (
    LENGTH,
    LOOKALIKE,
    MARK,
    format_placeholder,
    parse_placeholder,
)
from assetstore.store.rebuild import Recipes
from assetstore.store.recipe import Media, Recipe
from assetstore.store.session import Session

# Blobs that wait in memory for a commit, in the middle of a document.
_MOST_PENDING = 50_000
_NOTES = 4096
_GATHER = 1 << 18
# So many of a payload's first bytes a format gets to see.
_BEGIN = 64
# So much base64 text without an end that is understood is told.
_CUT = 100
# Words on a payload are shorter, and text around it that a recipe holds itself.
_MOST_WORDS = 80
_WORDS = b" archived "
_LONGEST_LITERAL = 1 << 15

Watch = Callable[[Hit, Taken, Treatment], None]
_WRITTEN = {
    Form.URI_BASE64: Written.URI_BASE64,
    Form.URI_TEXT: Written.URI_TEXT,
    Form.BARE: Written.BARE,
    Form.MEMBER: Written.MEMBER,
}


@dataclass(slots=True)
class Objection:
    """Why a payload stays, and where it ends."""

    why: Why | None = None
    end: int = 0


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
        self.hold = 1 << 62  # nothing from here on is copied yet

    def slid(self, window: Window, offset: int) -> None:
        """The window is about to leave what stands in front of an offset."""
        if self.size:
            self.copy(window, min(offset, self.hold))

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
        media: "image" or "any".
        min_size: Payloads with shorter text stay, as do those whose
            replacement would be longer; 0: all are taken.
        json: Whether it begins as JSON does.
        ancestry: Finds out what is known of the document; asked only where
            something looks like a placeholder.
        progress: Called with numbers of bytes that are done.
        spare: Offsets of payloads that stay.
        watch: Told of each payload that is taken, with what becomes of it.
    """

    def __init__(
        self,
        source: Source,
        session: Session,
        draft: Draft,
        *,
        format: Format,
        undecided: bool = False,
        media: str,
        min_size: int,
        json: bool,
        ancestry: Callable[[], Ancestry],
        progress: Callable[[int], None] = lambda done: None,
        spare: frozenset[int] = frozenset(),
        watch: Watch = lambda hit, taken, treatment: None,
    ):
        self._spare = spare
        self._watch = watch
        self._session = session
        self.format = format
        self._undecided = undecided
        self._media = media
        self._min = min_size
        self._find_ancestry = ancestry
        self._ancestry: Ancestry | None = None
        self._recipes = Recipes(session)
        self._notes: dict[BlobId, str] = {}
        self._splicer = _Splicer(source, draft)
        self._progress = progress
        self._told = 0
        json = json or format.lines
        self._scanner = Scanner(
            source,
            media=media,
            json=json,
            typed=format.typed,
            members=format.members,
            on_slide=self._slid,
        )
        self._taker = Taker(session, self._scanner, media, min_size)
        # For what may stay: nothing of it is written.
        self._weigher = Taker(Discard(), self._scanner, media, 0)
        self._places = Places(self._scanner.peek, lines=format.lines)
        self._line = LineCounter(source)
        self._floor = 0  # nothing in front of it may be taken along
        self._source = source
        self.result = Drafted()

    def run(self) -> Drafted:
        """Go through the document.

        Raises:
            StoreWriteError: The store cannot be written.
            SourceChanged: The document became shorter meanwhile.
            OSError: The document cannot be read or the draft not written.
        """
        scanner, splicer, result = self._scanner, self._splicer, self.result
        while (hit := scanner.next()) is not None:
            if hit.form is Form.MARKED:
                end = self._marked(hit.start)
            else:
                end = self._payload(hit)
                if self._session.pending > _MOST_PENDING:
                    self._session.commit()
            splicer.hold = 1 << 62
            scanner.resume(end)
        if result.changed:
            result.digest = splicer.finish(scanner.window)
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

    def _payload(self, hit: Hit) -> int:
        """Replace a payload; where to go on."""
        if self._undecided:
            self._decide()
        place = None
        if hit.closer == b'"':
            place = self._places.at(hit.start, hit.escapes)
        found = Candidate(
            kind=_WRITTEN[hit.form],
            start=hit.start,
            mime=hit.mime,
            begin=self._begin(hit),
            place=place,
        )
        treatment = self.format.treat(found)
        if treatment is None or (hit.foreign and not treatment.any_data):
            return hit.start + 1
        why = treatment.why
        if hit.start in self._spare:
            why = Why.SPARED
        if why is not None:
            return self._left(hit, place, why)
        if self._is_small(hit, treatment):
            return self._left(hit, place, Why.SMALL)
        return self._swap(hit, place, treatment)

    def _decide(self) -> None:
        """Read on as what a record, however far down, says that this is."""
        self._undecided = False
        told = registry.told(self._source)
        if told is not None:
            self.format = told

    def _begin(self, hit: Hit) -> bytes:
        text = self._scanner.peek(hit.body, _BEGIN)
        return text.partition(hit.closer)[0].rstrip(b"\\") if hit.closer else text

    def _is_small(self, hit: Hit, treatment: Treatment) -> bool:
        """Whether a payload is shorter than those that are taken."""
        if not self._min or treatment.any_size:
            return False
        text = self._scanner.peek(hit.body, 4 * self._min)
        if hit.form is Form.URI_TEXT:
            stop = grammar.TEXT_STOP.search(text, 0, self._min)
            if stop is None:
                return False
        else:
            run = grammar.RUN.match(grammar.BREAK.sub(b"", text))
            if run is not None and run.end() >= self._min:
                return False
        taken = self._weigher.take(hit)
        return taken is not None and taken.end - hit.body < self._min

    def _left(self, hit: Hit, place: Place | None, why: Why) -> int:
        """Take note of a payload that stays; where to go on."""
        taken = None
        if place is None or not (hit.foreign or hit.form is Form.MEMBER):
            taken = self._weigher.take(hit)
        if taken is None:
            if place is None or why is Why.SMALL:
                return hit.start + 1  # it is none
            end, type = place.closing, hit.mime
            if end < 0:
                return hit.start + 1
        else:
            end, type = taken.end, taken.mime
        self._stays(hit, end, type, why)
        return end

    def _stays(self, hit: Hit, end: int, type: str, why: Why) -> None:
        line = self._line.of(hit.start)
        self.result.stays.add(Stay(hit.start, line, end - hit.start, type, why))

    def _swap(self, hit: Hit, place: Place | None, treatment: Treatment) -> int:
        """Take a payload, and what goes with it; where to go on."""
        swap, objection = treatment.swap, Objection()
        self._splicer.hold = hit.start if swap is None else swap.start

        def approve(end: int, closed: bool) -> bool:
            if place is not None and closed:
                place.closes(end)
            objection.end = end
            objection.why = self._objection(hit, place, treatment, end)
            return objection.why is None

        taken = None
        if not hit.foreign and hit.form is not Form.MEMBER:
            taken = self._taker.take(hit, approve)
        if taken is None and place is not None and treatment.any_data:
            end = place.closing
            if end >= 0 and approve(end, False):
                taken = self._taker.take_whole(hit, end)
        if taken is None:
            if objection.why is None:
                return self._unfinished(hit)
            self._stays(hit, objection.end, hit.mime, objection.why)
            return objection.end
        return self._spliced(hit, taken, treatment)

    def _unfinished(self, hit: Hit) -> int:
        """Take note of a data URI that is cut, or goes on in some other way."""
        if hit.form is Form.URI_BASE64 and not hit.foreign:
            text = self._scanner.peek(hit.body, _CUT)
            run = grammar.PLAIN_RUN.match(text)
            if run is not None and run.end() == _CUT:
                self._stays(hit, hit.body + _CUT, hit.mime, Why.NOT_UNDERSTOOD)
        return hit.start + 1

    def _spliced(self, hit: Hit, taken: Taken, treatment: Treatment) -> int:
        """Put a placeholder in the place of what was taken; where to go on."""
        swap = treatment.swap
        start, end, before, after = hit.start, taken.end, b"", b""
        if swap is not None:
            start, end, before, after = swap.start, swap.end, swap.before, swap.after
            if swap.worded:
                before += self._note(taken).encode("ascii") + _WORDS
        lead, trail = self._kept(start, hit.body), self._kept(taken.end, end)
        media = () if taken.fitted is None else (taken.fitted.media,)
        recipe = Recipe(was=(*lead, *media, *trail), before=before, after=after)
        self._watch(hit, taken, treatment)
        text = before + format_placeholder(recipe.id) + after
        self._replace(recipe, start, text, end)
        self.result.refs.update((Kind.MEDIA, blob) for blob in recipe.blobs)
        self.result.payloads += 1
        if taken.fitted is not None:
            self.result.new_blobs += taken.fitted.new
        return end

    def _objection(
        self, hit: Hit, place: Place | None, treatment: Treatment, end: int
    ) -> Why | None:
        """Why a payload that ends at an offset should stay; None: it goes."""
        swap = treatment.swap
        if swap is not None and place is not None:
            torn = end != place.closing or swap.end < 0
            if torn or swap.start < self._floor:
                return Why.NOT_UNDERSTOOD
            if self._holds_mark(swap, hit.start, end):
                return Why.NOT_UNDERSTOOD
        if not self._min or treatment.any_size:
            return None
        stands = LENGTH
        goes = end - hit.start
        if swap is not None:
            stands += len(swap.before) + len(swap.after)
            goes = swap.end - swap.start
            if swap.worded and goes <= stands + _MOST_WORDS:
                taken = self._weigher.take(hit)  # so little that it is no matter
                note = self._note(taken) if taken is not None else ""
                stands += len(note) + len(_WORDS)
        return Why.NO_GAIN if goes <= stands else None

    def _holds_mark(self, swap: Swap, start: int, end: int) -> bool:
        """Whether a placeholder would go with what stands around a payload."""
        around = ((swap.start, start), (end, swap.end))
        return any(
            MARK in piece
            for first, last in around
            for piece in self._source.pieces(first, last)
        )

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

    def _note(self, taken: Taken) -> str:
        if taken.fitted is None:
            return "image empty"
        blob = taken.fitted.media.blob
        note = self._notes.get(blob)
        if note is None:
            if len(self._notes) >= _NOTES:
                self._notes.clear()
            note = describe(taken.fitted.head, taken.mime)
            self._notes[blob] = note
        return note

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
