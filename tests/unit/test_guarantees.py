"""docs/guarantees.md names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
ROWS = re.findall(r"^\| (?!Promise|---)(.+?) \| (.+?) \| (.+?) \|$", TEXT, re.M)

NAMES = [
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
]


def missing(name: str) -> str:
    """What is wrong with the name of a test, or ""."""
    path, _, test = name.partition("::")
    if not (ROOT / path).exists():
        return f"{path} does not exist"
    if test and not re.search(
        rf"^def {test}\(", (ROOT / path).read_text("utf-8"), re.M
    ):
        return f"{path} has no {test}"
    return ""


def test_there_are_rows() -> None:
    assert len(ROWS) > 30


@pytest.mark.parametrize(
    ("promise", "tests", "command"), ROWS, ids=[row[0] for row in ROWS]
)
def test_each_promise_has_tests_that_exist(
    promise: str, tests: str, command: str
) -> None:
    names = re.findall(r"`([^`]+)`", tests)
    assert names, promise
    assert [problem for name in names if (problem := missing(name))] == []
    for word in re.findall(r"(?:tests|benchmarks)/[\w/.]+", command):
        assert missing(word) == ""
    for module in re.findall(r"-m (benchmarks\.\w+)", command):
        file = module.replace(".", "/")
        assert not missing(f"{file}.py") or not missing(f"{file}/__main__.py")
    for choice in re.findall(r"-k '?([\w ]+)", command):
        for part in choice.split(" or "):
            assert any(part in name for name in NAMES), part


def test_a_name_that_does_not_exist_is_found() -> None:
    assert missing("tests/none.py")
    assert missing("tests/unit/test_guarantees.py::test_none")
