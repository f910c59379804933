import json
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.files.source import Source
from assetstore.protected.containers import container
from assetstore.protected.covered import covered
from assetstore.protected.magic import PREFIXES
from support.containers import PAGE, REASONS, URI, every_container
from support.samples import every_sample

LINE = b'{"type":"user","message":{"content":"words"}}\n'
WORDS = b"Ordinary words, one after the other, and again.\n"


def told(folder: Path, data: bytes, name: str = "a") -> str:
    path = folder / name
    path.write_bytes(data)
    with Source.open(path) as source:
        return container(source)


def test_every_kind_is_told_by_its_bytes_alone(tmp_path: Path) -> None:
    (tmp_path / "kinds").mkdir()
    for file in every_container(tmp_path / "kinds"):
        found = told(tmp_path, file.read_bytes(), "page.html")
        assert found, file.name
        assert found == REASONS.get(file.name, found), file.name
    kinds = {p.name for p in (tmp_path / "kinds").iterdir()}
    assert set(REASONS) <= kinds
    if shutil.which("git"):
        assert {"a.pack", "a.idx", "loose", "all.bundle", "fast.export"} <= kinds


def test_what_nobody_has_a_name_for_is_binary(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes
    assert told(tmp_path, noise(500)) == "a binary file"
    assert told(tmp_path, bytes(5000)) == "a binary file"
    # Text in front and behind, as in programs that unpack themselves.
    mixed = b"#!/bin/sh\n" + b"echo unpacking\n" * 4000 + noise(9000) + PAGE
    assert told(tmp_path, mixed) == "a binary file"
    middle = WORDS * 3000 + noise(1 << 20) + WORDS * 3000
    assert told(tmp_path, middle) == "a binary file"
    records = b"".join(r.ljust(8192, b"\0") for r in (PAGE, WORDS, PAGE, WORDS))
    assert told(tmp_path, records) == "a binary file"


def test_what_begins_like_json_and_is_something_else(tmp_path: Path) -> None:
    for begin in (LINE, b"[1]\n"):
        assert told(tmp_path, begin) == ""
        archive = begin + b"PK\x05\x06" + bytes(18)
        assert told(tmp_path, archive) == "a zip archive behind other bytes"
        pdf = begin + b"%PDF-1.4\n" + WORDS + b"\nstartxref\n9\n%%EOF\n"
        assert told(tmp_path, pdf) == "a PDF"
        assert told(tmp_path, pdf.replace(b"startxref", b"words")) == ""


@pytest.mark.parametrize("size", [1, 15, 16, 511, 512, 65535, 65536, 65537, 98305])
def test_short_and_long_text(tmp_path: Path, size: int) -> None:
    assert told(tmp_path, b"") == ""
    assert told(tmp_path, (WORDS * (size // len(WORDS) + 1))[:size]) == ""


TEXT = {
    "odd characters": "naïve 日本語 \u200b\ufeff \U0001f600 \u2028 \x85 é".encode()
    * 50,
    "a mark in front": b"\xef\xbb\xbf" + WORDS,
    "latin-1": "Größe, Äpfel und Öl, süß. «¿Qué?»\n".encode("latin-1") * 90,
    "latin-1 from the first byte": "Äpfel\n¡Hola!\n".encode("latin-1") * 9,
    "cp1252": "“quoted” and so on…\n".encode("cp1252") * 90,
    "Shift JIS": "テストです。日本語の文章。\n".encode("shift_jis") * 90,
    "GBK": "这是一个测试 中文的句子。\n".encode("gbk") * 90,
    "KOI8-R": "Это проверка кодировки.\n".encode("koi8-r") * 90,
    "ISO 2022": "한국어 문장입니다.\n".encode("iso2022_kr") * 90,
    "escapes of a terminal": b"\x1b[31merror\x1b[0m \x07\x08 done\r\n" * 200,
    "form feeds": (WORDS * 60 + b"\x0c") * 20,
    "the end of a DOS text": WORDS * 20 + b"\x1a",
    "a lone NUL": WORDS * 200 + b"\0" + WORDS * 200_000,
    "a lone NUL early on": WORDS + b"\0" + WORDS * 900,
    "a lone NUL in latin-1": "Größe\n".encode("latin-1") * 90 + b"\0" + WORDS * 900,
    "a few control characters": WORDS * 90 + b"\x01\x02 \x03\x04\n" + WORDS * 900,
    "minified script": b"!function(e,t){var n=" + b"e[t]||{},r=" * 9000 + b"0}();",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="'
    + URI
    + b'"/></svg>',
    "one long line": b'{"image":"' + URI * 40 + b'"}',
    "bare base64": URI[22:],
    "a table": b"id,name\n1,a\n2,b\n" * 99,
    "digits": b"0000012345 12345:67890, 8\n" * 99,
    "a time first": b"12:30: it began\n13:45, it went on\n" * 99,
    "PK as a word": b"PK is not PKZIP. PK\n" * 99,
    "MZ as a word": b"MZ and BM and ID3 are words, RIFF too.\n" * 99,
    "a word first": b"BM25 ranks documents by words.\n" * 99,
    "RIFF as a word": b"RIFF raffTEXT words\n" * 99,
    "ORC as a word": b"ORC and CWS and FWS and LZIP are words\n" * 99,
    "8=FI": b"8=FILE\n" * 99,
    "other words": b"PARENT\n",
    "still others": b"PAR1 and FEA1, WARC/x, Cr24, GIF89a, wOFF, KDMV\n" * 9,
    "an image format": b"GIF89a is a format of images.\n" * 9,
    "a PDF in words": b"Files begin with %PDF-1.7 and end with %%EOF\n" * 9,
    "a tar in words": b"x" * 148 + b"0012345 " + b"y" * 400,
    "a dictionary in words": b"d8 is a field, i3 and l4: d4:page\n" * 40,
    "a list in words": b"a:1 is a ratio, s:5 too\n" * 40,
    "a Makefile": b"all:\n\tcc -o a a.c\n" * 40,
    "patch": b"diff --git a/x b/x\nindex 1..2 100644\n@@ -1 +1 @@\n-a\n+b\n" * 9,
    "JSON text sequence": b"\x1e" + b"\x1e".join([LINE] * 50),
    "NULs of a rotated log": bytes(90_001) + WORDS * 500,
    "NULs at the end": WORDS * 500 + bytes(70_000),
    "nothing but spaces": b" \n" * 900,
    "from git": b"commit messages\nblob of text\ntree of words\n" * 9,
    "HTTP": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("name", TEXT)
def test_text_is_no_container(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, TEXT[name]) == ""


def test_samples_are_no_containers(tmp_path: Path) -> None:
    for name, data in every_sample().items():
        assert told(tmp_path, data, name) == "", name


SESSIONS = {
    "NULs first": bytes(600) + b"\n" + LINE * 20,
    "NULs first, a record behind them": bytes(4096) + LINE * 20,
    "NULs between lines": LINE * 20 + bytes(512 - 20 * len(LINE) % 512) + LINE * 20,
    "blocks of NULs": (LINE * 20 + bytes(4096)) * 9 + LINE * 4000,
    "one line": bytes(600) + LINE,
    "a mark in front": b"\xef\xbb\xbf" + LINE * 3,
    "torn": LINE * 20 + LINE[:20] + b"\0" * 3 + LINE * 20,
    "glued": (LINE[:-1] + LINE) * 20,
    "CRLF": LINE.replace(b"\n", b"\r\n") * 20,
    "spaced": json.dumps({"type": "user", "parentUuid": None}, indent=1).encode(),
    "rubbish in it": LINE * 2000 + random.Random(2).randbytes(3000) + LINE * 9000,
    "rubbish behind it": LINE * 2000 + random.Random(3).randbytes(2000),
}


@pytest.mark.parametrize("name", SESSIONS)
def test_a_damaged_session_is_text(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, SESSIONS[name]) == ""


def test_a_container_that_is_cut_off_is_one(tmp_path: Path) -> None:
    (tmp_path / "kinds").mkdir()
    for file in every_container(tmp_path / "kinds", with_git=False):
        data = file.read_bytes()
        if file.name in (
            "a.net",
            "a.pb",
            "tool.pyz",
            "junk.pdf",
            "dumb.dat",
            "0.pickle",
        ):
            continue  # what tells them is their end
        assert told(tmp_path, data[: len(data) * 3 // 4]), file.name


MORE = rb"BZh9 MZ d8: 9: %PDF-1 BM HTTP/1.1 <?xml {\"jws\" ID3 RIFF".split()
BEGINNINGS = st.sampled_from(
    (b"", b"\n", b"\x81\xa1", b"\xca\xfe\xba\xbe", b"From: a\r\n\r\n", *MORE, *PREFIXES)
)


@given(BEGINNINGS, st.binary(max_size=600), st.integers(0, 3))
def test_any_bytes_are_looked_at(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes, blocks: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.css"
    path.write_bytes(start + rest + bytes(40_000 * blocks) + rest)
    with Source.open(path) as source:
        assert isinstance(container(source) + covered(source), str)
