"""What a store says of a thread that is kept."""

import json
from dataclasses import replace
from typing import Any

import pytest

from assetstore.agents.kept.card import (
    Card,
    KeptFile,
    KeptText,
    card_of,
    document_name,
)
from assetstore.errors import IntegrityError, MissingBlob
from assetstore.store.format.manifest import Manifest
from support.stores import memory_store

TEXT = KeptText(
    text="as1:" + "A" * 27,
    size=9,
    hash="ab" * 32,
    slim_size=5,
    slim_hash="cd" * 32,
    changed=True,
    stays=(1, 4),
)
FILE = KeptFile(place="projects/x/é\udcff.jsonl", now=TEXT, modified=1, before=(TEXT,))
CARD = Card(
    client="claude-code",
    thread="t",
    home="/home/x/.claude",
    first="Is it?",
    files=(FILE, replace(FILE, place="b", seen=(9, 1, 2), before=())),
)


def test_it_is_read_as_it_was_written() -> None:
    assert Card.unpack(CARD.pack()) == CARD
    assert CARD.size == 18
    assert CARD.document == document_name("/home/x/.claude", "t")
    assert CARD.document == "thread:/home/x/.claude/t"
    assert [file.place for file in CARD.first_is("b").files] == ["b", FILE.place]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("v", 2),
        ("format", "x"),
        ("files", []),
        ("home", 1),
        ("home", "/home/x\0"),
        ("thread", "\0"),
        ("files.0.place", None),
        ("files.0.place", "projects/\0"),
        ("files.0.place", "projects/\ud800"),
        ("files.0.now.text", 5),
        ("files.0.now.text", "as1:\ud800"),
        ("files.0.modified", -1),
        ("files.0.now.size", -1),
        ("files.0.now.size", 1.5),
        ("files.0.now.hash", "ab"),
        ("files.0.now.more", 1),
    ],
)
def test_what_is_none_is_refused(path: str, value: object) -> None:
    record = json.loads(CARD.pack())
    *way, last = path.split(".")
    inner: Any = record
    for name in way:
        inner = inner[int(name) if name.isdecimal() else name]
    inner[last] = value
    with pytest.raises(IntegrityError, match="cannot be read"):
        Card.unpack(json.dumps(record).encode())


def test_no_json_is_refused() -> None:
    for data in (b"", b"[]", b"{", b"\xff"):
        with pytest.raises(IntegrityError, match="cannot be read"):
            Card.unpack(data)


def test_one_that_the_store_lost_is_told() -> None:
    manifest = Manifest(
        document=CARD.document, source_size=1, slim_size=1, slim_hash=bytes(32)
    )
    with pytest.raises(MissingBlob, match="the store lost what it kept of thread:"):
        card_of(memory_store(), manifest)
