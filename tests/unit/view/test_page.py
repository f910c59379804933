"""What pages may do, and how text stands in them."""

import pytest

from assetstore.view.page import data_uri, guarded, own_page, shown, staying, text

GUARD = b'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '


def front(page: bytes) -> bytes:
    """What a page begins with, up to what guards it."""
    return guarded(page).partition(GUARD)[0]


@pytest.mark.parametrize(
    ("page", "first"),
    [
        (b"<!doctype html><p>", b"<!doctype html>"),
        (b"\xef\xbb\xbf<!DOCTYPE HTML><p>", b"\xef\xbb\xbf<!DOCTYPE HTML>"),
        (b"\n<!-- a - b --> <!doctype html><p>", b"<!doctype html>"),
        (b"<p>", b""),
        (b"<script>x()</script><!doctype html>", b""),
        # Comments that end where they begin.
        (b"<!--><script>x()</script>--><!doctype html>", b""),
        (b"<!---><script>x()</script>--><!doctype html>", b""),
        (b"<!doctype html" + b"x" * 600 + b">", b""),
    ],
)
def test_nothing_of_a_page_but_its_type_is_in_front_of_the_guard(
    page: bytes, first: bytes
) -> None:
    assert front(page) == first
    assert guarded(page).endswith(page.removeprefix(b"\xef\xbb\xbf"))


def test_the_encoding_that_a_page_says_is_said_first() -> None:
    page = b'<html><head><meta charset="windows-1252">'
    assert front(page) == b'<meta charset="windows-1252">'
    assert front(b"\xef\xbb\xbf" + page) == b"\xef\xbb\xbf"
    assert front(b"<p>" + b" " * 1024 + page) == b""
    assert front(b'<meta charset="\'><script>x()</script>">') == b""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_text_becomes_narrow(encoding: str) -> None:
    words = "\ufeff<p>é</p>" if encoding == "utf-16-be" else "<p>é</p>"
    page = guarded(words.encode(encoding))
    assert page.startswith(b"\xef\xbb\xbf" + GUARD)
    assert page.endswith("<p>é</p>".encode())


def test_a_page_of_our_own_shows_words_as_they_are() -> None:
    page = own_page("<a> & b", text("<script>"), shown('"x', "image/png", "<y>"))
    assert page.startswith(b"<!doctype html>")
    assert page.index(GUARD) < page.index(b"<title>&lt;a&gt; &amp; b</title>")
    assert b"<pre>&lt;script&gt;</pre>" in page
    assert b'alt="&lt;y&gt;" src="&quot;x"' in page
    assert b"<script" not in page


@pytest.mark.parametrize(
    ("mime", "element"),
    [
        ("image/svg+xml", "<img "),
        ("audio/mpeg", "<audio "),
        ("video/mp4", "<video "),
        ("application/pdf", "<a "),
        ("", "<a "),
    ],
)
def test_media_are_shown_by_what_they_are(mime: str, element: str) -> None:
    assert shown("x", mime, "name").startswith(element)


def test_a_data_uri() -> None:
    assert data_uri(b"abc", "image/png") == "data:image/png;base64,YWJj"


@pytest.mark.parametrize(
    "page",
    [
        b'<meta http-equiv="refresh" content="0;url=http://x/">',
        b'<META/http-equiv="&#114;efresh">',
        b"<meta",
        b"<me\x1b(Bta http-equiv=refresh>",  # in ISO-2022-JP
        b'<link rel="preconnect" href="http://x/">',
        b"<link rel=dns-prefetch href=//x>",
        b'<link rel="stylesheet preconnect" href="http://x/">',
        b"<link rel=preconnect rel=stylesheet href=//x>",
        b'<link title="rel=stylesheet " rel=preconnect href=//x>',
        b'<link title=">" rel=preconnect href=//x>',
        b"<link href=//x>",
        b"<lin\x1b(Bk rel=preconnect>",
    ],
)
def test_what_leads_away_or_calls_a_server_means_nothing(page: bytes) -> None:
    """No policy in a page keeps browsers from it."""
    assert staying(b"<p>" + page) == b"<p><x-" + page[1:]
    assert guarded(page).endswith(b"<x-" + page[1:])


@pytest.mark.parametrize(
    "page",
    [
        b'<link rel="stylesheet" href="a.css">',
        b"<LINK href=a.css REL=stylesheet>",
        b"<link rel='shortcut icon' href='a.ico'/>",
        b"<metadata> <links> <link-x> &lt;meta> <p>meta</p>",
    ],
)
def test_what_shows_a_page_stays(page: bytes) -> None:
    assert staying(page) == page
