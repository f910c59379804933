"""Lines of base64 text: how far they go, and what stands in front of each."""

import textwrap

import pytest

from assetstore.archiver.scan.lines import like_lines, line, marked_lines
from support.media import PICTURES
from support.samples import b64

TEXT = b64(PICTURES["png"])


@pytest.mark.parametrize(
    ("text", "end", "letters", "padded"),
    [
        (b"QUJD\n", 4, 4, False),
        (b"QUI=\nQUJD", 3, 3, False),
        (b"QQ==", 4, 2, True),
        (b"QQ====", 6, 2, True),
        (b"QU\\/D%2BQ", 9, 6, False),
        (b"QU&sol;&plus;&equals;", 21, 4, True),
        (b"QU&quot;", 2, 2, False),
        (b"QUas1:" + b"A" * 27, 2, 2, False),
        (b"-", 1, 1, False),
        (b"", 0, 0, False),
    ],
)
def test_a_line_and_its_padding(
    text: bytes, end: int, letters: int, padded: bool
) -> None:
    assert line(lambda at, n: text[at : at + n], 0) == (end, letters, padded)


def test_lines_that_are_alike_are_crossed_at_once() -> None:
    text = b"\n    ".join([b"A" * 60] * 5000) + b"\n    AAAA"
    found = like_lines(lambda at, n: text[at : at + n], 60, b"\n    ", 60)
    assert 4990 < found < 5000


@pytest.mark.parametrize("mark", ["# ", "// ", "> ", " * ", "; ", "-- ", "\t# "])
@pytest.mark.parametrize("width", [24, 76])
def test_what_is_in_front_of_each_line_goes_with_it(mark: str, width: int) -> None:
    parts = textwrap.wrap(TEXT, width)
    document = (f"\n{mark}".join(parts) + "\nx = 1\n").encode()
    found = marked_lines(lambda at, n: document[at : at + n], 0)
    assert found is not None
    assert found.whole
    assert found.end == len(document) - len("\nx = 1\n")
    assert found.letters == len(TEXT.rstrip("="))


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda parts: parts[:-1],
        lambda parts: [*parts[:3], parts[3][:-4], *parts[4:]],
        lambda parts: [*parts[:3], "", *parts[3:]],
        lambda parts: parts[:1],
    ],
    ids=["cut", "uneven", "a gap", "one line"],
)
def test_lines_that_lead_to_no_end_are_none(spoilt: object) -> None:
    parts = spoilt(textwrap.wrap(TEXT, 60))  # type: ignore[operator]
    document = "\n# ".join(parts).encode()
    assert marked_lines(lambda at, n: document[at : at + n], 0) is None
