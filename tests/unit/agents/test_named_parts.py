import json

import pytest

from assetstore.agents.named_parts import (
    as_part,
    as_string,
    cannot_go,
    kind_of,
    quoted,
)


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"type": "text"}, "text"),
        ({"type": "output_text"}, "text"),
        ({"type": 'Odd "one" \\ é'}, "oddone block"),
        ({"type": "x" * 99}, f"{'x' * 40} block"),
        ({"type": 3}, "block"),
        ({}, "block"),
        ("words", "block"),
        (None, "block"),
    ],
)
def test_what_a_part_is_needs_no_escapes(part: object, kind: str) -> None:
    assert kind_of(part) == kind


def test_what_takes_the_place_is_json_around_any_words() -> None:
    for value in (as_string(("a",), "text"), as_part(("a", 1), {"type": "odd"})):
        whole = value.before + value.what.encode() + b" archived as1:x" + value.after
        said = json.loads(whole)
        text = said if isinstance(said, str) else said["text"]
        assert text == f"[{value.what} archived as1:x]"


def test_strings_are_written_in_ascii() -> None:
    assert json.loads(quoted('é"\\\n')) == 'é"\\\n'
    assert quoted("é").isascii()


def test_a_refusal_has_a_next_step() -> None:
    assert str(cannot_go("so it is")) == "cannot be taken out: so it is"
    assert "handoff" in cannot_go("so it is").hint
    assert cannot_go("so it is", "do this").hint == "do this"
