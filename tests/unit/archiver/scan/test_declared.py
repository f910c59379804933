"""Base64 text is found by the media type beside it, on either side, and no farther."""

from pathlib import Path

import pytest

from assetstore.archiver.scan.declared import is_media, text_beside
from assetstore.files.source import Source, Window
from support.samples import b64, picture, svg, wrapped

PNG = b64(picture(12, 10, 1))
SVG = b64(b"<?xml version='1.0'?>\n<!-- " + b"words " * 30 + b"-->" + svg(1).encode())


def found(tmp_path: Path, text: str, *, low: int = 0) -> int | None:
    path = tmp_path / "document"
    path.write_bytes(text.encode())
    with Source.open(path) as source:
        window = Window(source)
        at = window.find(b"mage/", 0)
        assert at >= 0
        return text_beside(window, at, b"mage/", low, media="image")


BESIDE = {
    "yaml": "mediatype: image/png\ndata: {0}\n",
    "json": '{{"mediaType": "image/png", "data": "{0}"}}',
    "xml": '<binary content-type="image/png">{0}</binary>',
    "mail": "Content-Type: image/png\r\n\r\n{0}\r\n",
    "behind it": '{{"data": "{0}", "mediaType": "image/png"}}',
    "behind it, xml": "<data>{0}</data><mime>image/png</mime>",
    "some words between": "image/png and then some words: {0}",
}


@pytest.mark.parametrize("name", BESIDE)
def test_a_picture_beside_its_type(tmp_path: Path, name: str) -> None:
    text = BESIDE[name].format(PNG)
    assert found(tmp_path, text) == text.index(PNG)


def test_lines_in_front_of_the_type(tmp_path: Path) -> None:
    lines = wrapped(PNG, 76, "\n")
    text = f"<data>\n{lines}\n</data><mime>image/png</mime>"
    assert found(tmp_path, text) == text.index(lines)


def test_a_drawing_with_a_preamble(tmp_path: Path) -> None:
    text = f"image/svg+xml: {SVG}"
    assert found(tmp_path, text) == text.index(SVG)


NOT = {
    "too far": "image/png" + " " * 800 + "{0}",
    "another type is nearer": "image/png image/gif {0}",
    "words": "image/png and nothing but words, many of them, behind it",
    "letters of no picture": "image/png " + "A" * 400,
    "a path": "image/png/{0}",
    "a word that only begins so": "image/png_" + "{0}",
    "within a longer word": "image/png " + "A" * 30 + "{0}",
}


@pytest.mark.parametrize("name", NOT)
def test_what_is_not_announced(tmp_path: Path, name: str) -> None:
    text = NOT[name].format(PNG)
    assert found(tmp_path, text) is None


def test_nothing_in_front_of_the_floor_is_looked_at(tmp_path: Path) -> None:
    text = f'{{"data": "{PNG}", "mediaType": "image/png"}}'
    at = text.index(PNG)
    assert found(tmp_path, text, low=at) is None
    assert found(tmp_path, text, low=at - 1) == at


@pytest.mark.parametrize(
    ("text", "expected"),
    [(PNG, True), (SVG, True), ("A" * 90, False), ("", False), ("words here", False)],
)
def test_the_letters_of_a_picture(tmp_path: Path, text: str, expected: bool) -> None:
    path = tmp_path / "document"
    path.write_bytes(b"::" + text.encode())
    with Source.open(path) as source:
        window = Window(source)
        window.find(b"::", 0)
        assert is_media(window, 2) == expected
