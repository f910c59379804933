"""The next request, as it is put together."""

from assetstore.agents.records import Line
from assetstore.agents.request import (
    Block,
    Part,
    Request,
    dict_of,
    is_placeholder,
    list_of,
    string_of,
    written,
)

IMAGE = Block(kind="image", message=0, content=1)


def part(number: int, count: int = 2, **more: object) -> Part:
    values = {"role": "user", "size": 10, "blocks": (IMAGE,), **more}
    return Part(line=Line(number, 0), count=count, **values)  # type: ignore[arg-type]


def names(request: Request) -> list[tuple[int, int]]:
    return [(block.message, block.content) for block in request.blocks]


def test_records_that_are_joined_are_one_message() -> None:
    request = Request()
    request.add(part(1), joined=False, around=5)
    request.add(part(2), joined=True, around=5)
    request.add(part(3), joined=False, around=5)
    assert request.messages == 2
    assert names(request) == [(0, 1), (0, 3), (1, 1)]
    assert request.size == (10 + 5) + (10 + 1) + (10 + 5 + 1)
    assert [block.line for block in request.images] == [1, 2, 3]


def test_a_first_record_that_would_be_joined_begins_a_message() -> None:
    request = Request()
    request.add(part(1), joined=True, around=5)
    assert (request.messages, request.size) == (1, 15)


def test_words_alone_are_shorter_until_something_follows() -> None:
    request = Request()
    request.add(part(1, 1, plain=4, blocks=()), joined=False, around=5)
    assert request.size == 11
    request.add(part(2), joined=True, around=5)
    assert request.size == 15 + 11


def test_what_the_client_adds_moves_the_numbers() -> None:
    request = Request()
    request.skip()
    request.add(part(1), joined=False, around=0)
    assert names(request) == [(1, 1)]
    request = Request()
    request.add(part(1), joined=False, around=0)
    request.add(part(2), joined=False, around=0)
    request.shift()
    assert names(request) == [(0, 2), (1, 1)]
    assert [numbered.first for numbered in request.numbered] == [1, 0]


def test_where_something_stands_is_known_by_its_numbers() -> None:
    request = Request()
    request.add(part(1), joined=False, around=0)
    request.add(part(2, share=None), joined=True, around=0)
    first, own = request.numbered
    assert first.holds(0, 1)
    assert first.holds(0, None)
    assert not first.holds(0, 2)
    assert not first.holds(1, 0)
    assert not own.holds(0, 2)  # the client writes it by itself


def test_the_last_answer_is_known() -> None:
    request = Request()
    assert request.answered == -1
    line = Line(9, 0)
    request.add(
        Part(role="assistant", line=line, size=1, count=1, answer=True),
        joined=False,
        around=0,
    )
    assert request.answered == line.order


def test_values_of_another_kind_are_empty_ones() -> None:
    assert dict_of([1]) == {}
    assert list_of({"a": 1}) == []
    assert string_of(3) == ""
    assert (dict_of({"a": 1}), list_of([1]), string_of("a")) == ({"a": 1}, [1], "a")


def test_a_text_says_that_something_was_archived() -> None:
    mark = "as1:" + "A" * 27
    assert is_placeholder(f"[image 1x1 png archived {mark}]")
    assert not is_placeholder("words")
    assert not is_placeholder(None)


def test_a_blocks_name_is_written_as_the_option_takes_it() -> None:
    assert written((3, 1, 2)) == "3.1.2"
    assert written((3, None, None)) == "3"
