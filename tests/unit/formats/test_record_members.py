"""How text, JSON and JSON Lines are told."""

from pathlib import PurePath

import pytest

from assetstore.formats.registry import choose
from assetstore.formats.text import begins_with, is_json, is_lines, is_pretty
from assetstore.formats.text import top_members as found


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (b'{"a":1,"b":{"c":2},"d":[{"e":3}],"f":4}', [b"a", b"b", b"d", b"f"]),
        (b'\xef\xbb\xbf { "a" : "b:c" , "d" : null }', [b"a", b"d"]),
        (b'{"a":"x \\"y\\": {","z":1}', [b"a", b"z"]),
        (b'{"a":"cut off \\"b\\": 1, ', [b"a"]),
        (b'{"a":"b","c', [b"a"]),
        (b'[{"a":1}]', []),
        (b'"a":1', []),
        (b"", []),
    ],
)
def test_members_of_a_record_are_told_from_those_within(
    line: bytes, names: list[bytes]
) -> None:
    assert list(found(line)) == names


def test_a_long_line_is_read_once() -> None:
    """Quotes and brackets by the thousand, and nothing that ends."""
    assert list(found(b'{"a":' + b"[" * 30_000 + b'"\\"' * 10_000)) == [b"a"]


@pytest.mark.parametrize(
    ("head", "lines", "pretty"),
    [
        (b'{"a":1}\n{"b":2}\n', True, False),
        (b'{\n "a":1\n}\n', False, True),
        (b'[{\n "a":1\n}]\n', False, True),
        (b'half a line"}\n{"b":2}\n{"c":3}\n', True, False),
        (b"words\nand more\n", False, False),
        (b'{"a":1}', True, False),
    ],
)
def test_lines_and_one_value(head: bytes, lines: bool, pretty: bool) -> None:
    assert (is_lines(head), is_pretty(head)) == (lines, pretty)


def test_nothing_in_front_counts() -> None:
    assert begins_with(b"\xef\xbb\xbf\0\0 \n[1]", b"[")
    assert not begins_with(b"", b"[")
    assert is_json(b" {}")
    assert not is_json(b"a {}")


@pytest.mark.parametrize(
    ("name", "head", "format"),
    [
        ("a.jsonl", b'{"a":1}\n', "json-lines"),
        ("a.jsonl", b'{\n"a":1}\n', "json"),
        ("a.json", b'{"a":1}\n{"b":1}\n', "json"),
        ("a.txt", b"words", "generic"),
        ("a.log", b'{"x":{"sessionId":"1"}}\n', "json-lines"),
        ("a.log", b'{"sessionId":"1"}\n', "claude-code"),
        ("a.log", b'{"a":"\\"sessionId\\":"}\n', "json-lines"),
    ],
)
def test_documents_of_nobody_and_of_somebody(
    name: str, head: bytes, format: str
) -> None:
    assert choose("auto", PurePath(name), head).name == format
