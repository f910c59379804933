"""A payload of a document, which are wanted, and the recipe that brings one back."""

from collections.abc import Callable
from dataclasses import dataclass

from assetstore.archiver.take.fit import fit_verbatim
from assetstore.archiver.take.taker import Taken
from assetstore.files.source import RandomAccess
from assetstore.formats.base import Treatment
from assetstore.formats.json_places import Place
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.sink import Sink

WORDS = b" archived "
# Longer text around a payload is a blob of its own, and not a recipe's.
_LONGEST_LITERAL = 1 << 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which payloads are taken.

    Attributes:
        media: "image", or "any": audio, video, fonts and PDF too.
        min_size: Payloads with shorter text stay, as do those whose replacement would
            be longer; 0: all are taken.
        spare: Payloads that stay, by the offset of their first byte.
    """

    media: str = "image"
    min_size: int = 0
    spare: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A payload that is taken.

    Attributes:
        start: Offset of its first byte: its head's, if it has one.
        body: Offset behind its head.
        end: Offset behind its last byte.
        taken: Its bytes, and what they are.
        words: What it is, in words.
        treatment: Who reads it, and what takes its place.
        place: Where in JSON it stands; None where it fills no string of JSON.
    """

    start: int
    body: int
    end: int
    taken: Taken
    words: str
    treatment: Treatment
    place: Place | None

    @property
    def goes_from(self) -> int:
        """Offset of the first byte that goes with it."""
        swap = self.treatment.swap
        return self.start if swap is None else swap.start

    @property
    def goes_to(self) -> int:
        """Offset behind the last byte that goes with it."""
        swap = self.treatment.swap
        return self.end if swap is None else swap.end

    @property
    def before(self) -> bytes:
        """What stands in front of its placeholder."""
        swap = self.treatment.swap
        if swap is None:
            return b""
        return swap.before + (self.words.encode() + WORDS if swap.worded else b"")

    @property
    def after(self) -> bytes:
        """What stands behind its placeholder."""
        swap = self.treatment.swap
        return self.treatment.tail if swap is None else swap.after


def recipe_of(
    payload: Payload,
    source: RandomAccess,
    peek: Callable[[int, int], bytes],
    sink: Sink,
) -> Recipe:
    """Make the recipe that stands for a payload and for what goes with it.

    Args:
        payload: The payload, whose bytes are in the sink.
        source: The document.
        peek: Reads from it: an offset, and how many bytes.
        sink: Takes long text that stands around the payload.

    Raises:
        OSError: The document cannot be read, or the sink not written.
    """

    def kept(start: int, end: int) -> tuple[bytes | Media, ...]:
        if start >= end:
            return ()
        if end - start <= _LONGEST_LITERAL:
            return (peek(start, end - start),)
        return (fit_verbatim(sink, source, start, end).media,)

    fitted = payload.taken.fitted
    lead = kept(payload.goes_from, payload.body)
    trail = kept(payload.end, payload.goes_to)
    media = () if fitted is None else (fitted.media,)
    was = (*lead, *media, *trail)
    return Recipe(was=was, before=payload.before, after=payload.after)
