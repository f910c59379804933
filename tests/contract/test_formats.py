"""What every format has to do, a plug-in's too.

Formats of packages that are installed beside assetstore are tried with ours: install
yours, and run ``pytest tests/contract/test_formats.py`` in a checkout.
"""

import json
import random
from pathlib import Path, PurePath
from typing import Any

import pytest

from assetstore.archiver.options import ArchiveOptions
from assetstore.formats import registry
from assetstore.formats.base import Format
from assetstore.formats.json_lexer import OTHER
from support.samples import b64, every_sample, picture, svg, uri
from support.stores import archived, memory_store, restored

FORMATS = {format.name: format for format in registry.formats()}
PNG = picture(16, 12, 1)
TEXTS = {
    "a picture": b64(PNG),
    "a URI": uri(PNG),
    "a drawing": uri(svg(1).encode(), "image/svg+xml"),
    "a drawing as text": f"data:image/svg+xml,{svg(1)}",
    "half a picture": b64(PNG)[:-40],
    "an address": "https://example.org/a.png",
    "a word": "word",
    "nothing": "",
    "a head": "data:image/png;base64,",
    "quotes": 'a "quote" and a \\ back slash',
}
NAMES = [
    "data",
    "blob",
    "base64",
    "image_url",
    "file_data",
    "url",
    "result",
    "source",
    "content",
    "text",
    "image",
    "inlineData",
]
TYPES = [
    "image",
    "document",
    "file",
    "input_image",
    "image_url",
    "base64",
    "message",
    "user",
    "response_item",
    "event_msg",
    "attachment",
    "resource",
]


@pytest.fixture(params=sorted(FORMATS))
def format(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def value(dice: random.Random, names: list[str], depth: int = 0) -> Any:
    """Something as a client may write it."""
    kind = dice.random()
    if depth > 5 or kind < 0.3:
        return dice.choice([*TEXTS.values(), 1, None, True])
    if kind < 0.45:
        return [value(dice, names, depth + 1) for _ in range(dice.randrange(3))]
    if kind < 0.5:
        return json.dumps(value(dice, names, depth + 1))
    found = {"type": dice.choice(TYPES)} if dice.random() < 0.7 else {}
    for _ in range(dice.randrange(1, 4)):
        found[dice.choice(names)] = value(dice, names, depth + 1)
    if dice.random() < 0.3:
        found = dict(reversed(found.items()))
    return found


def taken(format: Format, data: bytes, **options: Any) -> tuple[bytes, int]:
    """What a document becomes; it comes back."""
    store = memory_store()
    slim, result = archived(store, data, ArchiveOptions(profile=format.name, **options))
    assert restored(store, slim) == data
    return slim, result.payloads


def test_it_says_what_it_is(format: Format) -> None:
    assert format.name.replace("-", "").isalnum()
    assert registry.named(format.name) is format
    assert all(isinstance(name, bytes) for name in (*format.members, *format.tells))
    assert isinstance(format.beside.owns(Path("/a/b")), bool)


def test_it_claims_nothing_of_others(format: Format) -> None:
    """But for the one that takes what nobody claims."""
    claimed = format.claims(PurePath("a/picture.bin"), b"\x89PNG\r\n\x1a\n")
    assert claimed == (format is registry.GENERIC)
    assert format.claims(PurePath("a/b"), b"") in (True, False)


def test_a_record_of_nobody_does_not_tell_it(format: Format) -> None:
    assert not format.told_by(lambda name: None)
    assert not format.told_by({b"type": b"x", b"a": OTHER}.get)


@pytest.mark.parametrize("seed", range(20))
def test_every_line_that_parses_parses_and_comes_back(
    format: Format, seed: int
) -> None:
    dice = random.Random(f"{format.name} {seed}")
    names = NAMES + [name.decode() for name in format.members]
    lines = [
        json.dumps(
            {"type": dice.choice(TYPES), "payload": value(dice, names)},
            separators=dice.choice([(",", ":"), (", ", ": ")]),
        )
        for _ in range(4)
    ]
    data = "\n".join(lines).encode() + b"\n"
    slim, _ = taken(format, data, min_size=dice.choice([0, 100]))
    assert slim.count(b"\n") == data.count(b"\n")
    for line in slim.splitlines():
        json.loads(line)


@pytest.mark.parametrize("seed", range(6))
def test_torn_lines_come_back(format: Format, seed: int) -> None:
    dice = random.Random(f"{format.name} {seed}")
    line = json.dumps({"type": "user", "message": value(dice, NAMES)}).encode()
    for _ in range(6):
        at = dice.randrange(len(line))
        taken(format, line[:at] + line + b"\n" + line[at:] + line + b"\n")


def test_what_was_archived_is_not_archived_again(format: Format) -> None:
    part = {"type": "image", "data": b64(PNG), "mimeType": "image/png"}
    whole = json.dumps({"a": [part], "b": uri(PNG)}).encode()
    slim, count = taken(format, whole)
    assert count or slim == whole  # some leave everything
    assert taken(format, slim)[0].count(b"as1:") == slim.count(b"as1:")


@pytest.mark.parametrize("name", sorted(every_sample()))
def test_every_document_comes_back(format: Format, name: str) -> None:
    taken(format, every_sample()[name], min_size=0, media="any")
