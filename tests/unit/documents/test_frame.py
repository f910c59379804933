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
        b'{"text":"image/png archived ' + MARK + b'","type":"text"}',
        b'{\n "text": "image/png archived ' + MARK + b'",\n "type": "text"\n}',
    ],
)
def test_members_may_be_in_another_order(text: bytes) -> None:
    assert found(b'{"content":[' + text + b',{"a":{}}]}') == text
    assert found(text, floor=1) is None


@pytest.mark.parametrize(
    "text",
    [
        b'{"text":"image/png archived ' + MARK + b'","type":"input"}',
        b'{"text":"image/png archived ' + MARK + b'","type":"text","a":"b"}',
        b'{"text":"image/png archived ' + MARK + b'","type":"text","type":"text"}',
        b'{"text":"image/png archived ' + MARK + b'","type":["text"]}',
        b'{"words":"image/png archived ' + MARK + b'","type":"text"}',
        b'{"text":"{{{{{{ ' + MARK + b'","type":"text"}',
        b'{"text":"image/png archived ' + MARK + b'","type":"text"',
    ],
)
def test_other_members_are_no_frame(text: bytes) -> None:
    assert found(text) is None


def test_braces_in_words_of_a_frame() -> None:
    recipe = Recipe(was=(b"a picture",), before=b'{"a":"b","text":"{x} ', after=b'"}')
    text = b'{"text":"{x} ' + format_placeholder(recipe.id) + b'","a":"b"}'

    def peek(offset: int, length: int) -> bytes:
        return text[max(0, offset) : max(0, offset + length)]

    assert find_frame(recipe, peek, text.index(b"as1:"), 0) == (0, len(text))


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
