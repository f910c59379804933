"""A payload, the words on it, and the recipe that brings it back."""

from pathlib import Path

import pytest

from assetstore.archiver import payload as module
from assetstore.archiver.dry_run import Discard
from assetstore.archiver.options import Span
from assetstore.archiver.payload import Payload, Words, recipe_of, span_payload
from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.take.fit import Fitted
from assetstore.archiver.take.taker import Taken
from assetstore.files.source import Source
from assetstore.formats.base import Swap, Treatment
from assetstore.store.format.blob import Kind
from assetstore.store.format.dialect import PLAIN
from assetstore.store.format.recipe import Media
from support.blobs import media
from support.samples import picture
from support.stores import memory_store

RAW = picture(12, 10, 1)
MEDIUM = Media(media(RAW), PLAIN)
TAKEN = Taken(
    end=30,
    fitted=Fitted(media=MEDIUM, head=RAW, size=len(RAW), new=True),
    mime="image/png",
)
DOCUMENT = b"0123456789" * 9


def of(treatment: Treatment, taken: Taken = TAKEN) -> Payload:
    return Payload.of(Hit(Form.URI_BASE64, 10, 14), taken, "image 12x10 png", treatment)


class At:
    def __init__(self, end: int):
        self.end = end


def swap(start: int = 5, end: int = 40, *, worded: bool = False) -> Swap:
    return Swap(start, At(end), b"{", b"}", worded)


def test_alone_it_goes_without_what_is_around_it() -> None:
    found = of(Treatment(tail=b"=AA=="))
    assert (found.goes_from, found.goes_to, found.end) == (10, 30, 30)
    assert (found.before, found.after) == (b"", b"=AA==")


def test_with_a_swap_it_goes_with_what_is_around_it() -> None:
    found = of(Treatment(swap=swap()))
    assert (found.goes_from, found.goes_to, found.end) == (5, 40, 30)
    assert (found.before, found.after) == (b"{", b"}")
    worded = of(Treatment(swap=swap(worded=True)))
    assert worded.before == b"{image 12x10 png archived "


def recipe(found: Payload, folder: Path) -> tuple[tuple[object, ...], bytes]:
    """A payload's recipe, and what it restores to with the blob as `<>`."""
    path = folder / "document"
    path.write_bytes(DOCUMENT)
    with Source.open(path) as source, memory_store().session() as session:

        def peek(start: int, length: int) -> bytes:
            return DOCUMENT[start : start + length]

        made = recipe_of(found, source, peek, session)
        assert (made.before, made.after) == (found.before, found.after)
        whole = b""
        for part in made.was:
            if isinstance(part, bytes):
                whole += part
            elif part == MEDIUM:
                whole += b"<>"
            else:
                raw = session.read(Kind.MEDIA, part.blob)
                whole += b"".join(part.dialect.encode([raw]))
        return made.was, whole


def test_the_recipe_has_its_head_and_what_went_along(tmp_path: Path) -> None:
    was, whole = recipe(of(Treatment()), tmp_path)
    assert was == (DOCUMENT[10:14], MEDIUM)
    was, whole = recipe(of(Treatment(swap=swap())), tmp_path)
    assert was == (DOCUMENT[5:14], MEDIUM, DOCUMENT[30:40])
    assert whole == DOCUMENT[5:14] + b"<>" + DOCUMENT[30:40]


def test_an_empty_payload_has_no_blob(tmp_path: Path) -> None:
    empty = Taken(end=14, fitted=None, mime="image/png")
    was, _ = recipe(of(Treatment(), empty), tmp_path)
    assert was == (DOCUMENT[10:14],)


def test_long_text_around_it_is_a_blob_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LONGEST_LITERAL", 9)
    was, whole = recipe(of(Treatment(swap=swap())), tmp_path)
    assert was[0] == DOCUMENT[5:14], "nine bytes are not too long"
    assert isinstance(was[2], Media)
    assert whole == DOCUMENT[5:14] + b"<>" + DOCUMENT[30:40]


def test_words_say_what_it_is() -> None:
    words = Words()
    assert words.on(TAKEN) == "image 12x10 png"
    assert words.on(Taken(end=1, fitted=None, mime="image/png")) == "image empty"


def test_of_each_blob_they_are_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def describe(head: bytes, mime: str) -> str:
        asked.append(head)
        return "words"

    monkeypatch.setattr(module, "describe", describe)
    words = Words()
    assert [words.on(TAKEN) for _ in range(5)] == ["words"] * 5
    assert len(asked) == 1


def test_not_every_blob_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WORDS", 3)
    words = Words()
    for number in range(9):
        fitted = Fitted(
            media=Media(media(b"%d" % number), PLAIN), head=RAW, size=1, new=True
        )
        words.on(Taken(end=1, fitted=fitted, mime="image/png"))
        assert len(words._known) <= 3


def test_a_span_is_taken_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(DOCUMENT)
    with Source.open(path) as source:
        found = span_payload(Discard(), source, Span(3, 9, b"<", b">", "words"))
        assert (found.start, found.end, found.goes_from, found.goes_to) == (3, 9, 3, 9)
        assert (found.before, found.after) == (b"<words archived ", b">")
        assert found.taken.mime == "text/plain"
        assert found.treatment.reader == "model"
        with memory_store().session() as session:
            again = span_payload(session, source, Span(3, 9, b"<", b">", "words"))
            assert again.taken.fitted is not None
            assert found.taken.fitted is not None
            assert again.taken.fitted.media == found.taken.fitted.media
            blob = again.taken.fitted.media.blob
            assert session.read(Kind.MEDIA, blob) == DOCUMENT[3:9]
