"""A long document that is signed far from its ends stays as it is, and is told."""

import pytest

from support.program import Program
from support.samples import picture, uri

URI = uri(picture(24, 20, 1)).encode()
PAD = b"x " * 400_000
SIGNED = {
    "a.xml": b"<Envelope><i>"
    + URI
    + b"</i><t>"
    + PAD
    + b'</t><S xmlns="http://www.w3.org/2000/09/xmldsig#"/><t>'
    + PAD
    + b"</t></Envelope>",
    "a.json": b'{"i":"'
    + URI
    + b'","t":"'
    + PAD
    + b'","proofValue":"z58DAdFfa9SkqZMVPxAQpic7","u":["'
    + PAD
    + PAD
    + b'"]}',
}


@pytest.mark.parametrize("name", SIGNED)
def test_it_stays(program: Program, name: str) -> None:
    document = program.folder / name
    document.write_bytes(SIGNED[name])
    ran = program("archive", "--json", document)
    assert ran.code == 15
    assert "signature covers it" in ran.result["files"][0]["reason"]
    assert document.read_bytes() == SIGNED[name]


@pytest.mark.parametrize("name", SIGNED)
def test_without_the_signature_it_goes(program: Program, name: str) -> None:
    document = program.folder / name
    text = SIGNED[name].replace(b"xmldsig#", b"other#").replace(b"proofV", b"v")
    document.write_bytes(text)
    ran = program("archive", "--json", document)
    assert ran.code == 0, ran.err
    assert ran.result["files"][0]["payloads"] == 1
