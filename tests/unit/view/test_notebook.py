"""Notebooks as pages."""

import json
from typing import Any

import pytest

from assetstore.errors import SourceRefused
from assetstore.view.notebook import notebook_page


def page(*cells: dict[str, Any]) -> str:
    data = json.dumps({"cells": cells, "nbformat": 4}).encode()
    return notebook_page("a", data, lambda words: f"<p>{words}</p>").decode()


def put_out(**bundle: Any) -> str:
    names = {name.replace("_", "/"): data for name, data in bundle.items()}
    output = {"output_type": "display_data", "data": names}
    return page({"cell_type": "code", "source": ["x", "y"], "outputs": [output]})


def test_pictures_in_every_spelling() -> None:
    assert 'src="data:image/png;base64,abcd"' in put_out(image_png="ab\ncd\n")
    assert 'src="data:image/jpeg;base64,abcd"' in put_out(image_jpeg=["ab\n", "cd\n"])
    drawing = {"image/svg+xml": ["<svg>\n", "</svg>"], "image/png": "x"}
    output = {"output_type": "execute_result", "data": drawing}
    shown = page({"cell_type": "code", "source": "", "outputs": [output]})
    assert 'src="data:image/svg+xml;base64,PHN2Zz4KPC9zdmc+"' in shown


def test_what_a_cell_says() -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[31m<a>\x1b[0m\n"]},
        {"output_type": "error", "traceback": ["T", "<b>"]},
    ]
    shown = page({"cell_type": "code", "source": "c<d", "outputs": outputs})
    assert "<pre>c&lt;d</pre>" in shown
    assert "<pre>&lt;a&gt;\n</pre>" in shown
    assert "<pre>T\n&lt;b&gt;</pre>" in shown


def test_the_best_of_what_there_is() -> None:
    assert "<table>" in put_out(text_html=["<table>\n"], text_plain="words")
    assert "<p>**a**</p>" in put_out(text_markdown="**a**", text_plain="words")
    assert "<pre>words</pre>" in put_out(text_plain="words", application_x="y")
    assert "<pre>[application/x]</pre>" in put_out(application_x="y")


def test_a_page_in_an_output_is_no_page_of_its_own() -> None:
    shown = put_out(text_html='<META http-equiv="refresh" content="0;url=x"><b>c</b>')
    assert "<META" not in shown
    assert "&lt;META" in shown
    assert "<b>c</b>" in shown


def test_an_output_calls_no_server() -> None:
    shown = put_out(text_html='<link rel="preconnect" href="http://x/"><b>c</b>')
    assert "<x-link" in shown
    assert "<b>c</b>" in shown


def test_attachments() -> None:
    cell = {
        "cell_type": "markdown",
        "source": ['<img src="attachment:a%20b.png"> <img src="attachment:none.png">'],
        "attachments": {"a b.png": {"image/png": "abcd"}},
    }
    shown = page(cell)
    assert '<img src="data:image/png;base64,abcd">' in shown
    assert 'src="attachment:none.png"' in shown
    drawing = {"x.svg": {"image/svg+xml": ["PHN2Zz4="]}}
    cell |= {"source": '<img src="attachment:x.svg">', "attachments": drawing}
    assert 'src="data:image/svg+xml;base64,PHN2Zz4="' in page(cell)


def test_the_third_version() -> None:
    output = {"output_type": "pyout", "png": "abcd\n", "text": ["x"]}
    cell = {"cell_type": "code", "input": ["y"], "outputs": [output]}
    data = json.dumps({"worksheets": [{"cells": [cell]}], "nbformat": 3}).encode()
    shown = notebook_page("a", data, str).decode()
    assert 'src="data:image/png;base64,abcd"' in shown
    assert "<pre>y</pre>" in shown


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"cells": 1}',
        b'{"cells": [{"cell_type": "code", "outputs": [{}]}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(SourceRefused, match="no notebook"):
        notebook_page("a", data, str)
