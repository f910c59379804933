"""The payloads of a document, in their order: what every reader of documents sees.

Archiving takes what this yields, doctor adds it up, a lost blob is looked for in it.
Nothing is stored of what stays.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePath

from assetstore.archiver.dry_run import Discard
from assetstore.archiver.payload import (
    ARCHIVED,
    Objection,
    Payload,
    Wanted,
    Words,
    span_payload,
)
from assetstore.archiver.scan import grammar
from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.scan.openers import is_refused_elsewhere, is_unannounced
from assetstore.archiver.scan.scanner import Scanner
from assetstore.archiver.take.taker import Taker
from assetstore.documents.placeholders import first_mark
from assetstore.files.source import RandomAccess
from assetstore.formats import registry
from assetstore.formats.base import Candidate, Format, Spelling, Treatment
from assetstore.formats.json_places import Place
from assetstore.formats.json_walk import Places
from assetstore.formats.text import is_json
from assetstore.results import Stay, Stays, Why
from assetstore.store.format.notes import Lines
from assetstore.store.format.placeholder import LENGTH, MARK
from assetstore.store.sink import Sink

# So many of a payload's first bytes a format gets to see.
_BEGIN = 64
# So much base64 text without an end that is understood is told.
_CUT = 100
# Words on a payload are shorter.
_MOST_WORDS = 80
_FROM_HERE = -1
# So much of one JSON value is held back, for what goes with a payload behind it.
_HELD_BACK = 4 << 20
# What stands for data in a part of an API, and is none.
_ADDRESS = re.compile(
    rb"(?!data:)[a-z][a-z0-9+.-]{1,20}:/|(?:sediment|file|blob|cid):", re.I
)
_LETTERS = re.compile(rb"(?:[A-Za-z0-9+/=_-]|\\+[/nrt]|\\+u00[0-9a-fA-F]{2})*\\*")
_WRITTEN = {
    Form.URI_BASE64: Spelling.URI_BASE64,
    Form.URI_TEXT: Spelling.URI_TEXT,
    Form.BARE: Spelling.BARE,
    Form.MEMBER: Spelling.MEMBER,
    Form.HEX: Spelling.BARE,
}


def payloads_of(source: RandomAccess, path: PurePath, wanted: Wanted) -> "Payloads":
    """The payloads of a document, for a reader who stores nothing.

    Args:
        source: The document, or the text of a compressed one.
        path: Where it is.
        wanted: Which payloads it would take.
    """
    head = source.read(0, registry.HEAD)
    format = registry.choose("auto", path, head)
    return Payloads(
        source,
        None,
        format=format,
        undecided=registry.is_undecided(format),
        json=is_json(head),
        wanted=wanted,
    )


class Payloads:
    """Goes through a document.

    Args:
        source: The document.
        sink: Where the payloads' bytes go; None: nowhere.
        format: How to read it.
        undecided: Whether a record further down may tell another format.
        json: Whether it begins as JSON does.
        wanted: Which payloads to take.
        on_slide: Called before what stands in front of an offset is left, with the
            offset up to which nothing will be changed any more.

    Attributes:
        format: How it is read now.
        stays: The payloads that stay, and why.
        scanner: What walks through it.
    """

    def __init__(
        self,
        source: RandomAccess,
        sink: Sink | None,
        *,
        format: Format,
        undecided: bool,
        json: bool,
        wanted: Wanted,
        on_slide: Callable[[int], None] = lambda offset: None,
    ):
        self.format = format
        self.stays = Stays()
        self._undecided = undecided
        self._source = source
        self._wanted = wanted
        self._min = wanted.min_size
        self._on_slide = on_slide
        self.scanner = Scanner(
            source,
            media=wanted.media,
            json=json or format.lines,
            typed=format.typed,
            members=format.members,
            on_slide=self._slid,
        )
        nowhere = Discard()
        self._sink = sink or nowhere
        self._taker = Taker(self._sink, self.scanner, wanted.media, self._min)
        # For what may stay: nothing of it is written.
        self._weigher = Taker(nowhere, self.scanner, wanted.media, 0)
        self._places = Places(self.scanner.peek, lines=format.lines)
        self._lines = Lines(source)
        self._words = Words()
        self._floor = 0  # nothing in front of it may be taken along
        self._next = 0
        self._spans = list(wanted.spans)  # that are still to come
        # Nothing from here on is left for good, and nothing at all from there on.
        self._hold = self._stop = self._next_stop()
        self._record = 0  # where the record begins that the window was in
        self._passed = 0  # all in front of it is left for good
        self._begun = False  # whether anything was taken
        self._joined = -1  # the array whose payloads were moved last
        self._json = json or format.lines

    def __iter__(self) -> Iterator[Payload | int]:
        """Payloads that are taken, and offsets where what may be a placeholder begins.

        Behind such an offset it goes on at its end, or where `resume` says.

        Raises:
            StoreWriteError: The store cannot be written.
            SourceChanged: The document became shorter meanwhile.
            OSError: The document cannot be read.
        """
        scanner = self.scanner
        while (hit := scanner.next()) is not None:
            if hit.start >= self._stop:
                yield from self._spans_to(hit.start)
                if hit.start < self._floor:
                    scanner.resume(self._floor)
                    continue
            if hit.form is Form.MARKED:
                self.resume(hit.start + len(MARK))
                yield hit.start
            else:
                payload = self._payload(hit)
                if payload is not None:
                    yield payload
            self._hold = self._stop
            if self._next != _FROM_HERE:
                scanner.resume(self._next)
        yield from self._spans_to(self._source.size)

    def _spans_to(self, offset: int) -> Iterator[Payload]:
        """Yield what is taken whatever it is, and begins up to an offset."""
        while self._spans and self._stop <= offset:
            payload = span_payload(self._sink, self._source, self._spans.pop(0))
            self.resume(payload.end, payload.end)
            self._begun = True
            yield payload
            self._hold = self._stop = self._next_stop()

    def _next_stop(self) -> int:
        return self._spans[0].start if self._spans else self._source.size

    def resume(self, offset: int, floor: int = 0) -> None:
        """Go on at an offset; what stands in front of ``floor`` is not taken along."""
        self._next = offset
        self._floor = max(self._floor, floor)

    def leave(self, payload: Payload, why: Why) -> None:
        """Take note that a payload stays after all."""
        self._tell(payload.start, payload.end, payload.taken.mime, why)
        if payload.treatment.swap is not None:
            self._joined = -1

    def _slid(self, offset: int) -> None:
        safe = min(offset, self._hold)
        # What stands in front of a payload may go with it: in a log, all of its record.
        if self.format.lines:
            window = self.scanner.window
            seen = max(0, min(offset - window.base, window.have))
            end = window.buf.rfind(b"\n", 0, seen)
            if end >= 0:
                self._record = max(self._record, window.base + end + 1)
            safe = min(safe, self._record)
        elif self._json:
            safe = min(safe, max(0, offset - _HELD_BACK))
        if self._begun:  # nothing is copied in front of the first change
            self._passed = max(self._passed, safe)
        self._on_slide(safe)

    def _payload(self, hit: Hit) -> Payload | None:
        """The payload of a hit, if it is taken."""
        # It may be a payload by its own bytes, too, or by a media type behind it.
        again = hit.form is Form.MEMBER or hit.weak
        self._next = _FROM_HERE if again else hit.start + 1
        if hit.start < self._floor:
            return None
        if self._undecided:
            self._decide()
        place = None
        if hit.closer == b'"':
            place = self._places.at(hit.start, hit.escapes)
        treatment = self._treatment(hit, place)
        if place is None and self.format.lines and hit.form is not Form.MEMBER:
            # It may stand in a part's string, behind a space, say.
            string = self._places.of_string(hit.start)
            if string is not None and string.start >= self._floor:
                whole = Hit(Form.MEMBER, string.start, string.start, b'"', 0)
                part = self._treatment(whole, string)
                if part is not None and part.any_data:
                    hit, place, treatment = whole, string, part
        if treatment is None or (hit.foreign and not treatment.any_data):
            return None
        why = treatment.why
        if why is None and is_refused_elsewhere(self.scanner.peek, hit):
            why = Why.REFUSED
        if hit.start in self._wanted.spare:
            why = Why.SPARED
        elif why is None and self._is_small(hit, place, treatment):
            why = Why.SMALL
        if why is not None:
            self._left(hit, place, why)
            return None
        return self._take(hit, place, treatment)

    def _treatment(self, hit: Hit, place: Place | None) -> Treatment | None:
        """Ask the format what becomes of a hit."""
        # A few bytes, and none of the next string.
        begin = self.scanner.peek(hit.body, _BEGIN)
        if hit.closer:
            begin = begin.partition(hit.closer)[0].rstrip(b"\\")
        if hit.form is Form.MEMBER and _ADDRESS.match(begin):
            return None
        found = Candidate(
            kind=_WRITTEN[hit.form],
            start=hit.start,
            mime=hit.mime,
            begin=begin,
            place=place,
            unannounced=is_unannounced(self.scanner.peek, hit),
        )
        treatment = self.format.treat(found)
        strange = hit.form is Form.MEMBER and not _LETTERS.fullmatch(begin)
        if strange and treatment is not None and not treatment.any_size:
            return None  # words, or a name: nobody said that this is an API's
        return treatment

    def _decide(self) -> None:
        """Read on as what a record, however far down, says that this is."""
        self._undecided = False
        told = registry.told(self._source)
        if told is not None:
            self.format = told

    def _is_small(self, hit: Hit, place: Place | None, treatment: Treatment) -> bool:
        """Tell whether a payload is shorter than those that are taken."""
        if not self._min or treatment.any_size:
            return False
        if hit.foreign or hit.form is Form.MEMBER:
            return place is not None and 0 <= place.closing - hit.body < self._min
        # Most are longer, which a few bytes show; only the others are crossed.
        text = self.scanner.peek(hit.body, 4 * self._min)
        if hit.form is Form.URI_TEXT:
            stop = grammar.TEXT_STOP.search(text, 0, self._min)
            if stop is None:
                return False
            end = self._taker.text_end(hit)
            return end is not None and end - hit.body < self._min
        run = grammar.RUN.match(grammar.BREAK.sub(b"", text))
        if run is not None and run.end() >= self._min:
            return False
        taken = self._weigher.take(hit)
        return taken is not None and taken.end - hit.body < self._min

    def _left(self, hit: Hit, place: Place | None, why: Why) -> None:
        """Take note of a payload that stays, if it is one."""
        taken, data = None, hit.foreign or hit.form is Form.MEMBER
        if not data:
            taken = self._weigher.take(hit)
        if taken is None:
            small = why is Why.SMALL and not data
            if place is None or small or place.closing < 0:
                return
            end, type = place.closing, hit.mime
        else:
            end, type = taken.end, taken.mime
        self._stay(hit, end, type, why)

    def _stay(self, hit: Hit, end: int, type: str, why: Why) -> None:
        self._tell(hit.start, end, type, why)
        # A placeholder in there is met all the same: it is told, and stays claimed.
        mark = first_mark(self._source, hit.start, end)
        self._next = mark if mark >= 0 else end

    def _tell(self, start: int, end: int, type: str, why: Why) -> None:
        line = self._lines.before(start) + 1
        self.stays.add(Stay(start, line, end - start, type, why))

    def _take(
        self, hit: Hit, place: Place | None, treatment: Treatment
    ) -> Payload | None:
        """Take a payload, unless something speaks against it."""
        if 0 <= treatment.joins == self._joined:
            treatment = replace(treatment, swap=None)
        swap, objection = treatment.swap, Objection()
        self._hold = hit.start if swap is None else swap.start

        def approve(end: int, string_end: int) -> bool:
            # The string that it ends in may be another one, joined to its own.
            if place is not None and string_end >= 0:
                head = self.scanner.peek(hit.start, hit.body - hit.start)
                if not hit.closer or hit.closer not in head:
                    place.ends(string_end)
            objection.end = end
            objection.why = self._objection(hit, place, treatment, end)
            return objection.why is None

        taken = None
        if not hit.foreign and hit.form is not Form.MEMBER:
            taken = self._taker.take(hit, approve)
        if taken is None and place is not None and treatment.any_data:
            end = place.closing
            if end >= 0 and first_mark(self._source, hit.start, end) >= 0:
                objection.end, objection.why = end, Why.NOT_UNDERSTOOD
            elif end >= 0 and approve(end, -1):
                taken = self._taker.take_whole(hit, end)
        if taken is None:
            if objection.why is None:
                self._unfinished(hit)
            else:
                self._stay(hit, objection.end, hit.mime, objection.why)
            return None
        words = self._words.on(taken)
        payload = Payload.of(hit, taken, words, treatment)
        self.resume(payload.goes_to, payload.goes_to)
        self._begun = True
        self._joined = treatment.joins
        return payload

    def _unfinished(self, hit: Hit) -> None:
        """Take note of a payload that is cut, or goes on in some other way."""
        if self._taker.torn and not hit.foreign:
            self._stay(hit, self._taker.torn, hit.mime, Why.NOT_UNDERSTOOD)
            return
        if hit.form is Form.URI_BASE64 and not (hit.foreign or hit.odd):
            text = self.scanner.peek(hit.body, _CUT)
            run = grammar.PLAIN_RUN.match(text)
            if run is not None and run.end() == _CUT:
                self._stay(hit, hit.body + _CUT, hit.mime, Why.NOT_UNDERSTOOD)

    def _objection(
        self, hit: Hit, place: Place | None, treatment: Treatment, end: int
    ) -> Why | None:
        """Say why a payload that ends at an offset should stay; None: it goes."""
        swap = treatment.swap
        if swap is not None and place is not None:
            torn = end > place.closing or swap.end < 0
            if torn or swap.start < max(self._floor, self._passed):
                return Why.NOT_UNDERSTOOD
            around = (swap.start, hit.start), (end, swap.end)
            if any(first_mark(self._source, *part) >= 0 for part in around):
                return Why.NOT_UNDERSTOOD
        if not self._min or treatment.any_size:
            return None
        stands = LENGTH + len(treatment.tail)
        goes = end - hit.start
        if swap is not None:
            stands += len(swap.before) + len(swap.after)
            goes = swap.end - swap.start
            if swap.worded and goes <= stands + _MOST_WORDS:
                taken = self._weigher.take(hit)  # so little that it is no matter
                note = self._words.on(taken) if taken is not None else ""
                stands += len(note) + len(ARCHIVED)
        return Why.NO_GAIN if goes <= stands else None
