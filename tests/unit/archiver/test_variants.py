"""A medium of every format in documents of every kind is one blob, taken whole."""

import base64
import itertools
import os
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal
from urllib.parse import quote

import pytest

from assetstore.archiver.run import ArchiveOptions
from assetstore.results import Why
from assetstore.store.format.blob import Kind, blob_id
from support.kinds import AROUND, HEADS, TEXTS, TYPED
from support.kinds import Kind as Write
from support.media import (
    ANNOUNCED,
    OTHERS,
    OTHERS_ANNOUNCED,
    PICTURES,
    mime,
)
from support.samples import b64, svg, wrapped
from support.stores import archived, memory_store, restored

PNG_URI = f"image/png;base64,{b64(PICTURES['png'])}"
MARK = re.compile(rb"as1:[\w-]{27}")
# What is around a payload is no longer.
AROUND_IT = 700
# The first slash of a JPEG 2000 codestream is searched for as itself.
SPELT_SLASH = ("a URI in a query", "a URI in url()", "a form")
ENTITIES = ("slashes, named",)


# Of most kinds some formats are tried, and most formats in some kinds, unless all are
# asked for (ASSETSTORE_TEST_KINDS=all: minutes).
ALL = os.environ.get("ASSETSTORE_TEST_KINDS") == "all"
FEW = ("png", "jpeg, comment", "gif 87", "heic", "ico", "tiff, behind", "psd, packed")
FEW_OTHERS = ("woff2", "pdf", "mp4", "flac")
EVERYWHERE = ("property list", "C", "JavaScript, uneven +", "log, a word", "comment, #")

Media = Literal["image", "any"]


def left_behind(document: str, data: bytes, media: Media) -> str:
    """What is wrong with the archived form of a document; "": nothing."""
    store, text = memory_store(), document.encode()
    slim, result = archived(store, text, ArchiveOptions(min_size=0, media=media))
    assert restored(store, slim) == text
    if result.payloads != 1 or len(MARK.findall(slim)) != 1:
        return f"{result.payloads} taken, {result.stays.count} left"
    if not store.holds(blob_id(Kind.MEDIA, data)):
        return "other bytes"
    return f"{len(slim)} bytes" if len(slim) > AROUND_IT else ""


def wrong(
    media: dict[str, bytes], kinds: dict[str, Write], option: Media
) -> dict[str, str]:
    """What is wrong, by format and kind."""
    return {
        f"{name} in {kind}": found
        for (name, data), (kind, write) in itertools.product(
            media.items(),
            kinds.items(),
        )
        if (found := left_behind(write(data, b64(data), mime(name)), data, option))
    }


def some(media: dict[str, bytes], few: Iterable[str], kind: str) -> dict[str, bytes]:
    """The formats that are tried in a kind of document."""
    every = ALL or kind in EVERYWHERE
    return {k: v for k, v in media.items() if every or k in few}


@pytest.mark.parametrize("kind", TEXTS)
def test_in_any_text(kind: str) -> None:
    write = {kind: TEXTS[kind]}
    pictures = some(PICTURES, FEW, kind)
    if kind in SPELT_SLASH:
        pictures.pop("j2k", None)
    assert wrong(pictures, write, "image") == {}
    assert wrong(some(OTHERS, FEW_OTHERS, kind), write, "any") == {}


@pytest.mark.parametrize("kind", TYPED)
def test_beside_its_media_type(kind: str) -> None:
    write = {kind: TYPED[kind]}
    pictures = some({**PICTURES, **ANNOUNCED}, (*FEW, *ANNOUNCED), kind)
    assert wrong(pictures, write, "image") == {}
    others = some(
        {**OTHERS, **OTHERS_ANNOUNCED}, (*FEW_OTHERS, "flac, unfinished"), kind
    )
    assert wrong(others, write, "any") == {}


def _behind(
    head: str, around: Callable[[str], str], data: bytes, text: str, mime: str
) -> str:
    return around(HEADS[head](mime, text))


@pytest.mark.parametrize("head", HEADS)
def test_behind_any_head(head: str) -> None:
    for around in AROUND.values():
        kind: dict[str, Write] = {head: partial(_behind, head, around)}
        pictures = {
            name: data
            for name, data in some(PICTURES, FEW, head).items()
            if not (head in ENTITIES and name == "j2k")
        }
        assert wrong(pictures, kind, "image") == {}


@pytest.mark.parametrize(
    "slash",
    [
        "&#47;",
        "&#x2F;",
        "&#x2f;",
        "&sol;",
        "\\u002f",
        "\\u002F",
        "\\x2f",
        "\\/",
        "%2F",
        "%2f",
        "_",
    ],
)
def test_a_jpeg_whose_first_slash_is_written_otherwise(slash: str) -> None:
    plus = "-" if slash == "_" else "+"

    def written(around: str, data: bytes, text: str, mime: str) -> str:
        return around % text.replace("/", slash).replace("+", plus)

    forms = ("<a><b>%s</b></a>", "<a data-b='%s'>x</a>", '{"a": "%s", "b": 1}')
    kinds: dict[str, Write] = {form: partial(written, form) for form in forms}
    pictures = {k: v for k, v in PICTURES.items() if k.startswith("jpeg")}
    assert wrong(pictures, kinds, "image") == {}


@pytest.mark.parametrize("scheme", ["DatA:", "dATa:", "DATA:", "daTA:"])
def test_the_case_of_a_scheme_is_of_no_meaning(scheme: str) -> None:
    for around in AROUND.values():
        for uri in (PNG_URI, f"image/svg+xml,{quote(svg(1))}"):
            document = around(f"{scheme}{uri}").encode()
            slim, result = archived(
                memory_store(), document, ArchiveOptions(min_size=0)
            )
            assert result.payloads == 1
            assert scheme.encode() not in slim


@pytest.mark.parametrize("name", [*OTHERS, *OTHERS_ANNOUNCED])
def test_what_is_not_asked_for_stays(name: str) -> None:
    text = b64({**OTHERS, **OTHERS_ANNOUNCED}[name])
    for document in (f'x = "{text}"', f'"data:{mime(name)};base64,{text}"'):
        assert left_behind(document, b"", "image") == "0 taken, 0 left"


def broken(name: str, width: int, joint: str, letters: int = 1 << 20) -> str:
    """The base64 text of a picture in lines, or the beginning of it."""
    return wrapped(b64(PICTURES[name])[:letters], width, joint)


PIECES = {
    "a PNG in the lines of an icon": f'x = ["{broken("ico", 80, chr(10) + "> ")}"]',
    "boxes without data": f"<a>{broken('jp2', 43, chr(10) + chr(10), 2400)}",
    "a short last line": f"data:;base64,{broken('tiff', 80, chr(10), 2200)}\nwords\n",
    "a short last word": f"data:;base64,{broken('avif', 88, chr(9), 120)}\n",
    "entities": f"data:;base64,{broken('svg', 64, '&#10;', 203)}\n",
}


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_is_never_taken_alone(name: str) -> None:
    store, text = memory_store(), PIECES[name].encode()
    slim, result = archived(store, text, ArchiveOptions(min_size=0))
    assert (slim, result.payloads) == (text, 0)


def test_a_box_that_ends_with_its_line_is_not_all_of_a_picture() -> None:
    text = f"x = '{broken('jxl', 43, ' ')}'"
    assert left_behind(text, PICTURES["jxl"], "image") == ""


def test_what_decodes_a_placeholder_at_once_finds_whole_quanta() -> None:
    line = "ATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=image/png:"
    text = f"{line}{b64(PICTURES['png'])}\r\nUID:1\r\n".encode()
    slim, _ = archived(memory_store(), text, ArchiveOptions(min_size=0))
    assert len(base64.b64decode(slim[len(line) : slim.index(b"\r\n")])) > 20


def test_a_picture_without_which_a_calendar_is_refused_stays_and_is_told() -> None:
    line = "IMAGE;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=image/png:"
    for text in (line, f"{line[:30]}\r\n {line[30:]}"):
        document = f"UID:1\r\n{text}{b64(PICTURES['png'])}\r\nUID:1\r\n"
        slim, result = archived(
            memory_store(), document.encode(), ArchiveOptions(min_size=0)
        )
        assert slim == document.encode()
        assert result.stays.reasons == {Why.REFUSED.value: 1}
