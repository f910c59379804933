"""Where a payload may begin: each form, as the scanner tells it."""

from pathlib import Path

import pytest

from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.scan.scanner import Scanner
from assetstore.files.source import Source

LETTERS = b"iVBORw0KGgoAAAANSUhEUgAA"

HITS = {
    "a data URI": (
        b'<img src="data:image/png;base64,AAAA">',
        Hit(Form.URI_BASE64, 10, 32, b'"', 0, "image/png"),
    ),
    "in JSON in JSON": (
        rb'"{\"a\":\"data:image/png;base64,AAAA\"}"',
        Hit(Form.URI_BASE64, 10, 32, b'"', 1, "image/png"),
    ),
    "text": (
        b"url('data:image/svg+xml,%3Csvg')",
        Hit(Form.URI_TEXT, 5, 24, b"'", 0, "image/svg+xml"),
    ),
    "of no type": (
        b' "data:;base64,AAAA"',
        Hit(Form.URI_BASE64, 2, 15, b'"', 0, "", odd=True),
    ),
    "without a quote": (
        b"![](data:image/png;base64,AAAA)",
        Hit(Form.URI_BASE64, 4, 26, b")", 0, "image/png"),
    ),
    "bare": (
        b'{"a":"' + LETTERS + b'"}',
        Hit(Form.BARE, 6, 6, b'"', 0, whole=False),
    ),
    "a placeholder": (
        b"see as1:" + b"A" * 27,
        Hit(Form.MARKED, 4, 4),
    ),
}


@pytest.mark.parametrize("name", HITS)
def test_the_scanner_tells_what_begins_where(tmp_path: Path, name: str) -> None:
    data, expected = HITS[name]
    path = tmp_path / "document"
    path.write_bytes(data)
    with Source.open(path) as source:
        scanner = Scanner(source, json=name == "bare")
        first = scanner.next()
    assert first is not None
    assert (first.form, first.start, first.body) == (
        expected.form,
        expected.start,
        expected.body,
    )
    if expected.form is not Form.MARKED:
        assert (first.closer, first.escapes) == (expected.closer, expected.escapes)
        assert (first.mime, first.odd, first.foreign) == (
            expected.mime,
            expected.odd,
            expected.foreign,
        )


def test_a_hit_is_what_it_says_and_does_not_change() -> None:
    one, other = Hit(Form.BARE, 3, 3), Hit(Form.BARE, 3, 3)
    assert one == other
    assert one != Hit(Form.BARE, 3, 3, odd=True)
    with pytest.raises(AttributeError):
        one.start = 4  # type: ignore[misc]
