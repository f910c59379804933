"""Texts in pieces that stay the same while their file grows."""

from pathlib import Path

import pytest

from assetstore.agents.kept.text import (
    BLOCK,
    blocks,
    placeholder,
    put_bytes,
    put_text,
    recipe_at,
    text_pieces,
)
from assetstore.documents.recipes import Recipes
from assetstore.errors import MissingBlob
from assetstore.files.source import Source
from support.stores import memory_store

KIB = 1 << 10


@pytest.mark.parametrize("size", [0, 1, 64 * KIB - 1, 777 * KIB, BLOCK, 5 * BLOCK + 3])
def test_the_blocks_are_the_text(size: int) -> None:
    cut = list(blocks(size))
    assert sum(cut) == size
    assert all(0 < length <= BLOCK for length in cut)
    assert cut == sorted(cut, reverse=True)
    assert len(cut) <= size // BLOCK + 16


def test_of_a_text_that_grew_only_the_last_blocks_are_new() -> None:
    old, new = list(blocks(50 << 20)), list(blocks(51 << 20))
    assert new[: len(old)] == old
    # Whatever it had: at most a block, and what was added, is another one.
    for size in range(3 * BLOCK, 4 * BLOCK, 100 * KIB + 7):
        before, after = list(blocks(size)), list(blocks(size + 10 * KIB))
        same = 0
        while same < min(len(before), len(after)) and before[same] == after[same]:
            same += 1
        assert sum(after[same:]) <= BLOCK + 10 * KIB
        assert sum(before[:3]) == 3 * BLOCK


def test_a_text_comes_back(tmp_path: Path) -> None:
    data = bytes(range(256)) * 1000
    path = tmp_path / "log"
    path.write_bytes(data)
    store = memory_store()
    with store.session() as session, Source.open(path) as source:
        whole = put_text(session, source, grows=False)
        text = placeholder(put_text(session, source, grows=True))
        short = put_bytes(session, b"short")
        session.commit()
    recipes = Recipes(store)
    assert len(whole.was) == 1
    assert len(recipe_at(recipes, text).was) == len(list(blocks(len(data))))
    for recipe, wanted in (
        (whole, data),
        (recipe_at(recipes, text), data),
        (short, b"short"),
    ):
        assert b"".join(map(bytes, text_pieces(recipes, recipe))) == wanted


@pytest.mark.parametrize("text", ["as1:" + "A" * 27, "x"])
def test_what_is_not_there_is_told(text: str) -> None:
    with pytest.raises(MissingBlob, match="does not hold what"):
        recipe_at(Recipes(memory_store()), text)
