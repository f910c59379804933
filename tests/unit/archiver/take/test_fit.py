"""What a payload's text is stored as spells the very same text again."""

import base64
from pathlib import Path

import pytest

from assetstore.archiver.dry_run import Discard
from assetstore.archiver.take.fit import fit_base64, fit_text, fit_verbatim, guess
from assetstore.files.source import Source
from assetstore.store.format.blob import Kind
from assetstore.store.format.dialect import PLAIN, RAW
from support.stores import memory_store

RAW_BYTES = bytes(range(256)) * 3
TEXT = base64.b64encode(RAW_BYTES)


def lines(text: bytes, width: int, end: bytes) -> bytes:
    return end.join(text[i : i + width] for i in range(0, len(text), width))


def opened(tmp_path: Path, text: bytes) -> Source:
    path = tmp_path / "document"
    path.write_bytes(b"<" + text + b">")
    return Source.open(path)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.rstrip(b"="),
        base64.urlsafe_b64encode(RAW_BYTES),
        TEXT.replace(b"/", rb"\/"),
        TEXT.replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D"),
        lines(TEXT, 76, b"\r\n"),
        lines(TEXT, 76, b"\n") + b"\n",
        lines(TEXT, 64, rb"\n"),
        lines(TEXT, 60, b"\n    "),
    ],
)
def test_text_in_a_dialect_is_decoded(tmp_path: Path, text: bytes) -> None:
    store = memory_store()
    with opened(tmp_path, text) as source, store.session() as session:
        fitted = fit_base64(session, source, 1, 1 + len(text))
        assert fitted is not None
        assert fitted.decoded
        assert session.read(Kind.MEDIA, fitted.media.blob) == RAW_BYTES
        spelt = b"".join(fitted.media.dialect.encode([RAW_BYTES]))
        assert spelt == text
        assert (fitted.size, fitted.new) == (len(RAW_BYTES), True)


@pytest.mark.parametrize(
    "text",
    [
        # One character in two ways, lines of any length: no dialect spells these.
        TEXT.replace(b"/", rb"\/", 1),
        TEXT[:20] + b"\n" + TEXT[20:27] + b"\n" + TEXT[27:],
    ],
)
def test_other_text_is_stored_as_it_stands(tmp_path: Path, text: bytes) -> None:
    store = memory_store()
    with opened(tmp_path, text) as source, store.session() as session:
        assert fit_base64(session, source, 1, 1 + len(text), verbatim=False) is None
        fitted = fit_base64(session, source, 1, 1 + len(text))
        assert fitted is not None
        assert (fitted.decoded, fitted.media.dialect) == (False, RAW)
        assert session.read(Kind.MEDIA, fitted.media.blob) == text


@pytest.mark.parametrize("tail", [b"", b"=", b"=="])
def test_long_text_is_decoded_piece_by_piece(tmp_path: Path, tail: bytes) -> None:
    raw = bytes(range(256)) * (16 << 10) + b"."
    text = base64.b64encode(raw).rstrip(b"=") + tail
    store = memory_store()
    with opened(tmp_path, text) as source, store.session() as session:
        fitted = fit_base64(session, source, 1, 1 + len(text))
        assert fitted is not None
        pieces = session.stream(Kind.MEDIA, fitted.media.blob)
        assert b"".join(map(bytes, pieces)) == raw
        assert b"".join(fitted.media.dialect.encode([raw])) == text


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        (b"%3Csvg%3E", b"<svg>"),
        (rb"<svg a=\"1\">", b'<svg a="1">'),
        (b"<svg>", b"<svg>"),
        (
            b'<svg>\\n",\n  "<a b=\\"c\\"/>\\n",\n  "</svg>',
            b'<svg>\n<a b="c"/>\n</svg>',
        ),
        (b'<svg>\\n","</svg>\\n', b"<svg>\n</svg>\n"),
        (b"<svg>" + b"%20" * (1 << 20), b"<svg>" + b" " * (1 << 20)),
    ],
)
def test_text_is_decoded_if_each_character_is_written_in_one_way(
    tmp_path: Path, text: bytes, raw: bytes
) -> None:
    with opened(tmp_path, text) as source:
        session = memory_store().session()
        with session:
            fitted = fit_text(session, source, 1, 1 + len(text))
            assert session.read(Kind.MEDIA, fitted.media.blob) == raw
            assert b"".join(fitted.media.dialect.encode([raw])) == text


@pytest.mark.parametrize(
    "text",
    [
        b"%3csvg%3C",
        b'<svg>\\n","<a>\\n", "</svg>',
        b"<svg>%20\\u0020",
        b"%3c%3C" + b"%20" * (1 << 20),
    ],
)
def test_text_in_which_a_character_is_written_in_two_ways_stays(
    tmp_path: Path, text: bytes
) -> None:
    with opened(tmp_path, text) as source, memory_store().session() as session:
        fitted = fit_text(session, source, 1, 1 + len(text))
        assert not fitted.decoded
        assert session.read(Kind.MEDIA, fitted.media.blob) == text


def test_what_is_stored_is_named_the_same_where_nothing_is(tmp_path: Path) -> None:
    with opened(tmp_path, TEXT) as source, memory_store().session() as session:
        kept = fit_verbatim(session, source, 1, 1 + len(TEXT))
        assert fit_verbatim(Discard(), source, 1, 1 + len(TEXT)).media == kept.media


def test_plain_text_has_the_plain_dialect() -> None:
    assert guess(TEXT, TEXT[-32:]) == PLAIN
    assert guess(b"-_+/", b"-_+/") is None  # of two alphabets
