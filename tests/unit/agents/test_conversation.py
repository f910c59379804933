"""Events in one form for all clients, and pictures by their numbers."""

from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.conversation import (
    Gallery,
    Picture,
    call_facts,
    said,
    worth_saying,
)
from assetstore.agents.find import log_at
from assetstore.agents.reading import read_thread
from assetstore.agents.records import lines as lines_of
from support.samples import b64, lines, picture, uri
from support.sources import BytesSource

MARK = "as1:" + "A" * 27


def gallery(folder: Path, data: bytes = b"{}\n") -> Gallery:
    path = folder / "log.jsonl"
    path.write_bytes(data)
    return Gallery(read_thread(log_at(path)), BytesSource(data))


def test_equal_pictures_have_one_number(tmp_path: Path) -> None:
    shots = [uri(picture(60, 40, seed)) for seed in (1, 2, 1)]
    data = lines({"a": shots[0]}, {"a": shots[1]}, {"a": shots[2]})
    found = gallery(tmp_path, data)
    numbers = []
    for line in lines_of(BytesSource(data)):
        found.turn_to(line)
        text = line.words.decode()
        (one,) = found.uri(text[text.index('":"') + 3 : text.rindex('"')])
        numbers.append(one.number)
    assert numbers == [1, 2, 1]
    first = next(iter(found.pictures.values()))
    assert (first.name, first.size) == ("image 60x40 png", len(picture(60, 40, 1)))
    assert first.image is not None


def test_what_stands_in_a_pictures_place_is_one_too(tmp_path: Path) -> None:
    found = gallery(tmp_path)
    (one,) = found.words(f"look: [image 60x40 png archived {MARK}] there")
    assert (one.number, one.name, one.placeholder) == (1, "image 60x40 png", MARK)
    (same,) = found.words(f"file a.pdf archived {MARK}")
    assert same is one
    assert found.words("an image archived nowhere") == []


def test_fields_that_hold_no_picture(tmp_path: Path) -> None:
    found = gallery(tmp_path)
    for value in (None, 3, "", "https://host/a.png"):
        assert found.uri(value) == []
    assert found.bare(None) == []
    (short,) = found.bare(b64(picture(1, 1, 1))[:40], "image/png")
    assert short.image is None
    assert short.payload is not None
    assert found.pictures


@pytest.mark.parametrize(
    "words",
    [
        "<environment_context>x",
        "  <user_instructions>",
        "# AGENTS.md of x",
        "<system-reminder>y",
        "Caveat: The messages below were generated",
    ],
)
def test_what_clients_say_in_a_users_name_is_left_out(words: str) -> None:
    assert said([words, "go on", f"and {words}"]) == ["go on", f"and {words}"]


def test_words_in_a_pictures_place_are_not_worth_saying() -> None:
    words, one = f"[image 1x1 png archived {MARK}]", [Picture(1, "image")]
    assert not worth_saying(words, one)
    assert worth_saying(words, [])
    assert worth_saying(f"see {words}", one)
    assert not worth_saying("", [])


@pytest.mark.parametrize(
    ("name", "raw", "facts"),
    [
        ("exec", '{"cmd":"ls -l"}', {"command": "ls -l"}),
        ("shell", {"command": ["bash", "-lc", "make"]}, {"command": "make"}),
        ("shell", {"command": ["ls", "-l"]}, {"command": "ls -l"}),
        ("Bash", {"command": ["a", 3]}, {"command": "a 3"}),
        ("Write", {"file_path": "/a"}, {"files": [("written", "/a")]}),
        ("Edit", {"file_path": "/a"}, {"files": [("changed", "/a")]}),
        ("Read", {"file_path": "/a"}, {"arguments": '{"file_path":"/a"}'}),
        (
            "apply_patch",
            "*** Begin Patch\n*** Add File: a b.rs\n+x\n*** Delete File: c\n",
            {"files": [("created", "a b.rs"), ("deleted", "c")]},
        ),
        (
            "update_plan",
            {"plan": [{"step": "one", "status": "done"}, "odd"]},
            {"plan": [("done", "one"), ("", "")]},
        ),
        ("TodoWrite", {"todos": [{"content": "x"}]}, {"plan": [("", "x")]}),
        ("odd", None, {"arguments": "{}"}),
        ("odd", "[1", {"arguments": '{"input":"[1"}'}),
    ],
)
def test_what_a_call_is_about(name: str, raw: object, facts: dict[str, Any]) -> None:
    assert call_facts(name, raw) == facts


def test_long_arguments_are_cut() -> None:
    facts = call_facts("odd", {"a": "x" * 10_000})
    assert len(facts["arguments"]) <= 510
