"""What a payload holds, by its bytes."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from assetstore.agents import sent_payloads
from assetstore.agents.records import records
from assetstore.agents.sent_payloads import Content
from assetstore.files.source import Source
from support.samples import b64, picture, svg, uri


def found(folder: Path, value: str, *, slashes: bool = False) -> Content:
    text = json.dumps({"type": "x", "data": value})
    path = folder / "log"
    path.write_text(text.replace("/", "\\/") if slashes else text)
    with Source.open(path) as source:
        (record,) = records(source)
        payload = sent_payloads.bare(record.value["data"], record.line, "image/PNG")
        assert payload is not None
        assert payload.claimed == "image/png"
        assert payload.length == len(value)
        return sent_payloads.content(payload, source)


def test_a_field_that_holds_a_data_uri_has_its_length(tmp_path: Path) -> None:
    value = "data:image/png;base64," + "A" * 900
    assert found(tmp_path, value).problem == "no base64"


LARGE, SMALL = picture(300, 200, 1), picture(3, 2, 1)
HEIC = b"\0\0\0\x20ftypheic\0\0\0\0mif1heic" + bytes(900)


@pytest.mark.parametrize("slashes", [False, True])
@pytest.mark.parametrize("data", [LARGE, SMALL, picture(400, 300, 2, "JPEG")])
def test_a_picture(tmp_path: Path, data: bytes, slashes: bool) -> None:
    held = found(tmp_path, b64(data), slashes=slashes)
    assert held.size == len(data)
    assert held.blob == blake3(data).digest()
    assert held.problem == ""
    sizes = {LARGE: (300, 200), SMALL: (3, 2)}
    assert (held.width, held.height) == sizes.get(data, (400, 300))


@pytest.mark.parametrize(
    ("value", "type", "problem"),
    [
        ("", "", "empty"),
        (b64(svg(1).encode()), "image/svg+xml", ""),
        (b64(b"<!DOCTYPE html><p>404</p>" * 100), "", ""),
        (b64(HEIC), "image/heic", ""),
        (b64(b"%PDF-1.4\n" + bytes(900)), "application/pdf", ""),
        (b64(LARGE[:60_000]), "image/png", "cut off"),
        (b64(LARGE)[:-1], "", "no base64"),
        (b64(LARGE)[:-9] + "*" + b64(LARGE)[-8:], "", "no base64"),
        ("as1:" + "a" * 27, "", "no base64"),
        ("A" * 2000 + "==" + "A" * 2000 + "==", "", "no base64"),
    ],
)
def test_what_is_no_picture(
    tmp_path: Path, value: str, type: str, problem: str
) -> None:
    held = found(tmp_path, value)
    assert held.problem == problem
    if problem != "no base64":
        assert held.type == type
    assert bool(held.blob) == (problem not in ("empty", "no base64"))


@pytest.mark.parametrize(
    ("value", "claimed", "length", "address"),
    [
        (uri(SMALL), "image/png", len(b64(SMALL)), False),
        (uri(LARGE, "IMAGE/PNG"), "image/png", len(b64(LARGE)), False),
        ("data:image/png;base64,", "image/png", 0, False),
        ("data:,x", "", 1, False),
        ("", "", 0, False),
        ("https://example.org/a.png", "", 25, True),
    ],
)
def test_addresses(
    tmp_path: Path, value: str, claimed: str, length: int, address: bool
) -> None:
    path = tmp_path / "log"
    path.write_text(json.dumps({"type": "x", "url": value}))
    with Source.open(path) as source:
        (record,) = records(source)
        held: Any = sent_payloads.uri(record.value["url"], record.line)
        assert (held.claimed, held.length, held.address) == (claimed, length, address)
        if held.offset >= 0:
            text = source.read(held.offset, held.written)
            assert base64.b64decode(text) == LARGE
        assert sent_payloads.uri(None, record.line) is None
