"""A payload that is cut in pieces goes as a whole or stays as a whole, and is told."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
import yaml

from assetstore.archiver.run import ArchiveOptions
from assetstore.results import Why
from support.media import PICTURES
from support.samples import b64, picture, svg, uri
from support.stores import archived, memory_store, restored

Cut = Callable[[list[str]], str]


def event(text: str) -> str:
    delta = {"type": "content_block_delta", "delta": {"text": text}}
    return f"event: content_block_delta\ndata: {json.dumps(delta)}\n\n"


CUTS: dict[str, Cut] = {
    "assigned": lambda c: 'x = "' + '";\nx += "'.join(c) + '";\n',
    "comment": lambda c: 'x = "' + '" /* c */ + "'.join(c) + '";\n',
    "concat": lambda c: 'x = "' + '".concat("'.join(c) + '");\n',
    "pushed": lambda c: "".join(f"a.push('{p}');\n" for p in c),
    "f-strings": lambda c: 'x = f"' + '" f"'.join(c) + '"\n',
    "folded": lambda c: "a: >-\n  " + "\n\n  ".join(c) + "\nb: 1\n",
    "attribute": lambda c: '<a b="' + "\n \n".join(c) + '"/>',
    "elements": lambda c: "".join(f"<p n='1'>{p}</p>" for p in c),
    "blank lines": lambda c: json.dumps({"a": "\n\n".join(c)}),
    "tabs": lambda c: json.dumps({"a": "\t".join(c)}),
    "spelt breaks": lambda c: '{"a":"' + "\\u000a".join(c) + '"}',
    "quoted mail": lambda c: "> " + "\r\n> ".join(c) + "\r\n",
    "log": lambda c: "".join(f"[12:00] {p}\n" for p in c),
    "numbered": lambda c: json.dumps({str(i): p for i, p in enumerate(c)}),
    "objects": lambda c: json.dumps([{"seq": i, "chunk": p} for i, p in enumerate(c)]),
    "records": lambda c: "".join(json.dumps({"chunk": p}) + "\n" for p in c),
    "stream": lambda c: "".join(f"data: {json.dumps({'delta': p})}\n\n" for p in c),
    "events": lambda c: "".join(map(event, c)),
}


@pytest.mark.parametrize("width", [32, 76, 222, 600])
@pytest.mark.parametrize("form", ["png", "jpeg", "gif", "webp", "svg"])
@pytest.mark.parametrize("cut", CUTS)
def test_pieces_stay_together(cut: str, form: str, width: int) -> None:
    mime = "svg+xml" if form == "svg" else form
    size = 40 if form == "jpeg" else 24
    data = svg(1).encode() if form == "svg" else picture(size, 20, 1, form.upper())
    text = f"data:image/{mime};base64,{b64(data)}"
    pieces = [text[i : i + width] for i in range(0, len(text), width)]
    document = CUTS[cut](pieces).encode()
    slim, result = archived(memory_store(), document, ArchiveOptions(min_size=0))
    assert len(pieces) > 1
    assert slim == document or text[-24:].encode() not in slim
    if slim == document and width >= 76:
        assert result.stays.reasons == {Why.NOT_UNDERSTOOD.value: 1}


def test_the_last_piece_may_be_short() -> None:
    text = uri(picture(24, 20, 1))
    document = f'x = "{text[:-6]}";\nx += "{text[-6:]}";\n'.encode()
    slim, result = archived(memory_store(), document, ArchiveOptions(min_size=0))
    assert slim == document
    assert result.stays.reasons == {Why.NOT_UNDERSTOOD.value: 1}


def test_a_cut_off_string_goes_when_nothing_continues_it() -> None:
    text = uri(picture(24, 20, 1))
    document = json.dumps({"a": text[:622], "b": "words " * 30, "c": text}).encode()
    store = memory_store()
    slim, result = archived(store, document)
    assert result.payloads == 2
    assert b"data:image" not in slim
    assert restored(store, slim) == document


def test_a_drawing_as_text_in_two_strings_stays() -> None:
    drawing = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E" + (
        "%3Crect width='9' height='9'/%3E" * 20 + "%3C/svg%3E"
    )
    document = f'x = "{drawing[:300]}";\nx += "{drawing[300:]}";\n'.encode()
    slim, result = archived(memory_store(), document, ArchiveOptions(min_size=0))
    assert slim == document
    assert result.stays.reasons == {Why.NOT_UNDERSTOOD.value: 1}


STRAY = {
    "single": 'a: \'"{}\'\nb: "c"\n',
    "double": "a: \"'{}\"\nb: 'c'\n",
    "plain": 'a: x "{}\nb: "c"\n',
    "two drawings": "a: '\"{}'\nb: '\"{}'\n",
}


@pytest.mark.parametrize("name", STRAY)
def test_a_quote_in_front_of_a_drawing_may_be_of_the_string_itself(name: str) -> None:
    drawing = f"data:image/svg+xml,{quote(svg(1))}"
    document = STRAY[name].replace("{}", drawing).encode()
    store = memory_store()
    slim, result = archived(store, document, ArchiveOptions(min_size=0))
    assert result.payloads == document.count(b"svg+xml")
    was, now = yaml.safe_load(document), yaml.safe_load(slim)
    assert now.keys() == was.keys()
    assert now["a"] == was["a"].replace(drawing, now["a"][-31:])
    assert restored(store, slim) == document


def test_what_stands_behind_a_drawing_in_its_string_goes_with_it() -> None:
    inner = "<svg><svg id='b'></svg><path d='c'/></svg>"
    for behind in ("#a", " 1x, b.png 2x", "\n  ", ""):
        document = f'<i b="data:image/svg+xml,{inner}{behind}">'.encode()
        slim, _ = archived(memory_store(), document, ArchiveOptions(min_size=0))
        assert len(slim) == len('<i b="">') + 31


# So much of a picture is there that nothing else begins so.
BARE = ["bmp", "ico", "cur", "tiff", "tiff, little", "bigtiff", "jp2", "j2k", "jxl"]
BARE += ["psd", "psd, packed", "heic", "webp", "png", "jpeg", "gif"]


@pytest.mark.parametrize("name", BARE)
def test_a_bare_picture_that_is_cut_is_left_and_told(name: str) -> None:
    text = b64(PICTURES[name])
    half = text[: len(text) // 8 * 4]
    for form in ("<a>{}</a>", "a: {}\nb: c\n", "x = '{}' + rest\n"):
        document = form.replace("{}", half).encode()
        slim, result = archived(memory_store(), document, ArchiveOptions(min_size=0))
        assert slim == document
        assert result.stays.reasons == {Why.NOT_UNDERSTOOD.value: 1}


def test_what_only_begins_with_an_icons_four_bytes_is_not_told() -> None:
    for data in (b"\0\0\1\0\3\0" + bytes(90), b"\0\1\0\0\0\x0c" + bytes(90)):
        document = f"<a>{b64(data)}</a>".encode()
        options = ArchiveOptions(min_size=0, media="any")
        slim, result = archived(memory_store(), document, options)
        assert (slim, result.stays.count) == (document, 0)
