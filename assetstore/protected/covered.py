"""Tell text of whose bytes something else keeps a length, a hash or a place.

What was thought through, and stays as it is:

- An HTTP message: `Content-Length`, chunks and digests are of its body. Cassettes of
  recorded messages have both, and clients refuse a body of another length.
- Mail with a DKIM or ARC seal, S/MIME or PGP/MIME: the signature is of the body. A
  mailbox whose messages have `Content-Length` is split by it.
- Text signed in place: PGP's cleartext signatures, signed scripts, XML signatures,
  credentials and other JSON with proofs.
- A page whose security policy names hashes of its own styles and scripts.
- A style sheet or script that a page names with an `integrity` attribute, and one to
  which a source map gives line and column.
- A dump of SQL with serialised PHP values, which say how long each string is.

Not covered: PEM bundles and compact signed tokens (JWS), whose payloads are encoded a
second time, so that no picture is found in them; ETags and hashes in other files,
which change with every edit; mail without a signature.
"""

import base64
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from assetstore.files.plain import open_plain
from assetstore.files.source import Source, Window
from assetstore.patterns import later
from assetstore.protected.sample import HEAD, Sample

_HTTP = later(
    rb"(?:HTTP/\d(?:\.\d)? \d{3}\b[^\r\n]*"
    rb"|[A-Z]{3,10} \S{1,8000} HTTP/\d(?:\.\d)?)\r?\n(?:[\w-]+:|\r?\n)"
)
_HTTP_FRAME = later(
    rb"^(?:content-length|transfer-encoding|content-md5|(?:content-|repr-)?digest"
    rb"|signature-input)[ \t]*:",
    re.I | re.M,
)
_MAIL = later(rb"(?:From [^\r\n]+\r?\n)?[A-Za-z][\w-]*[ \t]*:.*?\n\r?\n", re.S)
_MAIL_FIELD = later(
    rb"^(?:from|received|return-path|mime-version|message-id|dkim-signature|subject"
    rb"|delivered-to|content-type)[ \t]*:",
    re.I | re.M,
)
_MAIL_SEAL = later(
    rb"^(?:(?P<dkim>(?:dkim-signature|arc-(?:seal|message-signature)"
    rb"|domainkey-signature)[ \t]*:)"
    rb"|content-type[ \t]*:\s*(?:(?P<signed>multipart/signed)|(?P<sealed>multipart/"
    rb"encrypted|application/(?:x-)?pkcs7-(?:mime|signature)))"
    rb"|(?P<length>content-length[ \t]*:[ \t]*\d|content-md5[ \t]*:)"
    rb"|(?P<pgp>-----BEGIN PGP SIGNED MESSAGE-----))",
    re.I | re.M,
)
_SEALS = {
    "dkim": "signed mail (DKIM)",
    "signed": "signed mail (multipart/signed)",
    "sealed": "signed or encrypted mail",
    "length": "mail split by Content-Length",
    "pgp": "signed mail (PGP)",
}
_CLEARTEXT = later(rb"^-----BEGIN PGP SIGNED MESSAGE-----\r?$", re.M)
_SIGNED_END = later(
    rb"-----END (?:PGP|SSH) SIGNATURE-----\s*\Z"
    rb"|^(?:#|'|//|<!--) SIG (?:#|'|//|-->) End signature block",
    re.M,
)
_XML_SIGNATURE = (b"://www.w3.org/2000/09/xmldsig#",)
_PROOFS = (b'"proofValue"', b'"jws"', b'"signatures"')
_JSON_PROOF = later(
    rb"\"(?:proofValue|jws)\"\s*:\s*\"[\w.=+/-]{16,}\""
    rb"|\"signatures\"\s*:\s*(?:\[\s*\{\s*\"(?:protected|header|keyid|sig|signature)\""
    rb"|\{\s*\"[^\"]+\"\s*:\s*\{\s*\"ed25519:)"
)
_LINES_OF_JSON = later(rb"\s*\{[^\n]*\}[ \t]*\r?\n\s*\{")
_POLICY = later(
    rb"<meta\b[^>]{0,200}content-security-policy[^>]{0,8000}'sha(?:256|384|512)-", re.I
)
_MAPPED = later(rb"/[/*][#@] sourceMappingURL=")
_CASSETTE = later(
    rb"\s*(?:---\s*)?(?:interactions|http_interactions):\s|\s*\{\s*\""
    rb"(?:http_interactions|interactions|recorded_with)\"\s*:"
)
_RECORDED = later(rb"\bcontent-length\b", re.I)
_SQL = later(
    rb"(?:\xef\xbb\xbf)?\s*(?:--|/\*|SET |INSERT |CREATE |DROP |USE |BEGIN|START )"
)
_PHP_STRING = later(rb"\bs:\d{3,}:\\*\"")
# A match that a window cuts is found in the next one.
_OVERLAP = 1 << 14
# So short a document is searched for signatures whatever it holds.
_SHORT = 1 << 18
_LOADED = {".css", ".js", ".mjs", ".cjs"}
_PAGES = (".html", ".htm", ".xhtml")
_MOST_PAGES = 32
_PAGE = 1 << 20
_INTEGRITY = later(
    rb"\bintegrity\s*=\s*(?:\"([^\"]{40,800})\"|'([^']{40,800})'|(sha\d+-[^\s>]+))",
    re.I,
)


def covered(source: Source, sample: Sample | None = None) -> str:
    """Say in words what covers a document's bytes; "": nothing does.

    Args:
        source: The document; its name tells its neighbours.
        sample: What was read of it already.

    Raises:
        SourceChanged: It has become shorter.
        OSError: It cannot be read.
    """
    sample = sample or Sample.of(source)
    head, tail = sample.head, sample.tail
    # By their beginnings first: what only a search through the document tells is
    # searched for where the beginning says that it may be there.
    if head[:1].isalpha():
        if _HTTP.match(head):
            framed = _search(source, _HTTP_FRAME)
            return "an HTTP message with the length of its body" if framed else ""
        if (fields := _MAIL.match(head)) and _MAIL_FIELD.search(fields[0]):
            seal = _search(source, _MAIL_SEAL)
            return _SEALS[seal.lastgroup or "signed"] if seal else ""
    if _is_signed(head, tail[-4096:]):
        return "signed text"
    start = head[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<" and b"'sha" in head and _POLICY.search(head):
        return "a security policy with hashes of its styles and scripts"
    # A signature may stand anywhere in XML; other text is searched while it is short,
    # and again by the archiver before it changes a longer one.
    is_xml = start == b"<" and (b"<?xml" in head[:128] or b"<svg" in head[:1024])
    if (is_xml or source.size <= _SHORT) and (found := signed_within(source)):
        return found
    if start == b"<":
        return ""
    if _CASSETTE.match(head) and _search(source, _RECORDED):
        return "recorded HTTP messages with the lengths of their bodies"
    if start not in (b"{", b"[") and _SQL.match(head) and _search(source, _PHP_STRING):
        return "serialised PHP values that say how long they are"
    if b" sourceMappingURL=" in tail and _MAPPED.search(tail):
        return "a source map that gives lines and columns of it"
    return _loaded(source)


def _is_signed(head: bytes, end: bytes) -> bool:
    """Tell whether a text has a signature in it; looked for by plain words first."""
    if b"-----BEGIN PGP SIGNED" in head and _CLEARTEXT.search(head):
        return True
    return b" SIG" in end and _SIGNED_END.search(end) is not None


def signed_within(source: Source) -> str:
    """Say what signs XML or a value of JSON, wherever that stands; "": nothing.

    All of it is read: of long documents, ask only for those that have a payload.

    Args:
        source: The document.

    Raises:
        SourceChanged: It has become shorter.
        OSError: It cannot be read.
    """
    head = source.read(0, HEAD)
    start = head[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return "an XML signature" if _holds(source, _XML_SIGNATURE) else ""
    if start in (b"{", b"[") and not _LINES_OF_JSON.match(head):
        signed = _holds(source, _PROOFS, _JSON_PROOF)
        return "JSON with a signature" if signed else ""
    return ""


def _holds(
    source: Source, words: tuple[bytes, ...], pattern: re.Pattern[bytes] | None = None
) -> bool:
    """Tell whether a document has a word, where a pattern matches, if there is one.

    Words are searched at memory speed, and each window is read once for all of them.
    """
    window = Window(source)
    while True:
        # What begins behind this is looked at in the next window.
        last = window.end if window.at_eof else window.end - _OVERLAP
        for word in words:
            at = window.find(word, window.base)
            while 0 <= at < last:
                if pattern is None or pattern.match(window.bytes(at, at + _OVERLAP)):
                    return True
                at = window.find(word, at + 1)
        if window.at_eof:
            return False
        window.slide(last)


def _search(source: Source, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
    """The first match anywhere in a document."""
    rest = b""
    for piece in source.pieces(0, source.size):
        text = rest + piece
        if found := pattern.search(text):
            return found
        # From a line's beginning: what is not at one must not look as if it were.
        rest = text[text.find(b"\n", max(0, len(text) - _OVERLAP)) + 1 :][-_OVERLAP:]
    return None


def _loaded(source: Source) -> str:
    """Tell whether a page beside a style sheet or script names its hash."""
    path = Path(source.name)
    if path.suffix.lower() not in _LOADED or source.size > 64 << 20:
        return ""
    named: frozenset[bytes] = frozenset()
    for folder in list(path.parents)[:3]:
        try:
            changed = folder.stat().st_mtime_ns
        except OSError:
            break
        named |= _hashes(folder, changed)
    if not named:
        return ""
    import hashlib  # few documents come this far, and it loads all of OpenSSL

    for kind in (b"sha256", b"sha384", b"sha512"):
        if any(name.startswith(kind) for name in named):
            digest = hashlib.new(kind.decode())
            for piece in source.raw.pieces(0, source.raw.size):
                digest.update(piece)
            if kind + b"-" + base64.b64encode(digest.digest()) in named:
                return "an integrity attribute of a page beside it"
    return ""


@lru_cache(maxsize=64)
def _hashes(folder: Path, changed: int) -> frozenset[bytes]:
    """The hashes that pages in a folder name.

    Args:
        folder: The folder.
        changed: When it was changed: the answer holds until then.
    """
    found: set[bytes] = set()
    for page in _pages(folder):
        try:
            with open_plain(page) as file:
                text = file.read(_PAGE)
        except OSError:
            continue
        for names in _INTEGRITY.findall(text):
            found.update(b"".join(names).split())
    return frozenset(found)


def _pages(folder: Path) -> Iterable[Path]:
    try:
        names = sorted(p for p in folder.iterdir() if p.suffix.lower() in _PAGES)
    except OSError:
        return []
    return [page for page in names if page.is_file()][:_MOST_PAGES]
