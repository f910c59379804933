"""What is taken whatever it is, between payloads and in text of any length."""

import pytest

from assetstore.archiver.options import ArchiveOptions, Span
from support.samples import picture, uri
from support.stores import archived, memory_store, restored

SHOT = uri(picture(60, 40, 1)).encode()
FAR = b"so it was, " * 300_000  # longer than what is held at once
NEAR = b"so it was, "


def span(document: bytes, text: bytes) -> Span:
    start = document.index(text)
    return Span(start, start + len(text), b"<", b">", "words")


@pytest.mark.parametrize("between", [b"", NEAR, FAR], ids=["none", "near", "far"])
@pytest.mark.parametrize(
    "taken",
    [b"[taken]", b"[it ends with " + SHOT, b"[" + SHOT + FAR + SHOT + b"]"],
    ids=["short", "with a payload", "long"],
)
def test_spans_go_between_payloads(between: bytes, taken: bytes) -> None:
    first = b'"%b" %b' % (SHOT, between)
    last = b'%b "%b" %b' % (between, SHOT, between)
    document = first + taken + b" and " + taken[:1] + b"again" + last + b"{end}"
    spans = (span(document, taken), span(document, b"[again"), span(document, b"{end}"))
    store = memory_store()
    slim, result = archived(store, document, ArchiveOptions(min_size=0, spans=spans))
    assert result.payloads == 5
    assert slim.count(b"<words archived as1:") == 3
    assert len(slim) < 2 * len(between) + 300 + len(between)
    assert SHOT not in slim
    assert restored(store, slim) == document


def test_a_span_alone() -> None:
    document = FAR + b"[taken]" + FAR
    spans = (span(document, b"[taken]"),)
    store = memory_store()
    slim, _ = archived(store, document, ArchiveOptions(spans=spans))
    before, _, rest = slim.partition(b"<words archived as1:")
    assert before == FAR
    assert rest[27:] == b">" + FAR
    assert restored(store, slim) == document


def test_what_was_taken_is_claimed_and_goes_once() -> None:
    """The archived form has nothing of it, and an archive of that changes nothing."""
    document = NEAR + b"[taken]" + NEAR
    store = memory_store()
    options = ArchiveOptions(spans=(span(document, b"[taken]"),))
    slim, _ = archived(store, document, options)
    again, result = archived(store, slim)
    assert (again, result.payloads) == (slim, 0)
