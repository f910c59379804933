"""Where in JSON a payload stands is what a parser of JSON says."""

import json
import random
import re
from typing import Any

import pytest

from assetstore.formats.json_lexer import OTHER
from assetstore.formats.json_walk import Places

LEAVES = [
    1,
    -2.5,
    None,
    True,
    "x",
    "",
    'q"uo\\te',
    "\\",
    '\\\\"',
    "{[,:\n]}",
    "a" * 300,
    "a" * 2000,
    "b" * 100_000,
]


def reader(text: bytes) -> Any:
    return lambda start, length: text[max(0, start) : max(0, start + length)]


def value(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.random()
    if depth > 4 or kind < 0.35:
        picked = dice.randrange(len(LEAVES) + 3)
        return (
            f"PAY{dice.randrange(10**9)}" if picked >= len(LEAVES) else LEAVES[picked]
        )
    if kind < 0.6:
        return [value(dice, depth + 1) for _ in range(dice.randrange(4))]
    if kind < 0.7:
        return json.dumps(value(dice, depth + 1))
    names = ["type", "a", "b", "data", 'we"ird\\', f"k{dice.randrange(99)}"]
    return {
        dice.choice(names): value(dice, depth + 1) for _ in range(dice.randrange(5))
    }


def payloads(found: Any, path: tuple[Any, ...] = (), around: Any = None) -> Any:
    """Every payload, with its path and what is around it."""
    if isinstance(found, str) and found.startswith("PAY"):
        yield found, (path, around)
    elif isinstance(found, list):
        for number, inner in enumerate(found):
            yield from payloads(inner, (*path, number), found)
    elif isinstance(found, dict):
        for name, inner in found.items():
            yield from payloads(inner, (*path, name), found)


def spelt(text: str) -> bytes:
    return text.encode()


@pytest.mark.parametrize("seed", range(300))
def test_places_are_what_a_parser_says(seed: int) -> None:
    for inner in range(8):
        dice = random.Random(f"{seed} {inner}")
        lines = dice.random() < 0.7
        records = [value(dice) for _ in range(dice.randrange(1, 4) if lines else 1)]
        style: dict[str, Any] = {} if lines else {"indent": 2}
        if dice.random() < 0.5:
            style["separators"] = (",", ":")
        text = "\n".join(json.dumps(r, **style) for r in records).encode()
        check(text, records, lines=lines, climb=dice.random() < 0.5)


def check(text: bytes, records: list[Any], *, lines: bool, climb: bool) -> None:
    wanted = dict(found for record in records for found in payloads(record))
    places = Places(reader(text), lines=lines)
    for match in re.finditer(rb'(\\*)"(PAY\d+)', text):
        escapes, name = len(match[1]), match[2].decode()
        place = places.at(match.start(2), escapes)
        if escapes:
            if place is not None:
                check_inner(text, place.inner.start, place.inner.end, escapes)
            continue
        path, around = wanted[name]
        if around is None:
            assert place is None
            continue
        assert place is not None
        assert place.end == match.end() + 1
        assert place.closing == match.end()
        start, end = place.inner.start, place.inner.end
        assert json.loads(text[start:end]) == around
        if isinstance(path[-1], str):
            assert place.key == spelt(path[-1])
        if isinstance(around, dict):
            assert place.inner.get(b"nothing") is None
            for key, held in around.items():
                if key and not (isinstance(held, str) and "PAY" in held):
                    assert place.inner.get(spelt(key)) == shown(held)
        if climb:
            keys = [key for _, key in place.way()][::-1]
            assert len(keys) == len(path)
            for key, true in zip(keys, path, strict=True):
                assert (
                    key == spelt(true) if isinstance(true, str) else key in (true, -1)
                )


def check_inner(text: bytes, start: int, end: int, escapes: int) -> None:
    """What is around a payload in a string is JSON, once it is unescaped."""
    inner = text[start:end].decode()
    while escapes:
        inner = json.loads(f'"{inner}"')
        escapes //= 2
    json.loads(inner)


def shown(held: Any) -> bytes:
    if not isinstance(held, str):
        return OTHER
    return spelt(held) if len(json.dumps(held)) - 2 <= 256 else OTHER


def test_a_string_in_a_string_knows_what_it_is_in() -> None:
    inner = json.dumps({"content": [{"type": "image", "data": "PAY1"}]})
    record = {"type": "response_item", "payload": {"output": inner}}
    text = json.dumps(record).encode()
    place = Places(reader(text), lines=True).at(text.index(b"PAY1"), 1)
    assert place is not None
    top, member = place.record
    assert (top.get(b"type"), member) == (b"response_item", b"payload")
    assert [key for _, key in place.way()] == [
        b"data",
        0,
        b"content",
        b"output",
        b"payload",
    ]


@pytest.mark.parametrize(
    "torn",
    [
        b'{"type":"user","mess',
        b'{"a":"b","c":',
        b'{"a":["b",',
        b"\0" * 600,
        b"\xef\xbb\xbf",
        b'{"whole":1}',
        b"{" * 50,
    ],
)
@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n"])
def test_a_record_behind_a_torn_one_is_a_record(torn: bytes, between: bytes) -> None:
    if torn.endswith((b":", b",")) and not between:
        pytest.skip("then it is a value of the torn one")
    text = torn + between + b'{"type":"user","message":{"data":"PAY1"},"n":1}'
    place = Places(reader(text), lines=True).at(text.index(b"PAY1"), 0)
    assert place is not None
    top, member = place.record
    assert (top.start, member) == (len(torn + between), b"message")
    assert top.get(b"type") == b"user"
    assert top.end == len(text)


def test_a_torn_record_has_no_end() -> None:
    text = b'{"type":"user","message":{"data":"PAY1"\n{"type":"x"}\n'
    place = Places(reader(text), lines=True).at(text.index(b"PAY1"), 0)
    assert place is not None
    assert (place.inner.end, place.inner.parent and place.inner.parent.end) == (-1, -1)


@pytest.mark.parametrize(
    "text",
    [b'<img src="PAY1">', b'x = "PAY1";', b'PAY1"', b'\\"PAY1\\"', b'["a" "PAY1"]'],
)
def test_what_is_no_value_of_json_has_no_place(text: bytes) -> None:
    escapes = text.count(b"\\") // 2
    assert Places(reader(text), lines=False).at(text.index(b"PAY1"), escapes) is None


@pytest.mark.parametrize("lines", [False, True])
def test_each_byte_is_read_a_few_times_at_most(lines: bool) -> None:
    """Whatever is asked for, in a line of many payloads."""
    part = {"type": "image", "source": {"type": "base64", "data": "PAY"}, "n": [1, {}]}
    record = {"a": [part] * 2000, "b": {"PAY": ["PAY"] * 2000}, "type": "user"}
    text = json.dumps(record).encode()
    read = [0]

    def peek(start: int, length: int) -> bytes:
        piece = text[max(0, start) : max(0, start + length)]
        read[0] += len(piece)
        return piece

    places, count = Places(peek, lines=lines), 0
    for match in re.finditer(rb'"(PAY)"[^:]', text):
        place = places.at(match.start(1), 0)
        assert place is not None
        assert place.record[0].get(b"type") == b"user"
        count += place.inner.end > 0
    assert count == 4000
    # Blocks of 8 KiB are read for what is asked of each payload.
    assert read[0] < 4000 * 3 * 8192


@pytest.mark.parametrize("space", ["", " ", "\n   "])
@pytest.mark.parametrize(
    ("elements", "says"),
    [
        ([{"text": "a"}, {"url": "PAY1"}], True),
        ([{"url": "PAY1"}, {"text": "a" * 9000}], True),
        ([{"url": "PAY1"}, {"text": ""}, {"other": "a"}], False),
        ([{"text": {"text": "a"}, "url": "PAY1"}], True),
        ([{"url": "PAY1", "more": {"text": "a"}}], False),
        ([{"url": "PAY1"}, "text", {"text": "a"}], False),
    ],
)
def test_what_an_array_s_objects_say(elements: Any, says: bool, space: str) -> None:
    text = json.dumps({"all": elements}, separators=(f",{space}", f":{space}")).encode()
    place = Places(reader(text), lines=False).at(text.index(b"PAY1"), 0)
    assert place is not None
    around = place.inner.parent
    assert around is not None
    assert around.says(b"text") == says
    assert around.says(b"text") == says
    assert not place.inner.says(b"text")


def test_the_sign_in_front_of_a_string() -> None:
    text = b'{"a": ["PAY1" ,\n "PAY2"],"b":"PAY3"}'
    places = Places(reader(text), lines=False)
    for name, sign in ((b"PAY1", b"["), (b"PAY2", b","), (b"PAY3", b":")):
        place = places.at(text.index(name), 0)
        assert place is not None
        assert text[place.sign : place.sign + 1] == sign


def test_where_a_member_s_value_is_written() -> None:
    text = b'{"a": {"x":1} , "b":["PAY1"], "c":"PAY2"}'
    places = Places(reader(text), lines=False)
    array = places.at(text.index(b"PAY1"), 0)
    place = places.at(text.index(b"PAY2"), 0)
    assert array is not None
    assert place is not None
    assert text[array.inner.sign : array.inner.sign + 1] == b":"
    found = place.inner.written(b"a")
    assert found is not None
    assert place.inner.read(*found) == b' {"x":1} '
    assert place.inner.written(b"d") is None
    assert array.inner.written(b"a") is None
