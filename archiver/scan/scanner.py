"""Find where payloads begin, in any bytes, at memory speed.

A few short strings are searched for in a sliding window; only where one stands
is anything looked at closely. A payload itself is crossed by whoever
takes it (`assetstore.archiver.take.taker`), who then calls `Scanner.resume`.
"""

import re
from collections.abc import Callable
from functools import partial

from assetstore.archiver.scan import declared, grammar, hexadecimal, openers
from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.scan.needle import NEVER, Look, Needle
from assetstore.files.source import RandomAccess, Window
from assetstore.store.format.placeholder import LOOKALIKE, MARK

# How far in front of a hit, and behind it, the window reaches.
BACK = AHEAD = 8192
# How much is searched at once for one string after the other: all of a piece stays
# in the processor's cache. Behind a hit may be a long payload, in which nothing is
# looked for, so that pieces are short until some came to nothing.
_SHORTEST, _LONGEST = 1 << 15, 1 << 18
# So far behind a string's beginning the zeros may stand that it has.
_NEAR = 4096
# So many strings that come to nothing, each near to the last one, and from then on
# the next one is looked for together with what must follow it.
_VAIN = 8


class Scanner:
    """Walks through a document from hit to hit.

    Args:
        source: The document.
        media: "image" or "any".
        json: Whether it is JSON: a string that begins like a picture is one,
            and there are no soft line breaks.
        typed: Whether to look for strings announced by a media type beside
            them (notebooks, HAR).
        members: In JSON, members whose values are hits whatever they hold, and
            whether data URIs of all types are.
        on_slide: Called before the window slides, with the offset in front of
            which nothing will be looked at again.
    """

    def __init__(
        self,
        source: RandomAccess,
        *,
        media: str = "image",
        json: bool = True,
        typed: bool = False,
        members: tuple[bytes, ...] = (),
        on_slide: Callable[[int], None] = lambda offset: None,
    ):
        self.window = Window(source)
        self.source = source
        self._head = grammar.head(media)
        self._media = media
        self._on_slide = on_slide
        self._at = self._floor = 0
        self._json = json
        self._typed = typed
        self._foreign = json and bool(members)
        self._members: dict[bytes, re.Pattern[bytes]] = {}
        self._names = frozenset(members)
        for name in members if json else ():
            # One string may end others: "file_data" is found by "data".
            ending = next((m for m in members if name.endswith(m)), name)
            self._members[ending + b'"'] = grammar.member(ending)
        # A soft line break may stand in "data:", too.
        soft = () if json else (b"\na:", b"a=\r\n:")
        colons = (b"ta:", b"TA:", *soft)
        after = grammar.after_any_colon if self._foreign else grammar.after_colon
        sieves = {n: after(n, media) for n in colons[:2]}
        types = declared.NEEDLES[media]
        digits = partial(hexadecimal.hit, self.window)
        looks: dict[bytes, Look] = {
            **{m: partial(self._member, m) for m in self._members},
            **{c: partial(self._uri, len(c)) for c in colons},
            MARK: self._marked,
            **dict.fromkeys(grammar.MAGICS, self._bare),
            **{t: partial(self._declared, t) for t in types},
        }
        sieves |= {MARK: LOOKALIKE, **{t: declared.mime(t) for t in types}}
        if media == "any":
            looks |= dict.fromkeys(grammar.WEAK_ANY, self._weak)
            looks |= dict.fromkeys(hexadecimal.MAGICS_ANY, digits)
        self._texts = tuple(looks)
        looks |= dict.fromkeys(grammar.SPELT_MAGICS, self._bare)
        looks |= dict.fromkeys(grammar.WEAK, self._weak)
        looks[grammar.BOXES] = self._boxes
        looks |= dict.fromkeys(hexadecimal.MAGICS, digits)
        self._needles = [
            Needle(text, look, sieves.get(text), soft=text != MARK)
            for text, look in looks.items()
        ]
        # These are looked for only where zeros stand, and the last ones where zeros do
        # that are written in digits.
        self._near_digits = hexadecimal.MAGICS
        self._near_zeros = tuple(looks)[len(self._texts) : -len(self._near_digits)]
        # Where each stands next in what was searched; `NEVER`: nowhere. Those that
        # stand near to zeros are the last ones, and left out where none are.
        self._places = [NEVER] * len(self._texts)
        self._found = 0  # which of them the last hit is of
        self._cut = _NEAR  # and no needle is longer
        self._upto = 0  # all are searched for up to here
        self._piece = _SHORTEST
        self._soft = (-1, -1, False)

    def next(self) -> Hit | None:
        """The next hit, or None at the end of the document.

        When it returns, the window holds `BACK` bytes in front of the hit and
        `AHEAD` bytes behind it, as far as the document has them.
        """
        window, places = self.window, self._places
        while True:
            at = min(places)
            nearest = places.index(at)
            needle = self._needles[nearest]
            if at < self._at:  # it was passed
                places[nearest] = self._find(needle, self._at, self._upto)
                continue
            end, over = window.end, window.at_eof
            if at == NEVER:
                last = end if over else end - self._cut
                if self._upto < last:
                    self._search(max(self._at, self._upto, window.base), last)
                elif over:
                    return None
                else:
                    self._at = max(self._at, self._upto)
                    self._slide(self._at)
                continue
            if at + AHEAD > end and not over:
                self._slide(at)
                continue
            self._at = at + 1
            hit = needle.look(at)
            if hit is not None and hit.start >= self._floor:
                self._found = nearest
                return hit
            needle.fails(at)
            places[nearest] = self._find(needle, self._at, self._upto)

    def resume(self, offset: int) -> None:
        """Go on searching at ``offset``, behind what was taken.

        What stands in front of the last hit's own string was looked at.
        """
        if offset <= self._at:
            self._needles[self._found].fails(self._places[self._found])
        self._at = max(self._at, offset)
        self._floor = offset
        if offset > self._upto:
            self._upto, self._piece = offset, _SHORTEST
            self._places[:] = [NEVER] * len(self._places)
        if offset > self.window.end or offset < self.window.base:
            self._on_slide(offset)
            self.window.slide(offset)

    def slide(self, offset: int) -> None:
        """Let the window begin at ``offset`` (for whoever crosses a payload)."""
        self._on_slide(offset)
        self.window.slide(offset)

    def peek(self, start: int, length: int) -> bytes:
        """Bytes from ``start``, from the window where it has them."""
        window = self.window
        if window.base <= start and start + length <= window.end:
            return window.bytes(start, start + length)
        return self.source.read(start, length)

    def _search(self, start: int, last: int) -> None:
        """Search one more piece for every needle.

        Args:
            start: Where it begins.
            last: Offset behind which nothing is looked for in this window.
        """
        self._upto = upto = min(start + self._piece, last)
        self._piece = min(2 * self._piece, _LONGEST)
        window = self.window
        found = window.find_each(self._texts, start, upto)
        zeros = window.find(grammar.ZEROS, start, upto + _NEAR) >= 0
        digits = window.find(hexadecimal.ZEROS, start, upto + _NEAR) >= 0
        if zeros:
            found += window.find_each(self._near_zeros, start, upto)
        if digits:
            found += [-1] * (0 if zeros else len(self._near_zeros))
            found += window.find_each(self._near_digits, start, upto)
        self._places[:] = [at if at >= 0 else NEVER for at in found]

    def _find(self, needle: Needle, start: int, limit: int) -> int:
        """Find where a needle begins next, in front of a limit; `NEVER`: nowhere.

        Not all that lead to nothing are found.
        """
        window = self.window
        start = max(start, window.base)
        if needle.vain > _VAIN and needle.sieve is not None:
            # What begins behind this is not here to its end.
            seen = min(limit, window.end - grammar.HEAD_MAX)
            if start < seen and not (needle.soft and self._has_soft_breaks()):
                found = window.search(needle.sieve, start, seen + grammar.HEAD_MAX)
                if 0 <= found < seen:
                    return found
                needle.vain = 0  # sifting is slower where there is nothing to sift
                start = seen
        if start >= limit:
            return NEVER
        found = window.find(needle.text, start, limit + needle.size - 1)
        return found if found >= 0 else NEVER

    def _has_soft_breaks(self) -> bool:
        """Tell whether there is a soft line break anywhere in the window."""
        window = self.window
        if self._soft[:2] != (window.base, window.end):
            found = any(window.find(b, window.base) >= 0 for b in (b"=\n", b"=\r\n"))
            self._soft = window.base, window.end, found
        return self._soft[2]

    def _slide(self, offset: int) -> None:
        self.slide(max(self.window.base, offset - BACK))

    def _marked(self, at: int) -> Hit | None:
        found = self.window.match(LOOKALIKE, at)
        return Hit(Form.MARKED, at, at) if found else None

    def _uri(self, size: int, at: int) -> Hit | None:
        """A data URI whose scheme's end, with the colon, is found at an offset."""
        window, colon = self.window, at + size
        scheme = window.bytes(max(window.base, colon - 17), colon - 1)
        begun = grammar.HEAD_START.search(scheme)
        if begun is None:
            return None
        start = colon - 1 - len(begun[0])
        limit = start + grammar.HEAD_MAX
        text = window.bytes(start, limit)
        match = self._head.match(text)
        # In quoted-printable a head may be broken; the needle's colon never is.
        if match is not None:
            size = match.end()
        elif b"=\n" in text or b"=\r\n" in text:
            match = self._head.match(grammar.SOFT.sub(b"", text))
            if match is None:
                return None
            size = grammar.unsoftened(text, match.end())
        # Of any type, where a format asks for whatever a member holds.
        elif self._foreign and (match := grammar.ANY_HEAD.match(text)) is not None:
            closer, escapes = openers.of_uri(window, start)
            if closer != b'"':
                return None
            form = Form.URI_BASE64 if match["b64"] else Form.URI_TEXT
            mime = match["mime"].lower().replace(b"\\", b"").decode("ascii", "replace")
            end = start + match.end()
            return Hit(form, start, end, closer, escapes, mime, foreign=True)
        else:
            return None
        closer, escapes = openers.of_uri(window, start)
        odd = match["mime"] is None
        mime = (match["odd"] if odd else match["mime"]).lower()
        base64 = bool(match["b64"])
        # Who forgets to write ";base64" writes base64 all the same.
        if not base64 and not odd:
            base64 = _is_base64(text[size:]) and declared.is_media(
                window, start + size, self._media
            )
        # A head may end its string: "data:image/png;base64," + "...".
        if base64 and closer not in (b"", b")"):
            joined = grammar.breaks(closer, escapes).match(text, size)
            if joined is not None and joined["join"] and not joined["comma"]:
                size = joined.end()
        # An odd type is believed only where the bytes are a picture, or are asked for.
        foreign = odd and self._foreign and closer == b'"'
        if foreign and base64:
            foreign = not declared.is_media(window, start + size)
        if odd and not base64 and not foreign:
            return None
        return Hit(
            Form.URI_BASE64 if base64 else Form.URI_TEXT,
            start,
            start + size,
            closer,
            escapes,
            mime.decode("ascii", "replace"),
            odd=odd,
            foreign=foreign,
        )

    def _boxes(self, at: int) -> Hit | None:
        """Boxes: a file's first one, or the one behind a signature."""
        front = self.window.bytes(max(self.window.base, at - 22), at - 6)
        signed = front in grammar.SIGNATURES
        return self._bare(at - 22 if signed else at - 6, weak=signed)

    def _weak(self, at: int) -> Hit | None:
        return self._bare(at, weak=True)

    def _bare(self, at: int, *, weak: bool = False) -> Hit | None:
        """Base64 text of a picture that nothing announces.

        Args:
            at: Where it begins.
            weak: Whether other things begin like that, too.
        """
        window = self.window
        if at < max(window.base, self._floor):
            return None
        behind = window.bytes(at, at + 32)
        # Its first slash may be written otherwise.
        if behind[:1] in (b"/", b"2", b";", b"_") and not weak:
            front = window.bytes(max(window.base, at - 8), at + 3)
            slash = grammar.FIRST_SLASH.search(front)
            if slash is None or at + 3 - len(slash[0]) < self._floor:
                return None
            at += 3 - len(slash[0])
            behind = window.bytes(at, at + 32)
        start = grammar.WEAK_START if weak else grammar.BARE_START
        if not start.match(behind):
            return None
        front = window.bytes(max(window.base, at - 16), at)
        if grammar.MAIL_BODY.search(front):
            headers = window.bytes(max(window.base, at - 2048), at)
            announced = b"base64" in headers.lower()
            return Hit(Form.BARE, at, at, whole=not announced, weak=weak)
        opened = openers.of_text(front)
        if opened is None or self._inside(at):
            return None
        whole = weak or not self._json or opened[0] != b'"'
        return Hit(Form.BARE, at, at, *opened, whole=whole, weak=weak)

    def _inside(self, at: int) -> bool:
        """Tell whether this is a line of something longer: icons hold pictures."""
        window = self.window
        before = grammar.LINE_BEFORE.search(
            window.bytes(max(window.base, at - 1200), at)
        )
        if before is None:
            return False
        here = grammar.PLAIN_RUN.match(window.bytes(at, at + 1100))
        return here is not None and here.end() == len(before[1])

    def _declared(self, needle: bytes, at: int) -> Hit | None:
        """Base64 text that a media type beside it announces as media."""
        window = self.window
        first = declared.NEEDLES[self._media][needle]
        size = len(first)
        front = window.bytes(max(window.base, at - 24), at)
        outside = front[: len(front) - size]
        if front[len(outside) :].lower() != first:
            return None
        if outside[-5:].lower() == b"data:":  # of other cases than were looked for
            seen = outside.endswith((b"ta:", b"TA:"))
            return None if seen else self._uri(0, at - size)
        if self._typed and outside.endswith(b'"'):
            hit = declared.typed_value(window, at - size - 1, self._media)
            if hit is not None:
                return hit
        low = max(self._floor - 1, at - BACK)
        body = declared.text_beside(window, at, needle, low, media=self._media)
        if body is None:
            return None
        opened = openers.of_text(window.bytes(max(window.base, body - 16), body))
        return Hit(Form.BARE, body, body, *opened) if opened else None

    def _is_hit(self, begin: bytes) -> bool:
        """Tell whether a string that begins so is found by its beginning."""
        if begin[:5].lower() == b"data:":
            return bool(self._head.match(begin) or grammar.ANY_HEAD.match(begin))
        return bool(grammar.BARE_START.match(begin))

    def _member(self, ending: bytes, at: int) -> Hit | None:
        """The value of a member, unless it is a hit by itself."""
        window = self.window
        front = max(window.base, at - 32)
        text = window.bytes(front, at + grammar.HEAD_MAX)
        match = self._members[ending].search(text, 0)
        if match is None or match.start("end") != at - front + len(ending):
            return None
        if match["name"] not in self._names or len(match["open"]) != len(match["q"]):
            return None
        body = front + match.end()
        behind = text[match.end() :]
        if behind.startswith(MARK) or self._is_hit(behind):
            return None
        return Hit(Form.MEMBER, body, body, b'"', len(match["open"]))


def _is_base64(text: bytes) -> bool:
    """Tell whether a text begins with base64 text that is no short word."""
    found = grammar.RUN.match(text)
    return found is not None and found.end() >= 16
