"""A payload of a document, which are wanted, and the recipe that brings one back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from assetstore.archiver.options import Span
from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.take.fit import fit_verbatim
from assetstore.archiver.take.taker import Taken
from assetstore.files.source import RandomAccess
from assetstore.formats.base import Swap, Treatment
from assetstore.results import Why
from assetstore.store.format.blob import BlobId
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.media import describe
from assetstore.store.sink import Sink

ARCHIVED = b" archived "
_MOST_WORDS = 4096
# Longer text around a payload is a blob of its own, and not a recipe's.
_LONGEST_LITERAL = 1 << 15


class Wanted(NamedTuple):
    """Which payloads are taken.

    Attributes:
        media: "image", or "any": audio, video, fonts and PDF too.
        min_size: Payloads with shorter text stay, as do those whose replacement would
            be longer; 0: all are taken.
        spare: Payloads that stay, by the offset of their first byte.
        spans: What is taken beside the payloads, in order.
    """

    media: str = "image"
    min_size: int = 0
    spare: frozenset[int] = frozenset()
    spans: tuple[Span, ...] = ()


@dataclass(slots=True)
class Objection:
    """Why a payload stays, and the offset where it ends."""

    why: Why | None = None
    end: int = 0


class Payload(NamedTuple):
    """A payload that is taken.

    Attributes:
        start: Offset of its first byte: its head's, if it has one.
        body: Offset behind its head.
        end: Offset behind its last byte.
        goes_from: Offset of the first byte that goes with it.
        goes_to: Offset behind the last byte that goes with it.
        taken: Its bytes, and what they are.
        treatment: Who reads it, and what takes its place.
        before: What stands in front of its placeholder.
        after: What stands behind its placeholder.
    """

    start: int
    body: int
    end: int
    goes_from: int
    goes_to: int
    taken: Taken
    treatment: Treatment
    before: bytes
    after: bytes

    @classmethod
    def of(cls, hit: Hit, taken: Taken, words: str, treatment: Treatment) -> "Payload":
        """A payload, and what its treatment makes of it.

        Args:
            hit: What it begins with.
            taken: Its bytes.
            words: What it is, in words.
            treatment: What takes its place.
        """
        swap, before, end = treatment.swap, hit.before, taken.end
        if swap is not None:
            said = words.encode() + ARCHIVED if swap.worded else b""
            before = swap.before + said
        return cls(
            start=hit.start,
            body=hit.body,
            end=end,
            goes_from=hit.start if swap is None else swap.start,
            goes_to=end if swap is None else swap.end,
            taken=taken,
            treatment=treatment,
            before=before,
            after=treatment.tail + hit.after if swap is None else swap.after,
        )


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


class Words:
    """Says what payloads are, and of each blob only once, since that takes long."""

    def __init__(self) -> None:
        self._known: dict[BlobId, str] = {}

    def on(self, taken: Taken) -> str:
        """Say in words what a payload is."""
        if taken.fitted is None:
            return "image empty"
        blob = taken.fitted.media.blob
        words = self._known.get(blob)
        if words is None:
            if len(self._known) >= _MOST_WORDS:
                self._known.clear()
            words = describe(taken.fitted.head, taken.mime)
            self._known[blob] = words
        return words


def span_payload(sink: Sink, source: RandomAccess, span: Span) -> Payload:
    """Take bytes of a document as they stand.

    Raises:
        OSError: The document or the store cannot be read or written.
    """
    fitted = fit_verbatim(sink, source, span.start, span.end)
    swap = Swap(span.start, span, span.before, span.after, worded=True)
    taken = Taken(end=span.end, fitted=fitted, mime="text/plain")
    treatment = Treatment("model", swap)
    hit = Hit(Form.BARE, span.start, span.start)
    return Payload.of(hit, taken, span.words, treatment)
