"""Where literals of hexadecimal digits begin and end, and what goes with them."""

from pathlib import Path

import pytest

from assetstore.archiver.scan import hexadecimal
from assetstore.archiver.scan.hit import Form, Hit
from assetstore.files.source import Source, Window
from support.media import PICTURES

PNG = PICTURES["png"].hex()


def hit(tmp_path: Path, front: str, digits: str = PNG) -> Hit | None:
    path = tmp_path / "a"
    path.write_text(front + digits)
    with Source.open(path) as source:
        window = Window(source)
        return hexadecimal.hit(window, len(front))


@pytest.mark.parametrize(
    ("front", "sign", "before", "after", "closer", "escapes"),
    [
        ("(1,X'", "X'", b"'", b"", b"'", 0),
        ("x'", "x'", b"'", b"", b"'", 0),
        ("(1,'\\x", "\\x", b"", b"", b"'", 0),
        ("E'\\\\x", "\\\\x", b"", b"", b"'", 0),
        ("1\t\\\\x", "\\\\x", b"", b"", b"", 0),
        ('{"a":"\\\\x', "\\\\x", b"", b"", b'"', 0),
        ('{\\"a\\":\\"\\\\\\\\x', "\\\\\\\\x", b"", b"", b'"', 1),
        ("(1,0x", "0x", b"'", b"'", b"", 0),
        ("it\\'s ('a', 0x", "0x", b"'", b"'", b"", 0),
        ('["0x', "0x", b"", b"", b'"', 0),
    ],
)
def test_a_literal_goes_with_its_sign(
    tmp_path: Path,
    front: str,
    sign: str,
    before: bytes,
    after: bytes,
    closer: bytes,
    escapes: int,
) -> None:
    start = len(front) - len(sign)
    expected = Hit(
        Form.HEX, start, len(front), closer, escapes,
        whole=True, before=before, after=after,
    )  # fmt: skip
    assert hit(tmp_path, front) == expected
    assert hit(tmp_path, front, PNG.upper()) == expected


@pytest.mark.parametrize(
    "front",
    [
        "UNHEX('",
        "<a>",
        "\\pngblip ",
        "a: X'",  # a plain scalar of YAML
        "- 0x",
    ],
)
def test_what_may_not_go_is_seen_all_the_same(tmp_path: Path, front: str) -> None:
    found = hit(tmp_path, front)
    assert found is not None
    assert found.odd


@pytest.mark.parametrize(
    ("front", "digits"),
    [
        ("0x", "89504e47ff" + "0" * 900),
        ("0x", "89504e"),
        ("0x", "ffd8ff123456"),
        ("a", PNG),
        ("\\" * 30 + "x", PNG),
    ],
)
def test_what_only_looks_like_it(tmp_path: Path, front: str, digits: str) -> None:
    assert hit(tmp_path, front, digits) is None


@pytest.mark.parametrize(
    ("front", "outside", "quoted"),
    [
        ("(1, ", 0, False),
        ("x = 'insert (1, ", 0, True),
        ("it's so\n(1, 'it\\'s', ", 0, False),
        ("x" * (1 << 15), 0, True),  # nobody knows
        ("x" * (1 << 14) + "'),('a',", (1 << 14) + 1, False),
    ],
)
def test_a_quote_in_a_string_would_end_it(
    front: str, outside: int, quoted: bool
) -> None:
    text = f"{front}0x{PNG}".encode()
    found = Hit(Form.HEX, len(front), len(front) + 2, before=b"'", after=b"'")
    peek = lambda at, n: text[at : at + n]  # noqa: E731
    assert hexadecimal.is_quoted(peek, outside, found) is quoted


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, 200_001])
def test_digits_end_at_the_first_other_character(size: int) -> None:
    text = b"0x" + b"a" * size + b"')"
    peek = lambda at, n: text[at : at + n]  # noqa: E731
    assert hexadecimal.digits_end(peek, 2) == 2 + size
