"""What is a payload and what is not, in the spellings that people use."""

import base64
import json
import random
from urllib.parse import quote

import pytest

from assetstore.archiver.run import ArchiveOptions
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.store import Store
from support.samples import b64, picture, svg, uri, wrapped
from support.stores import archived, memory_store, restored

PNG = picture(16, 12, 1)
TEXT = b64(PNG)
URI = uri(PNG)
SVG = svg(1)
ID = blob_id(Kind.MEDIA, PNG)


def taken(document: str | bytes, **options: object) -> tuple[bytes, Store, int]:
    """A document's archived form, and how many payloads were taken."""
    data = document.encode() if isinstance(document, str) else document
    store = memory_store()
    slim, result = archived(store, data, ArchiveOptions(**options))  # type: ignore[arg-type]
    assert restored(store, slim) == data
    return slim, store, result.payloads


def in_json(levels: int, value: str, **dumps: object) -> str:
    for _ in range(levels):
        value = json.dumps({"v": value}, **dumps)  # type: ignore[arg-type]
    return value


SPELLINGS = {
    "plain": f'"{URI}"',
    "upper case": f'"DATA:IMAGE/PNG;BASE64,{TEXT}"',
    "parameters": f'"data:image/png;charset=utf-8;name=a.png;base64,{TEXT}"',
    "wrong label": f'"data:image/jpeg;base64,{TEXT}"',
    "no quotes": f"<img src={URI}>",
    "single quotes": f"<img src='{URI}'>",
    "url bare": f"a{{background:url({URI})}}",
    "url quoted": f'a{{background:url("{URI}")}}',
    "markdown": f"![x]({URI}) and more",
    "yaml": f"picture: {URI}\nnext: 1\n",
    "xml": f'<image xlink:href="{URI}"/>',
    "url-safe": f'"data:image/png;base64,{TEXT.translate(str.maketrans("+/", "-_"))}"',
    "no padding": f'"data:image/png;base64,{TEXT.rstrip("=")}"',
    "lines": f'"data:image/png;base64,{wrapped(TEXT, 76, chr(10))}"',
    "lines, CRLF": f'"data:image/png;base64,{wrapped(TEXT, 76, chr(13) + chr(10))}"',
    "lines, escaped": in_json(1, f"data:image/png;base64,{wrapped(TEXT, 64, chr(10))}"),
    "lines, escaped CRLF": in_json(
        1, f"data:image/png;base64,{wrapped(TEXT, 64, chr(13) + chr(10))}"
    ),
    "slashes escaped": f'"{URI}"'.replace("/", "\\/"),
    "slashes, hex": f'"data:image/png;base64,{TEXT}"'.replace("/", "\\u002f"),
    "plus, hex": f'"data:image/png;base64,{TEXT.replace("+", chr(92) + "u002B")}"',
    "equals, hex": f'"data:image/png;base64,{TEXT.replace("=", chr(92) + "u003d")}"',
    "JSON in JSON": in_json(2, URI),
    "three deep": in_json(3, URI),
    "six deep": in_json(6, URI),
    "escaped, in JSON": in_json(1, f'"{URI}"'.replace("/", "\\/")),
    "percent": f"url(data:image/png;base64,{quote(TEXT, safe='')})",
    "quoted-printable": (
        '<img src=3D"data:image/png;base64,'
        + wrapped(TEXT.replace("=", "=3D"), 70, "=\r\n")
    )
    + '">',
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_one_picture_in_any_spelling_is_one_blob(name: str) -> None:
    slim, store, count = taken(SPELLINGS[name])
    assert count == 1
    assert b"data:image" not in slim.lower()
    assert len(slim) < len(SPELLINGS[name]) - len(TEXT) + 40
    assert store.holds(ID)


@pytest.mark.parametrize("more", range(3))
def test_yaml_keeps_no_padding(more: int) -> None:
    slim, store, count = taken(f"a: {uri(PNG + bytes(more))}\nnext: 1\n")
    assert (count, slim[7:]) == (1, slim[7:34] + b"\nnext: 1\n")
    assert store.holds(blob_id(Kind.MEDIA, PNG + bytes(more)))


BARE = {
    "codex image": {"type": "image_generation_call", "result": TEXT},
    "mcp": {"content": [{"type": "image", "data": TEXT, "mimeType": "image/png"}]},
    "claude": {"source": {"type": "base64", "media_type": "image/png", "data": TEXT}},
    "tool result": {"toolUseResult": {"file": {"base64": TEXT, "type": "image/png"}}},
    "notebook": {"outputs": [{"data": {"image/png": TEXT + "\n"}}]},
    "har": {"content": {"mimeType": "image/png", "text": TEXT, "encoding": "base64"}},
}


@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("spaced", [False, True])
def test_bare_base64_in_json(name: str, spaced: bool) -> None:
    separators = None if spaced else (",", ":")
    slim, store, count = taken(json.dumps(BARE[name], separators=separators))
    assert count == 1
    assert TEXT[:40].encode() not in slim
    assert store.holds(ID)
    json.loads(slim)


@pytest.mark.parametrize(
    "text",
    [
        f'url("data:image/svg+xml,{quote(SVG)}")',
        f"url('data:image/svg+xml;utf8,{SVG}')",
        f"url('data:image/svg+xml;charset=utf-8,{SVG}')",
        f"url(data:image/svg+xml,{quote(SVG)})",
        f'"data:image/svg+xml;base64,{b64(SVG.encode())}"',
        json.dumps(f"data:image/svg+xml;utf8,{SVG}"),
    ],
)
def test_a_drawing_as_text_is_the_same_blob(text: str) -> None:
    slim, store, count = taken(text)
    assert count == 1
    assert b"svg" not in slim
    assert store.holds(blob_id(Kind.MEDIA, SVG.encode()))


LEFT_ALONE = {
    "code that builds one": 'var u = "data:image/png;base64," + btoa(bytes) + "";' * 9,
    "a template": "src=`data:image/png;base64,${data}` alt=`" + "x" * 200 + "`",
    "an ellipsis": f'"data:image/png;base64,{TEXT[:40]}..."' + " " * 200,
    "prose": "A URI begins with data:image/png;base64, and then come letters. " * 9,
    "encrypted": json.dumps({"encrypted_content": "gAAAAABm" + "Qx9_-" * 100}),
    "another media type": f'"data:text/plain;base64,{b64(b"hello " * 99)}"',
    "base64 that is no picture": json.dumps({"data": b64(b"no picture " * 99)}),
    "a hash": json.dumps({"h": "iVBORw0KGgo"}),
    "a truncated last line": f'{{"image_url":"data:image/png;base64,{TEXT[:-40]}',
    "short": '"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="',
}


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_what_is_no_payload_stays(name: str) -> None:
    slim, _, count = taken(LEFT_ALONE[name])
    assert (count, slim) == (0, LEFT_ALONE[name].encode())


@pytest.mark.parametrize(
    "around",
    [
        (b"\xff\xf0\x00", b"\xff"),
        (b"\xef\xbb\xbf{", b"}"),
        (b"\0" * 9000, b"\0"),
        (
            b'{"\\ud800":1,"a":1,"a":2,"n":1e999,"big":',
            b"123456789012345678901234567890}",
        ),
        (b"\n\n\r\n", b"\r\r\n"),
    ],
)
def test_the_rest_may_be_anything(around: tuple[bytes, bytes]) -> None:
    before, after = around
    slim, _, count = taken(before + f'"{URI}"'.encode() + after)
    assert count == 1
    assert slim.startswith(before)
    assert slim.endswith(b'"' + after)


def test_other_media_are_taken_on_request() -> None:
    sound = b"RIFF" + (2000).to_bytes(4, "little") + b"WAVEfmt " + bytes(2000)
    text = f'"data:audio/wav;base64,{b64(sound)}"'
    assert taken(text)[2] == 0
    assert taken(text, media="any")[2] == 1


def test_small_ones_are_taken_on_request() -> None:
    text = LEFT_ALONE["short"]
    slim, _, count = taken(text, min_size=0)
    assert count == 1
    assert b"data:image" not in slim
    assert taken(f'"{URI}"', min_size=len(TEXT) + 1)[2] == 0
    assert taken(f'"{URI}"', min_size=len(TEXT) - 40)[2] == 1


def test_bits_that_decoders_ignore_come_back() -> None:
    # "Zh==" decodes to what "Zg==" spells.
    data = base64.b64encode(PNG + b"x" * (1 - len(PNG) % 3 + 3)).decode()
    assert data.endswith("==")
    odd = data[:-3] + chr(ord(data[-3]) + 1) + "=="
    slim, _, count = taken(f'"data:image/png;base64,{odd}"')
    assert count == 1
    assert len(slim) < 100


def test_many_tiny_payloads_in_one_line() -> None:
    noise = random.Random(1)
    uris = [uri(b"\x89PNG\r\n\x1a\n" + noise.randbytes(90)) for _ in range(500)]
    slim, _, count = taken(json.dumps(uris))
    assert count == 500
    assert b"data:image" not in slim
