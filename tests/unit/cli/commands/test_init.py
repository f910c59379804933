"""``assetstore init``."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


def test_a_store_is_made_once(home: Path, call: Call) -> None:
    done = call("init", "deep/store")
    assert (done.code, done.out) == (0, f"made a store at {home}/deep/store\n")
    assert done.err == (
        "hint: What is archived goes there: "
        f"assetstore archive FILE --store {home}/deep/store\n"
    )
    assert (home / "deep" / "store" / "config").is_file()
    assert call("init", "deep/store").code == 1
    usual = call("init", "--json").result
    assert usual["made"] is True
    assert usual["store"] == str(home / "xdg" / "data" / "assetstore" / "store")


def test_where_one_was_seen_none_is_made_unless_it_is_given_up(
    home: Path, call: Call
) -> None:
    assert call("init", "store").code == 0
    shutil.rmtree(home / "store")
    refused = call("init", "store")
    assert refused.code == 10
    assert not (home / "store").exists()
    assert call("init", "--force", "store").code == 0


def test_that_one_was_seen_is_forgotten(home: Path, call: Call) -> None:
    call("init", "store")
    shutil.rmtree(home / "store")
    done = call("init", "--forget", "store")
    assert done.out == f"forgot the store that was seen at {home}/store\n"
    again = call("init", "--forget", "store")
    assert again.out == f"no store was ever seen at {home}/store\n"
    assert not (home / "store").exists()
    assert call("init", "store").code == 0


@pytest.mark.parametrize("words", [["--force", "--forget", "s"], ["s", "--store", "t"]])
def test_what_does_not_go_together(call: Call, home: Path, words: list[str]) -> None:
    assert call("init", *words).code == 2
    assert not (home / "s").exists()


def test_the_usual_store_need_not_be_named(home: Path, call: Call) -> None:
    assert call("init").err.endswith("there: assetstore archive FILE\n")
    assert call("-q", "init", "other").err == ""
