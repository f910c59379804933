"""Documents that hold pictures still parse, each in its own format."""

import csv
import email
import email.policy
import io
import json
import plistlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from support.documents import JOINTS, PICTURES, folded, joined
from support.media import coloured
from support.program import Program
from support.samples import b64, svg, wrapped

PNG, JPEG = b64(PICTURES["png"]), b64(PICTURES["jpeg"])
HEIC = b64(
    b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(range(256)) * 3  # no boxes follow
)
TIFF, ICON, DRAWING = b64(coloured("TIFF")), b64(coloured("ICO")), svg(5)
MARK = re.compile(rb"as1:[\w-]{27}")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def parsed_json(data: bytes) -> object:
    return json.loads(data)


def parsed_xml(data: bytes) -> object:
    return ET.fromstring(data)


def parsed_csv(data: bytes) -> object:
    rows = list(csv.reader(io.StringIO(data.decode())))
    assert {len(row) for row in rows} == {3}
    return rows


def parsed_mail(data: bytes) -> object:
    mail = email.message_from_bytes(data, policy=email.policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    assert [part.get_content_maintype() for part in parts] == ["text", *["image"] * 3]
    assert not mail.defects
    return mail


def parsed_plist(data: bytes) -> object:
    record = plistlib.loads(data)
    assert isinstance(record["Icon"], bytes)
    return record


def parsed_calendar(data: bytes) -> object:
    """Content lines of RFC 5545 and 6350, unfolded."""
    lines = re.sub(rb"\r\n[ \t]", b"", data).split(b"\r\n")
    assert lines.pop() == b""
    assert all(re.match(rb"[A-Z-]+[;:]", line) for line in lines)
    return lines


def parsed_ldif(data: bytes) -> object:
    lines = re.sub(rb"\n ", b"", data).splitlines()
    assert all(re.match(rb"[a-zA-Z]+::? ", line) for line in lines)
    return lines


def parsed_yaml(data: bytes) -> object:
    """Nothing but keys with scalars, plain or indented below."""
    lines = data.decode().splitlines()
    assert all(re.match(r" *-? ?[\w ]+:( |$)|      \S+$", line) for line in lines)
    return lines


def run(*words: str) -> Callable[[bytes], object]:
    def checked(data: bytes) -> object:
        if shutil.which(words[0]) is None:
            pytest.skip(f"{words[0]} is not there")
        done = subprocess.run(words, input=data, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done

    return checked


JAVASCRIPT = run("node", "--check", "-")
# A procedure in place of Tk's, to see what arrives.
TCL = run("tclsh")

MAIL = "\r\n".join(
    [
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="=_b"',
        "",
        "--=_b",
        "Content-Type: text/plain",
        "",
        "See these.",
        *(
            line
            for mime, text in (
                ("image/heic", HEIC),
                ("image/tiff", TIFF),
                ("image/png", PNG),
            )
            for line in (
                "--=_b",
                f'Content-Type: {mime}; name="a"',
                "Content-Transfer-Encoding: base64",
                "",
                wrapped(text, 76, "\r\n"),
                "",
            )
        ),
        "--=_b--",
        "",
    ]
)
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'

DOCUMENTS: dict[str, tuple[str, int, Callable[[bytes], object]]] = {
    "a.json": (json.dumps({"a": [PNG, JPEG]}, indent=2), 2, parsed_json),
    "lines.json": (
        json.dumps({"image/png": [f"{x}\n" for x in wrapped(PNG, 76, " ").split()]}),
        1,
        parsed_json,
    ),
    "typed.json": (
        json.dumps(
            [
                {"mediaType": "image/heic", "data": HEIC},
                {"mediaType": "image/tiff", "data": TIFF},
                {"data": ICON, "mediaType": "image/x-icon"},
                {"mediaType": "image/svg+xml", "data": b64(DRAWING.encode())},
            ]
        ),
        4,
        parsed_json,
    ),
    "a.fodt": (
        f"<o><binary-data>{wrapped(PNG, 72, chr(10) + ' ' * 7)}\n  </binary-data></o>",
        1,
        parsed_xml,
    ),
    "a.resx": (
        f"<r><value>\n        {wrapped(JPEG, 84, chr(10) + ' ' * 8)}\n</value></r>",
        1,
        parsed_xml,
    ),
    "a.fb2": (f'<b><binary content-type="image/png">{PNG}</binary></b>', 1, parsed_xml),
    "a.drawio": (f'<m><c style="a;image=data:image/png,{PNG};"/></m>', 1, parsed_xml),
    "spaces.svg": (
        f'<s><i href="data:;base64,{wrapped(PNG, 76, " ")}"/></s>',
        1,
        parsed_xml,
    ),
    "a.plist": (
        '<?xml version="1.0"?>\n<plist version="1.0"><dict><key>Icon</key>\n'
        "\t<data>\n\t"
        f"{wrapped(PNG, 68, chr(10) + chr(9))}\n\t</data></dict></plist>\n",
        1,
        parsed_plist,
    ),
    "a.csv": (f'id,img,x\r\n1,{PNG},y\r\n2,"{JPEG}",z\r\n', 2, parsed_csv),
    "a.eml": (MAIL, 3, parsed_mail),
    "a.vcf": (
        "BEGIN:VCARD\r\n" + folded("PHOTO;ENCODING=b:", JPEG, "\r\n") + "END:VCARD\r\n",
        1,
        parsed_calendar,
    ),
    "a.ics": (
        "BEGIN:VEVENT\r\n" + folded("ATTACH;VALUE=BINARY:", PNG, "\r\n") + "UID:1\r\n",
        1,
        parsed_calendar,
    ),
    "a.ldif": (
        "dn: a\n" + folded("jpegPhoto:: ", JPEG, "\n", 78) + "cn: a\n",
        1,
        parsed_ldif,
    ),
    "a.yaml": (
        f"icon:\n  - base64data: {PNG}\n    mediatype: image/png\n"
        f"  - base64data: >-\n      {wrapped(JPEG, 70, chr(10) + ' ' * 6)}\n"
        "    mediatype: image/jpeg\n",
        2,
        parsed_yaml,
    ),
    "a.js": (
        f"var a = {joined(chr(34), JOINTS[0], 'data:;base64,' + PNG, 76)};\n"
        f"const b = '{JPEG}', c = `data:image/svg+xml,{SQUARE}`;\n"
        f"const d = [{joined(chr(39), ',' + chr(10), PNG, 60)}].join('');\n",
        4,
        JAVASCRIPT,
    ),
    "a.tcl": (
        "proc image args {if {[llength $args] != 5} {exit 1}}\n"
        f"image create photo x -data {{\n{wrapped(PNG, 76, chr(10))}\n}}\n",
        1,
        TCL,
    ),
    "a.html": (
        "".join(
            f'<img src="{head}base64,{PNG}">\n'
            for head in ("data:;", "data:image;", "data:image/*;", "data:text/plain;")
        )
        + f'<script>x = {{"a":"{JPEG}"}}</script>\n',
        5,
        lambda data: data,
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_parses_and_comes_back(program: Program, name: str) -> None:
    text, pictures, parsed = DOCUMENTS[name]
    document = program.folder / name
    document.write_bytes(text.encode())
    parsed(text.encode())
    ran = program("archive", "--min-size", "0", "--json", document)
    assert ran.code == 0, ran.err
    (result,) = ran.result["files"]
    assert (result["status"], result["payloads"]) == ("archived", pictures)
    slim = document.read_bytes()
    assert len(MARK.findall(slim)) == pictures
    assert len(slim) < len(text) / 2
    parsed(slim)
    assert program("restore", document).code == 0
    assert document.read_bytes() == text.encode()


def test_stats_say_what_stays_in_documents(program: Program) -> None:
    page = program.folder / "page.html"
    small = f"<img src='data:image/png;base64,{PNG}'>\n"
    page.write_text(small + f"<img src='data:image/jpeg;base64,{JPEG}'>\n")
    least = str(max(len(PNG), len(JPEG)))
    assert program("archive", page, "--min-size", least).code == 0
    for _ in range(2):
        told = program("stats", "--json").result
        assert told["left"] == {"shorter than the minimum": 1}
        assert told["left_bytes"] == len("data:image/png;base64," + PNG)
        assert "shorter than the minimum" in program("stats").out.decode()
        assert program("archive", page, "--min-size", least).code == 0  # unchanged
    assert program("restore", page).code == 0
    assert program("stats", "--json").result["left"] == {}
