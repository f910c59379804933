import base64
import hashlib
from pathlib import Path

import pytest

from assetstore.files.source import Source
from assetstore.protected.covered import covered, signed_within
from support.samples import every_sample, mhtml, picture, uri

URI = uri(picture(40, 30, 5)).encode()
PAGE = b'<html><img src="' + URI + b'"></html>\n'
FAR = b"<p>words</p>\n" * 100_000  # more than is looked at at once


def told(folder: Path, data: bytes, name: str = "a") -> str:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    with Source.open(path) as source:
        return covered(source)


def mail(fields: bytes, body: bytes = PAGE) -> bytes:
    first = b"Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n"
    last = b"Subject: a page\r\nContent-Type: text/html\r\n\r\n"
    return first + b"From: a@b\r\n" + fields + last + body


HTTP = "an HTTP message with the length of its body"
SIGNED_SVG = (
    b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">'
    b'<image href="' + URI + b'"/>' + FAR.replace(b"p>", b"g>") + b"<Signature "
    b'xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>eA==</SignatureValue>'
    b"</Signature></svg>"
)
COVERED = {
    "answer": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + PAGE, HTTP),
    "answer in chunks": (
        b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1388\n" + PAGE,
        HTTP,
    ),
    "answer of HTTP/2": (b"HTTP/2 200 \r\ncontent-length: 9\r\n\r\n" + PAGE, HTTP),
    "request": (
        b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n" + PAGE,
        HTTP,
    ),
    "a later answer": (
        b"HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n"
        + FAR
        + b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        + PAGE,
        HTTP,
    ),
    "a digest": (
        b"HTTP/1.1 200 OK\r\nContent-Digest: sha-256=:x:\r\n\r\n" + PAGE,
        HTTP,
    ),
    "DKIM": (mail(b"DKIM-Signature: v=1; a=rsa-sha256\r\n"), "signed mail (DKIM)"),
    "DKIM first": (
        b"DKIM-Signature: v=1;\r\n\ta=rsa-sha256\r\n" + mail(b""),
        "signed mail (DKIM)",
    ),
    "S/MIME": (
        mail(b"X-A: b\r\nContent-Type:\r\n multipart/signed; protocol=x\r\n"),
        "signed mail (multipart/signed)",
    ),
    "an opaque signature": (
        mail(b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n"),
        "signed or encrypted mail",
    ),
    "PGP in a mail": (
        mail(b"", b"-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n" + PAGE),
        "signed mail (PGP)",
    ),
    "a signed mail in a mailbox": (
        b"From a@b Thu Jan  1 00:00:00 2026\n"
        + mail(b"", FAR)
        + b"\nFrom a@b Thu Jan  1 00:00:00 2026\n"
        + mail(b"DKIM-Signature: v=1\r\n"),
        "signed mail (DKIM)",
    ),
    "a mailbox of lengths": (
        b"From a@b Thu Jan  1 00:00:00 2026\n" + mail(b"Content-Length: 999\r\n"),
        "mail split by Content-Length",
    ),
    "PGP": (
        b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + PAGE,
        "signed text",
    ),
    "PGP behind words": (
        b"words\n"
        + PAGE
        + b"-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n",
        "signed text",
    ),
    "signed script": (
        b'$a = "' + URI + b'"\r\n# SIG # Begin signature block\r\n# MII\r\n'
        b"# SIG # End signature block\r\n",
        "signed text",
    ),
    "signed XML": (SIGNED_SVG, "an XML signature"),
    "a credential": (
        b'{"credentialSubject":{"image":"' + URI + b'"},"proof":{"type":"DataIntegrity'
        b'Proof","proofValue":"z58DAdFfa9SkqZMVPxAQpic7ndSayn1PzZs6ZjWp1CktyGes"}}',
        "JSON with a signature",
    ),
    "signatures": (
        b'{\n "img":"' + URI + b'",\n "signatures": {"a.org": {"ed25519:1": "abc"}}}',
        "JSON with a signature",
    ),
    "SAML": (
        b'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><ds:'
        b'Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
        + b"<a>x</a>" * 20_000
        + b"<v>"
        + URI
        + b"</v></samlp:Response>",
        "an XML signature",
    ),
    "SOAP, signed further down": (
        b'<soap:Envelope xmlns:soap="urn:a">'
        + b"<a>x</a>" * 20_000
        + b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></soap:Envelope>',
        "an XML signature",
    ),
    "a proof further down": (
        b'{"a":"'
        + b"x " * 40_000
        + b'","jws":"eyJhbGciOiJFZERTQSJ9..abcdefgh","b":"'
        + b"x " * 70_000
        + b'"}',
        "JSON with a signature",
    ),
    "a policy": (
        b"<!doctype html><meta http-equiv='Content-Security-Policy' "
        b'content="style-src '
        b"'sha256-B2yPHKaXnvFWtRChIbabYmUBFZdVfKKXHbWtWidDVF8='\"><style>"
        b"a{background:url(" + URI + b")}</style>",
        "a security policy with hashes of its styles and scripts",
    ),
    "a source map": (
        b"a{background:url(" + URI + b")}\n/*# sourceMappingURL=a.css.map */\n",
        "a source map that gives lines and columns of it",
    ),
    "a cassette": (
        b"interactions:\n- request:\n    uri: http://a\n  response:\n    headers:\n"
        b"      Content-Length: ['9']\n    body: {string: '" + PAGE + b"'}\n",
        "recorded HTTP messages with the lengths of their bodies",
    ),
    "PHP in SQL": (
        b'-- MySQL dump 10.13\nINSERT INTO wp_options VALUES (1,\'a:1:{s:3:\\"img\\";'
        b's:5000:\\"' + URI + b"\\\";}');\n",
        "serialised PHP values that say how long they are",
    ),
}


@pytest.mark.parametrize("name", COVERED)
def test_what_is_covered_is_told(tmp_path: Path, name: str) -> None:
    data, reason = COVERED[name]
    assert told(tmp_path, data) == reason


BARE = {
    "mail": mail(b"MIME-Version: 1.0\r\n"),
    "a mailbox": b"From a@b Thu Jan  1 00:00:00 2026\n" + mail(b"") * 2,
    "a request to be sent": b"POST http://a/b HTTP/1.1\nHost: a\n\n" + PAGE,
    "an answer until the end": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"
    + PAGE,
    "words on lengths": b"Servers send Content-Length: 9 and DKIM-Signature: x\n"
    + PAGE,
    "a log": b"> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n< Content-Length: 9\n" + PAGE,
    "certificates": b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    * 3,
    "session": b'{"type":"assistant","signature":"abcdefghijklmnopqrst"}\n' * 9,
    "session that quotes": (
        b'{"type":"user","toolUseResult":{"proofValue":"z58DAdFfa9SkqZMVPxAQpic7"}}\n'
        b'{"type":"user"}\n'
    ),
    "a page that loads": b'<script src="https://a/b.js" integrity="sha256-x"></script>'
    + PAGE,
    "a policy without hashes": b'<meta http-equiv="Content-Security-Policy" '
    b"content=\"img-src 'self' data:\">" + PAGE,
    "SVG": b'<?xml version="1.0"?><svg><image href="' + URI + b'"/></svg>',
    "SQL": b"INSERT INTO t VALUES ('" + URI + b"');\n",
    "style": b"a{background:url(" + URI + b")}\n",
    "front matter": b"title: a page\ndate: 2026-01-01\n\n" + PAGE,
}


@pytest.mark.parametrize("name", BARE)
def test_other_text_is_not(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, BARE[name]) == ""


def test_samples_are_not(tmp_path: Path) -> None:
    for name, data in {**every_sample(), "page.mhtml": mhtml()}.items():
        assert told(tmp_path, data, name) == "", name


@pytest.mark.parametrize("kind", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("place", ["a.css", "css/a.css", "static/app.mjs"])
def test_the_hash_that_a_page_names(tmp_path: Path, kind: str, place: str) -> None:
    style = b"a{background:url(" + URI + b")}\n"
    digest = base64.b64encode(hashlib.new(kind, style).digest()).decode()
    page = f'<link rel=stylesheet href="{place}" integrity="sha256-x {kind}-{digest}">'
    (tmp_path / "index.html").write_text(page)
    reason = "an integrity attribute of a page beside it"
    assert told(tmp_path, style, place) == reason
    assert told(tmp_path, style + b"\n", place) == ""


@pytest.mark.parametrize("place", [70_000, 1_040_000, 1_048_560, 3_000_000])
def test_a_long_document_is_signed_anywhere(tmp_path: Path, place: int) -> None:
    path = tmp_path / "a"
    for start, sign, end in (
        (b"<a>", b'<S xmlns="http://www.w3.org/2000/09/xmldsig#"/>', b"</a>"),
        (b'{"a":"', b'","proofValue":"z58DAdFfa9SkqZMVPxAQpic7","b":"', b'"}'),
    ):
        path.write_bytes(start + b"x " * (place // 2) + sign + b"y " * 900_000 + end)
        with Source.open(path) as source:
            assert signed_within(source) != ""
        path.write_bytes(start + b"x " * (place // 2) + end)
        with Source.open(path) as source:
            assert signed_within(source) == ""
