"""A payload is taken as it is, or stays whole; nothing of what stays is stored."""

import base64
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.scan.scanner import Scanner
from assetstore.archiver.take.taker import Taken, Taker
from assetstore.files.source import Source
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.format.dialect import PLAIN
from assetstore.store.session import Session
from support.samples import b64, picture, svg, uri, wrapped
from support.stores import memory_store

PNG = picture(20, 16, 1)
LARGE = picture(90, 80, 2)
URI = uri(PNG)


class Try:
    """What a taker makes of the first hit of a document."""

    def __init__(
        self,
        folder: Path,
        document: str,
        *,
        media: str = "image",
        min_size: int = 0,
        approve: Callable[[int, int], bool] | None = None,
    ):
        path = folder / "document"
        path.write_bytes(document.encode())
        self.document = document.encode()
        with Source.open(path) as source, memory_store().session() as session:
            scanner = Scanner(source, media=media, json=document[:1] in "{[")
            hit = scanner.next()
            assert hit is not None
            self.hit: Hit = hit
            taker = Taker(session, scanner, media, min_size)
            self.taken: Taken | None
            self.taken = taker.take(hit, approve) if approve else taker.take(hit)
            self.torn = taker.torn
            self.raw = self._raw(session)
            self.pending = session.pending
            self.spelt = b"" if self.taken is None else self._spelt()

    def _raw(self, session: Session) -> bytes:
        if self.taken is None or self.taken.fitted is None:
            return b""
        return session.read(Kind.MEDIA, self.taken.fitted.media.blob)

    def _spelt(self) -> bytes:
        assert self.taken is not None
        assert self.taken.fitted is not None
        return b"".join(self.taken.fitted.media.dialect.encode([self.raw]))

    def check(self, raw: bytes, mime: str = "image/png") -> None:
        """It was taken, and what was stored spells what stood there."""
        assert self.taken is not None
        assert self.raw == raw
        assert self.taken.mime == mime
        assert self.spelt == self.document[self.hit.body : self.taken.end]


TAKEN = {
    "short": f'"{URI}"',
    "long": f'"{uri(LARGE)}"',
    "single quotes": f"'{URI}'",
    "unpadded": f'"{URI.rstrip("=")}"',
    "lines": f"data:image/png;base64,{wrapped(b64(PNG), 76, chr(10))}\n",
    "escaped slash": '"' + URI.replace("/", r"\/") + '"',
    "percent": '"' + URI.replace("+", "%2B").replace("=", "%3D") + '"',
    "with a last line break": f'"{uri(LARGE)}' + r'\n"',
    "bare, in JSON": '{"a":"' + b64(PNG) + '"}',
    "in parentheses": f"url({URI})",
    "joined": f'x = "{URI[:400]}" +\n  "{URI[400:]}";',
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_payload_is_taken_in_any_spelling(tmp_path: Path, name: str) -> None:
    found = Try(tmp_path, TAKEN[name])
    found.check(LARGE if name in ("long", "with a last line break") else PNG)
    assert found.torn == 0


def test_what_is_plain_is_stored_as_it_is(tmp_path: Path) -> None:
    for raw in (PNG, LARGE):
        found = Try(tmp_path, f'"{uri(raw)}"')
        assert found.taken is not None
        assert found.taken.fitted is not None
        assert found.taken.fitted.media.blob == blob_id(Kind.MEDIA, raw)
        assert found.taken.fitted.media.dialect == PLAIN
        assert found.taken.fitted.size == len(raw)
        assert raw.startswith(found.taken.fitted.head)


def test_a_drawing_is_taken_as_text(tmp_path: Path) -> None:
    drawing = svg(1).replace('"', "'").replace("#", "%23")
    found = Try(tmp_path, f'<img src="data:image/svg+xml,{drawing}">')
    assert found.taken is not None
    assert found.taken.mime == "image/svg+xml"
    assert found.spelt == drawing.encode()


def noise(size: int) -> str:
    return b64(random.Random(size).randbytes(size))


STAYS = {
    "cut": f'"{URI[:-40]}..."',
    "an expression in it": f"`{URI[:200]}${{rest}}`",
    "no picture": '{"a":"' + "iVBORw0KGgo" + noise(60)[:-1] + '!"}',
    "stray bits": f'"{URI.rstrip("=")[:-1]}?="',
    "another kind": '"data:;base64,' + b64(b"%PDF-1.4 words" * 9) + '"',
    "without an end": f'"{uri(LARGE)}',
    "a placeholder in its text": '"data:image/svg+xml,<svg>as1:' + "A" * 27 + '</svg>"',
    "a template": "`data:image/svg+xml,<svg>${x}</svg>`",
    "half a drawing": '"data:image/svg+xml,<svg><path" + rest',
}


@pytest.mark.parametrize("name", STAYS)
def test_what_is_none_stays_and_nothing_of_it_is_stored(
    tmp_path: Path, name: str
) -> None:
    found = Try(tmp_path, STAYS[name])
    assert found.taken is None
    assert found.pending == 0


def test_a_piece_of_one_is_told_where_it_ends(tmp_path: Path) -> None:
    piece = b64(LARGE)[:4000]
    found = Try(tmp_path, f'x = "data:image/png;base64,{piece}" + rest;')
    assert found.taken is None
    assert found.torn == len('x = "data:image/png;base64,') + len(piece)


@pytest.mark.parametrize("raw", [PNG, LARGE])
def test_what_is_shorter_than_was_asked_for_stays(tmp_path: Path, raw: bytes) -> None:
    size = len(b64(raw))
    assert Try(tmp_path, f'"{uri(raw)}"', min_size=size + 1).taken is None
    Try(tmp_path, f'"{uri(raw)}"', min_size=size).check(raw)


@pytest.mark.parametrize("text", [f'"{URI}"', f'"{uri(LARGE)}"', f"({URI})"])
def test_whoever_asks_is_asked_before_anything_is_stored(
    tmp_path: Path, text: str
) -> None:
    asked: list[tuple[int, int]] = []

    def refuse(end: int, string_end: int) -> bool:
        asked.append((end, string_end))
        return False

    found = Try(tmp_path, text, approve=refuse)
    assert found.taken is None
    assert found.pending == 0
    assert asked
    assert {end for end, _ in asked} == {len(text) - 1}
    assert all(string in (-1, len(text)) for _, string in asked)


def test_other_media_are_taken_where_they_are_asked_for(tmp_path: Path) -> None:
    pdf = b"%PDF-1.4\n" + b"words " * 40 + b"\n%%EOF\n"
    text = f'"data:application/pdf;base64,{b64(pdf)}"'
    Try(tmp_path, text, media="any").check(pdf, "application/pdf")
    assert Try(tmp_path, text.replace("application/pdf", "")).taken is None


def whole(folder: Path, document: bytes, form: Form, body: int, end: int) -> bytes:
    """Take a string whatever it holds; what was stored, spelt."""
    path = folder / "document"
    path.write_bytes(document)
    with Source.open(path) as source, memory_store().session() as session:
        taker = Taker(session, Scanner(source), "image", 0)
        hit = Hit(form, body, body, b'"', 0, "image/png")
        taken = taker.take_whole(hit, end)
        assert taken.end == end
        if taken.fitted is None:
            assert taken.mime == "image/png"
            return b""
        raw = session.read(Kind.MEDIA, taken.fitted.media.blob)
        return b"".join(taken.fitted.media.dialect.encode([raw]))


@pytest.mark.parametrize(
    "text",
    [b64(PNG).encode(), b"no base64 at all!", b"A", "ü".encode(), b"\\u0041\\n", b""],
)
@pytest.mark.parametrize("form", [Form.MEMBER, Form.URI_TEXT, Form.URI_BASE64])
def test_a_string_of_a_part_is_taken_whatever_it_holds(
    tmp_path: Path, text: bytes, form: Form
) -> None:
    document = b'{"data":"' + text + b'"}'
    assert whole(tmp_path, document, form, 9, 9 + len(text)) == text


def test_every_length_of_payload_and_tail(tmp_path: Path) -> None:
    """Around the probe of 4096 letters, where another way of crossing begins."""
    for size in (3060, 3069, 3070, 3071, 3072, 3073, 3074, 3075):
        raw = b"GIF89a" + random.Random(size).randbytes(size - 7) + b";"
        text = base64.b64encode(raw).decode()
        found = Try(tmp_path, f'"data:image/gif;base64,{text}"')
        assert found.taken is None or found.spelt == text.encode()
        if found.taken is not None:
            assert found.raw == raw
