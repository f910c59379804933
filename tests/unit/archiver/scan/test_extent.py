"""Where a payload ends, when it is not one plain run up to a quote."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.archiver.scan.extent import (
    LONGEST_TEXT,
    Unquoted,
    base64_extent,
    text_end,
)
from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.scan.whole import Extent
from support.samples import b64, picture, wrapped

PNG = b64(picture(20, 16, 1))
LETTERS = len(PNG.rstrip("="))
PLACEHOLDER = "as1:" + "A" * 27


def reads(data: bytes) -> Callable[[int, int], bytes]:
    return lambda start, length: data[start : start + length]


def extent(
    text: str,
    *,
    front: str = "",
    closer: str = '"',
    escapes: int = 0,
    bare: bool = False,
) -> Extent | None:
    data = (front + text).encode()
    return base64_extent(
        reads(data),
        len(front),
        head=0 if bare else len(front),
        closer=closer.encode(),
        escapes=escapes,
        bare=bare,
    )


LINES = {
    "one": PNG,
    "76 wide": wrapped(PNG, 76, "\n"),
    "64 wide, CRLF": wrapped(PNG, 64, "\r\n"),
    "indented": wrapped(PNG, 60, "\n      "),
    "escaped": wrapped(PNG, 76, r"\n"),
    "soft breaks": wrapped(PNG, 75, "=\r\n"),
    "entities": wrapped(PNG, 76, "&#10;"),
    "joined": wrapped(PNG, 76, '" +\n  "'),
    "listed": wrapped(PNG, 76, '",\n "'),
    "spaces": wrapped(PNG, 128, " "),
    "odd widths": "\n".join((PNG[:30], PNG[30:70], PNG[70:75], PNG[75:])),
}


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("behind", ['"', '">', '", "b": 1}'])
def test_a_picture_over_lines_ends_with_its_string(name: str, behind: str) -> None:
    text = LINES[name]
    found = extent(text + behind)
    assert found is not None
    assert not found.part
    assert found.whole is True
    assert found.end == len(text)
    assert found.letters in (LETTERS, len(PNG))


@pytest.mark.parametrize("name", ["one", "76 wide", "64 wide, CRLF", "indented"])
@pytest.mark.parametrize("behind", ["\n", "\n</a>", " \n\nwords"])
def test_without_quotes_it_ends_with_its_lines(name: str, behind: str) -> None:
    text = LINES[name]
    found = extent(text + behind, closer="", bare=True)
    assert found is not None
    assert (found.end, found.part) == (len(text), False)


def test_a_word_behind_is_not_taken_for_a_line() -> None:
    text = wrapped(PNG, 76, "\n")
    for word in ("word", "wordwordword", "-----END"):
        found = extent(f"{text}\n{word}\n", closer="", bare=True)
        assert found is not None
        assert found.end == len(text), word


def test_a_placeholder_right_behind_is_none_of_it() -> None:
    found = extent(PNG.rstrip("=") + PLACEHOLDER + '"')
    assert found is not None
    assert found.end <= LETTERS
    assert found.part


@pytest.mark.parametrize(
    "behind", ["...", "…", "${more}", ".png", "@x", '" + rest', "\n" + "A" * 60 + "."]
)
def test_what_goes_on_in_another_way_is_a_part(behind: str) -> None:
    cut = PNG[: len(PNG) // 2 // 4 * 4]
    found = extent(cut + behind, closer="" if '"' not in behind else '"')
    assert found is None or found.part or found.whole is False


def test_bare_text_fills_its_string() -> None:
    whole = extent(PNG + '"', bare=True)
    assert whole is not None
    assert not whole.part
    other = extent(PNG[:200] + ' and words"', bare=True)
    assert other is not None
    assert other.part


def test_where_nothing_begins_there_is_none() -> None:
    for text in ("", '"', " words", "<svg>"):
        assert extent(text) is None


def test_many_lines_are_not_looked_at_one_by_one() -> None:
    raw = random.Random(1).randbytes(3_000_000)
    text = wrapped(b64(b"\x89PNG\r\n\x1a\n" + raw), 76, "\n").encode() + b"\n"
    asked = [0]

    def peek(start: int, length: int) -> bytes:
        asked[0] += 1
        return text[start : start + length]

    found = base64_extent(peek, 0, head=0, closer=b"", escapes=0, bare=False)
    assert found is not None
    assert found.end == len(text) - 1
    assert asked[0] < 2_000


@given(
    st.text("AB+/=\n\r\\\"' %&#-_.", max_size=200), st.sampled_from(['"', "", "'", ")"])
)
def test_any_text_ends_within_itself(text: str, closer: str) -> None:
    found = extent(text, closer=closer)
    assert found is None or 0 < found.end <= len(text)


def end(
    text: bytes, closer: bytes = b'"', escapes: int = 0, body: int = 0
) -> int | None:
    hit = Hit(Form.URI_TEXT, body, body, closer=closer, escapes=escapes)
    return text_end(reads(text), hit, Unquoted())


@pytest.mark.parametrize(
    ("text", "closer", "escapes", "expected"),
    [
        (b'<svg>"', b'"', 0, 5),
        (rb'<svg a=\"1\">"', b'"', 0, 13),
        (rb"<svg>\" b", b'"', 1, 5),
        (b"<svg a='1'>\"", b'"', 0, 11),
        (b"a(b)c)d", b")", 0, 5),
        (b"%3Csvg%3E rest", b"", 0, 9),
        (b"%3Csvg%3E", b"", 0, 9),
        (b"no end", b'"', 0, None),
        (b"a\n)", b")", 0, None),
        (b"(" * 300 + b")" * 301, b")", 0, None),
    ],
)
def test_text_ends_with_what_closes_it(
    text: bytes, closer: bytes, escapes: int, expected: int | None
) -> None:
    assert end(text, closer, escapes) == expected


@pytest.mark.parametrize("closer", [b'"', b"", b")"])
def test_text_with_a_placeholder_in_it_stays(closer: bytes) -> None:
    text = b"%3Csvg%3E" + PLACEHOLDER.encode() + b"%3C/svg%3E"
    assert end(text + closer + b" ", closer) is None


@pytest.mark.parametrize("front", [b'["', b'[\n  "', b'"<p>\\n", "'])
def test_text_over_a_list_of_lines(front: bytes) -> None:
    text = rb'<svg>\n",' + b'\n  "' + rb'</svg>\n"' + b"\n]"
    found = end(front + text, body=len(front))
    assert found is not None
    assert (front + text)[:found].endswith(rb"</svg>\n")


@pytest.mark.parametrize("front", [b'{"a": "', b'{"a":"', b'f("', b'a="'])
def test_a_name_or_another_argument_is_no_next_line(front: bytes) -> None:
    text = rb'<svg></svg>\n", "b": "c\\"}'
    assert end(front + text, body=len(front)) == len(front) + len(rb"<svg></svg>\n")


def test_the_text_of_a_uri_ends_with_its_string() -> None:
    text = rb'["data:image/gif,GIF87a%3B\n", "a caption"]'
    hit = Hit(Form.URI_TEXT, 2, 17, closer=b'"')
    assert text_end(reads(text), hit, Unquoted()) == text.index(b'", "')


def test_text_longer_than_any_client_writes_stays() -> None:
    assert LONGEST_TEXT == 16 << 20
    text = b"%" * (LONGEST_TEXT + 9)
    assert end(text + b'"') is None
    assert end(text + b" ", b"") is None


def test_no_byte_of_unquoted_text_is_searched_twice() -> None:
    text = b"data:image/svg+xml,%" * 30_000 + b" "
    asked = [0]

    def peek(start: int, length: int) -> bytes:
        asked[0] += length
        return text[start : start + length]

    unquoted = Unquoted()
    for body in range(19, len(text) - 1, 20):
        assert unquoted.end(peek, body) == len(text) - 1
    assert asked[0] < 4 * len(text) + (2 << 20)
    assert unquoted.end(peek, 0) == len(text) - 1, "in front of what is known"
