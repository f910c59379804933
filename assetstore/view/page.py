"""Pages that show documents: what they may load, and how text stands in them.

What a browser may do with a page is said in the page itself, before anything of the
document: no scripts, no plug-ins, no forms, nothing from the network.
"""

import base64
import html
import re

# Pictures, sounds and letters of the document's own, and of files beside it.
_POLICY = (
    "default-src 'none'; img-src data: file:; media-src data: file:; "
    "font-src data: file:; style-src 'unsafe-inline' data: file:; frame-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_GUARD = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'.encode()
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 1rem auto; padding: 0 1rem }
pre, code { font: 0.875rem/1.45 ui-monospace, monospace }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.5rem 0 }
img, video { max-width: 100%; height: auto }
table { border-collapse: collapse } td, th { padding: 0.1rem 0.5rem }
section { border-left: 3px solid #8884; margin: 1rem 0; padding-left: 0.75rem }
section > div { overflow-x: auto }
"""
# How a page begins that browsers show as one of today, or of the time before.
_DOCTYPE = re.compile(
    rb"(?:\s|<!--(?!-?>)(?:[^-]|-[^-])*-->)*(<!doctype\b[^<>]{0,500}>)", re.IGNORECASE
)
_CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{1,40})", re.IGNORECASE
)
# In Japanese mail's encoding, these say that letters of ASCII follow, anywhere.
_SHIFT = rb"(?:\x1b\([BIJ])*"
# What leads a page away by itself, or calls a server: no policy keeps it from that.
_LEADING = re.compile(
    rb"<(?=" + _SHIFT.join((b"", b"m", b"e", b"t", b"a")) + rb"(?![\w:.-]))"
    rb"|<(?=" + _SHIFT.join((b"", b"l", b"i", b"n", b"k")) + rb"(?![\w:.-])"
    # Style sheets and icons are under the policy; of two such members, one counts.
    rb"(?!(?:(?!\brel\s*=)[^<>\x1b])*\brel\s*=\s*([\"']?)"
    rb"(?:stylesheet|(?:shortcut )?icon)"
    rb"\1(?=[\s/>])(?:(?!\brel\s*=)[^<>\x1b])*>))",
    re.IGNORECASE,
)
_SNIFFED = 1024  # where browsers look for it
_UTF8 = b"\xef\xbb\xbf"
_WIDE = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def in_utf8(data: bytes) -> bytes:
    """Text that begins with a byte order mark, in UTF-8; any other, as it is."""
    for mark, encoding in _WIDE:
        if data.startswith(mark):
            return _UTF8 + data.decode(encoding, "replace").encode()
    return data


def guarded(page: bytes) -> bytes:
    """A page of somebody's, that may neither run nor load anything.

    Args:
        page: The page; text in front of it that a browser might take for something
            else than it seems to be changes nothing of that: what is added is first.
            Its own ``meta`` elements say nothing any more.
    """
    page = in_utf8(page)
    mark = _UTF8 if page.startswith(_UTF8) else b""
    page = page.removeprefix(_UTF8)
    doctype = _DOCTYPE.match(page)
    charset = _CHARSET.search(page, 0, _SNIFFED)  # what is added moves it away
    said = b'<meta charset="%b">' % charset[1] if charset and not mark else b""
    return mark + (doctype[1] if doctype else b"") + said + _GUARD + staying(page)


def staying(page: bytes) -> bytes:
    """HTML without what leads to another page by itself, or calls a server.

    Those elements have names of no meaning then.
    """
    return _LEADING.sub(b"<x-", page)


def own_page(title: str, *body: str) -> bytes:
    """A page of our own.

    Args:
        title: What it is of, as text.
        body: What is in it, as HTML.
    """
    return (opening(title) + "".join(body) + CLOSING).encode("utf-8", "replace")


def opening(title: str) -> str:
    """Begin a page of our own."""
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8">{_GUARD.decode()}'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n<main>\n"
        f"<h1>{html.escape(title)}</h1>\n"
    )


CLOSING = "\n</main></html>\n"


def text(words: str) -> str:
    """Text as it stands."""
    return f"<pre>{html.escape(words)}</pre>\n"


def shown(source: str, mime: str, name: str) -> str:
    """A medium, or what there is to say of it.

    Args:
        source: Its address: a data URI, or a file beside the page.
        mime: Its type.
        name: What it is called where it cannot be seen.
    """
    kind = mime.partition("/")[0]
    address, label = html.escape(source), html.escape(name)
    if kind == "image":
        return f'<img loading="lazy" alt="{label}" src="{address}">'
    if kind in ("audio", "video"):
        return f'<{kind} controls preload="none" src="{address}"></{kind}>'
    return f'<a href="{address}">{label}</a>'


def data_uri(data: bytes, mime: str) -> str:
    """A data URI."""
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"
