"""Documents of no client: which they are, and what becomes of payloads in them."""

import json
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.formats.base import IN_PLACE, Candidate, Spelling
from assetstore.formats.text import (
    Json,
    JsonLines,
    Text,
    Typed,
    begins_with,
    is_json,
    is_lines,
    is_pretty,
)
from assetstore.results import Why
from support.media import coloured
from support.samples import b64, picture, uri
from support.stores import archived, memory_store, restored

RECORD = b'{"type":"a"}\n'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"{", True),
        (b"[1]", True),
        (b"\xef\xbb\xbf\n {", True),
        (b"\0\0\0{", True),
        (b"", False),
        (b"\0\0", False),
        (b'"a"', False),
        (b"words {", False),
    ],
)
def test_json_begins_with_a_bracket(head: bytes, expected: bool) -> None:
    assert is_json(head) == expected
    assert Json().claims(PurePath("x"), head) == expected
    assert begins_with(head, b"{[") == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"{\n  1", True),
        (b"[\r\n", True),
        (b"[{\n", True),
        (b"{", False),
        (b'{"a":1}\n', False),
        (b"\n\n{\n", True),
        (b"", False),
    ],
)
def test_a_value_over_several_lines(head: bytes, expected: bool) -> None:
    assert is_pretty(head) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (RECORD * 3, True),
        (b"\n" + RECORD * 3, True),
        (b"the end of a line}\n" + RECORD * 2, True),
        (RECORD * 2 + b'{"cut', True),
        (b'{"a":1', True),
        (b"\0" * 8 + RECORD * 2, True),
        (b"[1]\n[2]\n", False),
        (b"words\nmore\n" + RECORD, False),
        (b"{\n  1\n}\n", False),
        (b"", False),
        (b"[" * 100_000 + b"\n" + RECORD, True),
    ],
)
def test_lines_of_objects(head: bytes, expected: bool) -> None:
    assert is_lines(head) == expected


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.jsonl", b"anything", True),
        ("a.NDJSON", b"", True),
        ("a.jsonl", b"{\n  1\n}", False),
        ("a.json", RECORD * 3, False),
        ("a.log", RECORD * 3, True),
        ("a.log", b"words", False),
    ],
)
def test_a_name_says_more_than_a_beginning(
    name: str, head: bytes, expected: bool
) -> None:
    assert JsonLines().claims(PurePath(name), head) == expected


def test_a_typed_document_is_told_by_its_ending() -> None:
    notebook = Typed("notebook", ".ipynb")
    assert notebook.claims(PurePath("a.IPYNB"), b"")
    assert not notebook.claims(PurePath("a.json"), b"{}")
    assert (notebook.name, notebook.typed, Text.typed) == ("notebook", True, False)


def test_any_document_is_text_and_no_record_tells_it() -> None:
    for format in (Text(), Json(), JsonLines(), Typed("har", ".har")):
        assert not format.told_by(lambda name: b"anything")
    assert Text().claims(PurePath("a.exe"), b"\0")


def test_a_payload_outside_of_json_goes_alone() -> None:
    def treated(kind: Spelling, *, unannounced: bool = False) -> object:
        found = Candidate(kind, 0, "", b"", None, unannounced)
        return Text().treat(found)

    assert treated(Spelling.URI_BASE64) is IN_PLACE
    assert treated(Spelling.BARE) is IN_PLACE
    assert treated(Spelling.MEMBER) is None, "it may be anything"
    bare = treated(Spelling.BARE, unannounced=True)
    assert getattr(bare, "tail", None) == b"=AA=="


PNG = picture(16, 12, 1)


def left(record: object) -> set[str]:
    """Archive a document; why its payloads stay."""
    store, data = memory_store(), json.dumps(record).encode()
    slim, result = archived(store, data)
    assert restored(store, slim) == data
    return set(result.stays.reasons)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"$base64": b64(PNG)}, Why.REFUSED),
        ({"type": "computer_screenshot", "image_url": uri(PNG)}, Why.REFUSED),
        ({"data": b64(PNG), "assetId": "sha"}, Why.COVERED),
        ({"role": "user", "content": [{"odd": uri(PNG)}]}, Why.NOT_UNDERSTOOD),
    ],
)
def test_what_nothing_else_may_stand_for_stays(record: object, why: Why) -> None:
    assert left(record) == {why.value}


@pytest.mark.parametrize(
    "record",
    [
        {"picture": uri(PNG)},
        {"a": {"data": b64(coloured("GIF"))}},
        {"role": "painter", "content": [{"odd": uri(PNG)}]},
    ],
)
def test_anything_else_goes(record: object) -> None:
    assert left(record) == set()


@given(st.binary(max_size=80))
def test_any_beginning_has_an_answer(head: bytes) -> None:
    for told in (is_json, is_lines, is_pretty):
        assert told(head) in (True, False)
