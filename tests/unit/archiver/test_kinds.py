"""One picture in documents of every kind is one blob, and all comes back."""

import json

import pytest

from assetstore.archiver.run import ArchiveOptions
from assetstore.store.format.blob import Kind, blob_id
from support.documents import (
    BARE,
    DECLARED,
    JOINED,
    PICTURES,
    TYPED,
    URIS,
    joined,
)
from support.samples import b64, svg, wrapped
from support.stores import archived, memory_store, restored

PNG, JPEG, GIF = PICTURES["png"], PICTURES["jpeg"], PICTURES["gif"]
TEXT = b64(PNG)


def taken(document: str, *pictures: bytes) -> tuple[str, int]:
    """A document's archived form and how many payloads were taken."""
    store, data = memory_store(), document.encode()
    slim, result = archived(store, data, ArchiveOptions(min_size=0))
    assert restored(store, slim) == data
    for each in pictures:
        assert store.holds(blob_id(Kind.MEDIA, each))
    return slim.decode(), result.payloads


def untouched(document: str) -> bool:
    slim, count = taken(document)
    return (slim, count) == (document, 0)


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("kind", BARE)
def test_bare_base64(kind: str, picture: str) -> None:
    data = PICTURES[picture]
    slim, count = taken(BARE[kind](b64(data)), data)
    assert count == 1
    assert len(slim) < 160


@pytest.mark.parametrize("picture", ["png", "jpeg, comment first", "svg, preamble"])
@pytest.mark.parametrize("kind", JOINED)
def test_several_strings(kind: str, picture: str) -> None:
    data = PICTURES[picture]
    slim, count = taken(JOINED[kind](b64(data)), data)
    assert count == 1
    assert len(slim) < 60


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("kind", URIS)
def test_data_uris(kind: str, picture: str) -> None:
    data = PICTURES[picture]
    slim, count = taken(URIS[kind](b64(data)), data)
    assert count == 1
    assert len(slim) < 160
    assert "base64" not in slim


@pytest.mark.parametrize("picture", [*PICTURES, *DECLARED])
@pytest.mark.parametrize("kind", TYPED)
def test_a_media_type_beside_it(kind: str, picture: str) -> None:
    data = {**PICTURES, **DECLARED}[picture]
    slim, count = taken(TYPED[kind](f"image/{picture.split(',')[0]}", b64(data)), data)
    assert count == 1
    assert len(slim) < 240


@pytest.mark.parametrize("data", [PNG, JPEG, GIF])
def test_a_list_of_pictures_is_no_picture_in_pieces(data: bytes) -> None:
    text = b64(data)
    assert taken(json.dumps([text, text, text]), data)[1] == 3
    assert taken(f"x = ['{text}',\n     '{text}']", data)[1] == 2
    srcset = f'srcset="data:;base64,{text} 1x, data:;base64,{text} 200w"'
    assert taken(srcset, data)[1] == 2


@pytest.mark.parametrize("data", [PNG, JPEG, GIF])
@pytest.mark.parametrize("head", ["", "data:image/x;base64,"])
def test_uneven_pieces_are_taken_as_they_stand(data: bytes, head: str) -> None:
    text = head + b64(data)
    pieces = [text[:90], text[90:150], text[150:300], text[300:]]
    document = 'x = "' + '"\n  + "'.join(pieces) + '";'
    slim, count = taken(document.replace('"\n  + "', '" + "', 1))
    assert count == 1
    assert slim.startswith('x = "as1:')
    assert len(slim) < 50


PARTS = {
    "a rest in a variable": f'x = "data:image/png;base64,{TEXT[:80]}" + rest;',
    "PHP": f"x = 'data:image/png;base64,{TEXT[:80]}' . $rest;",
    "PHP, close": f"x = 'data:image/png;base64,{TEXT[:80]}'.$rest;",
    "template": f"x = `data:image/png;base64,{TEXT[:80]}${{rest}}`;",
    "comments between": f'x="data:image/png;base64,{TEXT[:80]}" + // a\n "{TEXT[80:]}"',
    "comments, bare": f'x = "{TEXT[:80]}" + /* a */ "{TEXT[80:]}";',
    "a list without its end": json.dumps([TEXT[:76], TEXT[76:152], TEXT[152:190]]),
    "joined without an end": f"x = {joined(chr(39), ' + ', TEXT[:400], 76)};",
    "no end": f"x: {TEXT[:1000]}\n",
    "no end, short": f"x = `{TEXT[:400]}`;",
    "an ellipsis": f"x: {TEXT[:1000]}...\n",
    "signatures": f"if (s.startsWith('{TEXT[:11]}', '/9j/', 'R0lGODlh')) {{}}\n",
    "the beginning": f'assert "data:image/png;base64,{TEXT[:5]}" in x\n',
    "a pattern": "expect(x).toMatch(/^data:image\\/png;base64,/);\n",
    "a path": f"https://example.com/{TEXT}\n",
    "inside of a word": f"x{TEXT} {TEXT}x\n",
    "text that is none": f'<a b="data:text/plain;base64,{b64(b"words " * 40)}">',
    "a source map": f"//# a=data:application/json;base64,{b64(b'{}' * 40)}",
    "a drawing in pieces": f"x = 'data:image/svg+xml,{svg(1)[:200]}' + c + '</svg>';",
    "a drawing, PHP": f"x = 'data:image/svg+xml,{svg(1)[:200]}' . $c . '</svg>';",
    "a drawing, filled in": f"`data:image/svg+xml,{svg(1)[:99]}${{c}}{svg(1)[99:]}`",
    "another XML": f"x = '{b64(b'<?xml version=' + bytes(200))}'",
    "a type beside no picture": json.dumps({"type": "image/heic", "x": b64(b"a" * 99)}),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_a_picture_stays(name: str) -> None:
    assert untouched(PARTS[name])


@pytest.mark.parametrize("quote", "\"'`")
def test_drawings_as_text_in_quotes(quote: str) -> None:
    drawing = svg(3).replace('"', "'" if quote == '"' else '"')
    for prefix in ("", ";utf8", ";charset=utf-8"):
        slim, count = taken(f"x={quote}data:image/svg+xml{prefix},{drawing}{quote};")
        assert count == 1
        assert slim.startswith(f"x={quote}as1:")
        assert slim.endswith(f"{quote};")
        assert len(slim) == len("x=;") + 2 + 31
    whole = f"x={quote}data:image/svg+xml,{drawing}{quote} + y"
    assert taken(whole, drawing.encode())[1] == 1


def test_a_drawing_in_a_style_ends_at_the_quote_that_is_an_entity() -> None:
    drawing = svg(4)
    uri = "data:image/svg+xml," + drawing.replace("#", "%23").replace('"', "'")
    slim, count = taken(f'<a style="background:url(&quot;{uri}&quot;)">')
    assert count == 1
    assert slim.endswith('&quot;)">')


def test_what_is_bare_leaves_whole_quanta_behind() -> None:
    slim, _ = taken(f"<data>{TEXT}</data>", PNG)
    assert slim.endswith("=AA==</data>")
    assert not taken(json.dumps({"a": TEXT}), PNG)[0].endswith('=AA=="}')


@pytest.mark.parametrize("joint", ["\n", "\r\n  ", "\\n", '",\n"', "' +\n '"])
def test_a_picture_inside_of_another_text_stays(joint: str) -> None:
    """An icon holds PNG files, one of which may begin where a line does."""
    longer = b64(bytes(57) + PNG + bytes(3))
    text = f"[{joint[-1:]}{wrapped(longer, 76, joint)}{joint[:1]}]"
    assert text.count(joint + TEXT[:20]) == 1
    assert untouched(text)
