"""The frame of a placeholder, as it was written and after a program wrote it anew."""

import pytest

from assetstore.documents.frame import find_frame
from assetstore.store.format.placeholder import format_placeholder
from assetstore.store.format.recipe import Recipe

BEFORE, AFTER = b'{"type":"text","text":"image/png archived ', b'"}'
RECIPE = Recipe(was=(b"a picture",), before=BEFORE, after=AFTER)
MARK = format_placeholder(RECIPE.id)


def found(text: bytes, floor: int = 0, recipe: Recipe = RECIPE) -> bytes | None:
    def peek(offset: int, length: int) -> bytes:
        return text[max(0, offset) : max(0, offset + length)]

    at = find_frame(recipe, peek, text.index(MARK), floor)
    return None if at is None else text[at[0] : at[1]]


def test_a_frame_is_found_as_it_was_written() -> None:
    whole = BEFORE + MARK + AFTER
    assert found(b"[" + whole + b"]") == whole
    assert found(whole) == whole


def test_white_space_between_tokens_may_be_another() -> None:
    loose = b'{ "type": "text",\n  "text": "image/png archived ' + MARK + b'"\n}'
    assert found(b"[" + loose + b"]") == loose


@pytest.mark.parametrize(
    "text",
    [
        BEFORE.replace(b"png", b"gif") + MARK + AFTER,
        BEFORE + MARK + b'."}',
        BEFORE.replace(b"archived ", b"archived  ") + MARK + AFTER,  # in a string
        BEFORE[1:] + MARK + AFTER,
        MARK,
    ],
)
def test_anything_else_is_no_frame(text: bytes) -> None:
    assert found(text) is None


def test_nothing_in_front_of_the_floor_belongs_to_it() -> None:
    whole = BEFORE + MARK + AFTER
    assert found(whole, floor=1) is None


def test_a_placeholder_without_a_frame_is_its_own() -> None:
    bare = Recipe(was=(b"a picture",))
    assert found(b"x" + MARK + b"y", recipe=bare) == MARK
