"""How payloads are written: heads, members, breaks and odd characters."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.archiver.scan import grammar

HEADS = {
    b"data:image/png;base64,": (b"image/png", None, True),
    b"DATA:IMAGE/PNG;BASE64,": (b"IMAGE/PNG", None, True),
    b"data:image/svg+xml,": (b"image/svg+xml", None, False),
    b"data:image/svg+xml;charset=utf-8,": (b"image/svg+xml", None, False),
    b"data:image/png;name=a.png;charset=utf-8;base64,": (b"image/png", None, True),
    rb"data:image\/png;base64,": (rb"image\/png", None, True),
    rb"data:image\u002fpng;base64,": (rb"image\u002fpng", None, True),
    b"data:image%2Fpng;base64,": (b"image%2Fpng", None, True),
    b"data:image&#x2F;png;base64,": (b"image&#x2F;png", None, True),
    b"data:image/png ; base64,": (b"image/png", None, True),
    b"data:;base64,": (None, b"", True),
    b"data:text/plain;base64,": (None, b"text/plain", True),
    b"data:image;base64,": (None, b"image", True),
}


@pytest.mark.parametrize("text", HEADS)
def test_a_head_up_to_its_comma(text: bytes) -> None:
    mime, odd, based = HEADS[text]
    match = grammar.head("image").match(text + b"AAAA")
    assert match is not None
    assert (match["mime"], match["odd"], bool(match["b64"])) == (mime, odd, based)
    assert match.end() == len(text)


@pytest.mark.parametrize(
    "text",
    [
        b"data:",
        b"data:image/png",
        b"data:image/png;base64 AAAA",
        b"data:image/" + b"p" * 200 + b";base64,",
        b"data:,words",
        b"data:text/plain,words",
        b"data: image/png;base64,",
        b"data:image/png" + b";a=b" * 40 + b",",
    ],
)
def test_what_is_no_head(text: bytes) -> None:
    assert not grammar.head("image").match(text)


def test_more_types_are_asked_for_where_any_are() -> None:
    text = b"data:application/pdf;base64,"
    image, any_ = (grammar.head(media).match(text) for media in ("image", "any"))
    assert image is not None
    assert any_ is not None
    assert (image["mime"], image["odd"]) == (None, b"application/pdf")
    assert (any_["mime"], any_["odd"]) == (b"application/pdf", None)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (grammar.after_colon(b"a:", "image"), b"a:image/png;", b"a:text/plain,"),
        (grammar.after_any_colon(b"a:", "image"), b"a:text/plain,", b"a: {color}"),
        (grammar.ANY_HEAD, b"data:audio/ogg;base64,", b"data:a b,"),
        (grammar.OPENS, b" ", b"x"),
        (grammar.SPELT_QUOTE, b"&quot;", b"quot;"),
        (grammar.MAIL_BODY, b"a: b\n\n", b"a: b\n"),
        (grammar.LAST_BREAK, rb"\r\n", b"n"),
        (grammar.PAD_OR_SOFT, b"=\r\n", b"=="),
    ],
)
def test_what_each_knows(pattern: "re.Pattern[bytes]", good: bytes, bad: bytes) -> None:
    assert pattern.search(good)
    assert not pattern.search(bad)


@pytest.mark.parametrize(
    "start",
    [
        b"iVBORw0KGgo",
        b"/9j/4AAQ",
        rb"\/9j\/4AAQ",
        b"R0lGODlh",
        b"UklGR",
        b"AAAAIGZ0eXB",
        b"PHN2Zy",
        b"PD94bWwg",
    ],
)
def test_the_first_letters_of_a_picture(start: bytes) -> None:
    assert grammar.BARE_START.match(start)
    looked_for = (*grammar.MAGICS, grammar.ZEROS, b"9j")
    assert any(magic in start for magic in looked_for)
    assert not grammar.BARE_START.match(b"x" + start)


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_member_up_to_its_string(depth: int) -> None:
    quote = b"\\" * depth + b'"'
    text = quote + b"file_data" + quote + b" : " + quote + b"AAAA"
    match = grammar.member(b"data").match(text)
    assert match is not None
    assert (match["name"], match.end()) == (b"file_data", len(text) - 4)
    assert not grammar.member(b"datum").match(text)


PIECES = {
    b"\n": None,
    b"\r\n   ": None,
    rb"\n": None,
    b"=\r\n": None,
    b"&#10;": None,
    b"%0A": None,
    b'" +\n  "': False,
    b'"\n"': False,
    b'" . "': False,
    b'", "': True,
    rb'\n",' + b'\n    "': None,
    b" ": None,
}


@pytest.mark.parametrize("text", PIECES)
def test_what_stands_between_two_lines(text: bytes) -> None:
    match = grammar.breaks(b'"', 0).fullmatch(text)
    assert match is not None
    if PIECES[text] is not None:
        assert match["join"]
        assert bool(match["comma"]) == PIECES[text]


def test_without_quotes_there_are_line_breaks_alone() -> None:
    for closer in (b"", b")"):
        assert grammar.breaks(closer, 0) is grammar.BREAK
    assert not grammar.BREAK.match(b'" + "')
    assert grammar.breaks(b'"', 1).fullmatch(rb"\" + \"")
    assert not grammar.breaks(b'"', 1).match(b'" + "')


@pytest.mark.parametrize(
    ("text", "byte"),
    [
        (b"%2F", b"/"),
        (rb"\u002b", b"+"),
        (rb"\x3D", b"="),
        (rb"\/", b"/"),
        (rb"\n", b"\n"),
        (b"&quot;", b'"'),
        (b"&#61;", b"="),
        (b"&#x3d;", b"="),
        (b"=3D", b"="),
        (b"&#999;", b"&#999;"),
    ],
)
def test_a_byte_that_is_not_written_as_itself(text: bytes, byte: bytes) -> None:
    match = grammar.SPELLING.match(text)
    assert match is not None
    assert grammar.spelt_byte(match) == byte


@given(st.binary(min_size=1, max_size=1), st.sampled_from(["%{:02X}", "\\u{:04x}"]))
def test_any_byte_in_a_spelling(byte: bytes, form: str) -> None:
    match = grammar.SPELLING.fullmatch(form.format(byte[0]).encode())
    assert match is not None
    assert grammar.spelt_byte(match) == byte


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"<svg", True),
        (b"%3Csvg", True),
        (rb"\u003csvg", True),
        (b"&lt;svg", True),
        (b"%20", True),
        (b"words", False),
        (b"a < b", False),
        (b"100%", False),
    ],
)
def test_text_that_may_be_a_picture(text: bytes, expected: bool) -> None:
    assert grammar.is_text(text) == expected


def test_long_text_takes_no_longer_than_its_length() -> None:
    for text in (b";" * 200_000, b"data:image/a" + b";a=b" * 50_000, b"\\" * 200_000):
        assert not grammar.head("any").match(text)
        assert not grammar.breaks(b'"', 0).match(text)
        assert not grammar.next_item(b'"', 0).match(text)
