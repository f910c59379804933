"""Compact JSON of values as they are read."""

import json

import orjson
import pytest

from assetstore.agents.request_json import compact


@pytest.mark.parametrize(
    "value",
    [{}, [], "", 0, None, {"a": {}}, {"a": [1, {"b": [[], {}, ""]}], "é": "\x7f\n"}],
)
@pytest.mark.parametrize("depth", [0, 200, 254, 255, 256, 1000, 5000])
def test_any_depth(value: object, depth: int) -> None:
    expected = orjson.dumps(value)
    for _ in range(depth // 2):
        value = {"k": [value]}
    around = depth // 2
    assert compact(value) == b'{"k":[' * around + expected + b"]}" * around


def test_half_a_surrogate_pair_and_numbers_without_end() -> None:
    value = {"a\ud83d": ["\ud83d", 10**30, "\U0001f600"]}
    expected = '{"a\\ud83d":["\\ud83d",' + str(10**30) + ',"\U0001f600"]}'
    assert compact(value) == expected.encode()
    assert json.loads(compact(value)) == value
