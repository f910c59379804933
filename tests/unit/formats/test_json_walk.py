"""What is around a payload is the same, whichever way its record is read."""

import json
import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assetstore.formats.json_walk import Places, Surroundings

MARK = "@@"
_LEAVES = st.none() | st.booleans() | st.integers() | st.just(MARK) | st.text('a"\\é ')
_NAMES = st.sampled_from(["type", "a", "", "content", 'q"', "é", "n" * 300])
VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4)
    ),
)
ROWS = st.lists(VALUES, max_size=4)
Way = list[tuple[int, bool, bytes | int, int, list[bytes | None]]]


def ways(document: bytes) -> list[Way | None]:
    """All that is known of what is around each mark."""

    def peek(at: int, length: int) -> bytes:
        return document[at : at + length]

    places = Places(peek, lines=True)
    found: list[Way | None] = []
    at = document.find(b'"@@"')
    while at >= 0:
        place = places.at(at + 1, 0)
        way: Way | None = None
        if place is not None:
            way = [
                (
                    inner.start,
                    inner.is_object,
                    key,
                    place.key_start if inner is place.inner else inner.key_start,
                    [inner.get(name) for name in (b"type", b"a", b"content", b'q"')],
                )
                for inner, key in place.way()
            ]
        found.append(way)
        at = document.find(b'"@@"', at + 1)
    return found


def check(document: bytes) -> None:
    forwards = ways(document)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Surroundings, "_in_record", lambda self, at, floor: None)
        assert forwards == ways(document)


def written(rows: list[Any], spaces: str = "") -> bytes:
    separators = f",{spaces}", f"{spaces}:{spaces}"
    lines = [json.dumps(row, separators=separators) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode()


@given(ROWS, st.sampled_from(["", " ", "\t "]))
@example([{"a": {"a": [1, {"type": "x", "content": MARK}]}, "type": "y"}], "")
@example([{"type": "", "a": [[], {}, MARK, MARK], "content": MARK}, [MARK]], "")
def test_records(rows: list[Any], spaces: str) -> None:
    check(written(rows, spaces))


@given(ROWS, st.integers(0, 1 << 30))
def test_records_that_were_damaged(rows: list[Any], seed: int) -> None:
    """Cut, glued, with bytes that are gone, doubled or other ones."""
    dice = random.Random(seed)
    document = bytearray(written(rows))
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(document) + 1)
        end = at + dice.randrange(4)
        document[at:end] = dice.choice(
            [b"", b"\n", b'"', b"\\", b"{", b"}", b"[", b",", b":", b"\0", b'"@@"']
        )
    check(bytes(document))


def test_keys_that_stand_twice() -> None:
    check(b'{"type":"a","type":"b","a":{"a":1,"a":"@@"},"type":"c"}\n')
    check(b'{"a":"x","a":{"content":"@@"}}{"type":"y","a":"@@"}\n["@@"]\n')


def test_records_that_lack_a_sign() -> None:
    check(b'{"a":null"type":"x","":null,"content":"@@"}\n')
    check(b'[null,nu[[null,"@@"]]\n')
    check(b'[false,[nu"@@"l,null,"@@"\0]\nnull\n{')


def test_a_record_that_begins_far_in_front() -> None:
    long = {"type": "w" * 5000, "a": [{"content": MARK}, {"type": "x", "a": MARK}]}
    check(written([long, {"type": "z", "a": MARK}, long]))
