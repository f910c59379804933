"""rescue --message on blocks that are words, or anything else without a picture."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from assetstore import RescueOptions
from support.claude_records import (
    answer,
    attachment,
    failure,
    image,
    result,
    text,
    use,
    user,
)
from support.homes import SESSION, THREAD, claude_home, codex_home
from support.program import Program
from support.samples import lines, picture, uri

SHOT = picture(60, 40, 1)
WORDS = 'so "said" \\ he, \n' * 20


def message(path: Path, line: int) -> Any:
    """What a line of a session says."""
    return json.loads(path.read_bytes().splitlines()[line - 1])["message"]["content"]


def undone(agents: Program, path: Path, original: bytes, thread: str = SESSION) -> None:
    """Take it back, and compare."""
    assert agents("rescue", "--undo", thread, "--json").result["exact"] is True
    assert path.read_bytes() == original


def session(agents: Program, *records: object) -> Path:
    return claude_home(agents.folder, lines(*records))


ODD = {"type": "container_upload", "file_id": "file_1", "why": WORDS}
BLOCKS: dict[str, tuple[Any, str]] = {
    "text": (text(WORDS), "text"),
    "empty text": (text(""), "text"),
    "a key that the API does not know": ({**text("a"), "x": {"y": [1]}}, "text"),
    "unknown type": (ODD, "container_upload block"),
    "no type": ({"words": WORDS}, "block"),
    "a picture at an address": (
        {"type": "image", "source": {"type": "url", "url": "https://x.test/a.png"}},
        "image block",
    ),
}


@pytest.mark.parametrize("block", BLOCKS)
def test_one_block_goes_and_no_other(agents: Program, block: str) -> None:
    held, what = BLOCKS[block]
    path = session(
        agents,
        user(None, "1", [image(SHOT)]),
        answer("1", "2", text("k")),
        user("2", "3", [text("before"), held, text("behind"), image(SHOT)]),
        failure("3", "4", "400 messages.2.content.1: it is not as it should be"),
    )
    original = path.read_bytes()
    told = agents("doctor", "--json").result["threads"][0]
    assert "rescue --message 2.1 takes out only what it names" in told["reason"]
    done = agents("rescue", SESSION, "--message", "2.1", "--json")
    assert done.code == 0, done.out
    assert (done.result["blocks"], done.result["images"]) == (1, 0)
    before, now, behind, shot = message(path, 3)
    assert (before, behind, shot) == (text("before"), text("behind"), image(SHOT))
    size = len(json.dumps(held, separators=(",", ":")))
    assert now["type"] == "text"
    assert now["text"].startswith(f"[{what} of {size:,} bytes archived as1:")
    was = original.splitlines()
    assert [
        i for i, line in enumerate(path.read_bytes().splitlines()) if line != was[i]
    ] == [2]
    assert agents("doctor", "--all", "--json").result["threads"][0]["risk"] == "low"
    undone(agents, path, original)


def test_copies_of_a_record_go_along(agents: Program) -> None:
    """The client may send any of them."""
    said = user(None, "1", [text(WORDS), text("and")])
    path = session(agents, said, said, answer("1", "2", text("k")), said)
    original = path.read_bytes()
    assert agents("rescue", SESSION, "--message", "0.1").code == 0
    first, second, _, last = path.read_bytes().splitlines()
    assert first == second == last
    assert b"[text of " in first
    undone(agents, path, original)


def test_a_text_that_quotes_a_picture_goes_as_a_whole(agents: Program) -> None:
    """What would be a payload by itself is in it, and goes with it."""
    said = f"before {uri(SHOT)} behind"
    path = session(agents, user(None, "1", [text(said), text("and")]))
    original = path.read_bytes()
    assert agents("rescue", SESSION, "--message", "0.1").code == 0
    first, other = message(path, 1)
    assert first["text"].startswith("[text of ")
    assert "image" not in first["text"]
    assert other == text("and")
    undone(agents, path, original)


def test_a_block_may_be_named_by_two_numbers_or_three() -> None:
    two: Any = (2, 1)
    assert RescueOptions(message=two).message == (2, 1, None)
    assert RescueOptions(message=(2, 1, 0)).message == (2, 1, 0)
    assert RescueOptions().message is None


def test_a_message_that_is_one_string(agents: Program) -> None:
    path = session(
        agents,
        user(None, "1", "hello"),
        answer("1", "2", text("k")),
        user("2", "3", ""),
    )
    original = path.read_bytes()
    assert agents("rescue", SESSION, "--message", "messages.2.content.0").code == 0
    assert message(path, 3).startswith("[text of 2 bytes archived as1:")
    undone(agents, path, original)


def test_a_message_goes_with_all_its_words(agents: Program) -> None:
    path = session(
        agents,
        user(None, "1", [text("a"), text(WORDS)]),
        user("1", "2", [text("of the same message")]),
        answer("2", "3", text("k")),
    )
    original = path.read_bytes()
    done = agents("rescue", SESSION, "--message", "0", "--json")
    assert done.code == 0, done.err
    assert done.result["blocks"] == 3
    assert path.read_bytes().count(b"[text of ") == 3
    undone(agents, path, original)


def test_what_a_tool_gave_keeps_its_call(agents: Program) -> None:
    held = {**result("t1", text(WORDS), ODD), "is_error": True, "odd": 1}
    path = session(
        agents,
        user(None, "1", "go"),
        answer("1", "2", use("t1")),
        user("2", "3", [held]),
        answer("3", "4", text("k")),
    )
    original = path.read_bytes()
    assert agents("rescue", SESSION, "--message", "2.0").code == 0
    (now,) = message(path, 3)
    assert now.pop("content").startswith("[tool result of ")
    assert now == {"type": "tool_result", "tool_use_id": "t1", "is_error": True}
    undone(agents, path, original)


@pytest.mark.parametrize(
    "named", ["2.0.1", "messages.2.content.0.tool_result.content.1"]
)
def test_a_block_in_what_a_tool_gave(agents: Program, named: str) -> None:
    path = session(
        agents,
        user(None, "1", "go"),
        answer("1", "2", use("t1")),
        user("2", "3", [result("t1", text("a"), ODD, image(SHOT))]),
        failure("3", "4", "400 messages.2.content.0.tool_result.content.1: no"),
    )
    original = path.read_bytes()
    assert agents("rescue", SESSION, "--message", named).code == 0
    (held,) = message(path, 3)
    assert held["content"][0] == text("a")
    assert held["content"][1]["text"].startswith("[container_upload block of ")
    assert held["content"][2] == image(SHOT)
    undone(agents, path, original)


def test_what_holds_a_placeholder_keeps_it(agents: Program) -> None:
    """The words beside a picture that was taken out before."""
    path = session(
        agents,
        user(None, "1", "go"),
        answer("1", "2", use("t1")),
        user("2", "3", [result("t1", text(WORDS), image(SHOT))]),
        answer("3", "4", text("k")),
    )
    original = path.read_bytes()
    assert agents("rescue", SESSION, "--message", "2.0").code == 0
    assert message(path, 3)[0]["content"][0] == text(WORDS)
    assert agents("rescue", SESSION, "--message", "2.0").code == 0
    words, shot = message(path, 3)[0]["content"]
    assert words["text"].startswith("[text of ")
    assert shot["text"].startswith("[image 60x40 png archived as1:")
    done = agents("rescue", SESSION, "--message", "2.0")
    assert done.code == 2
    assert "rescue --undo" in done.err
    undone(agents, path, original)


REFUSED: dict[str, tuple[Any, str, str]] = {
    "a call": (use("t1"), "it calls a tool (tool_use)", "What the tool gave is in"),
    "thinking": (
        {"type": "thinking", "thinking": WORDS, "signature": "abc"},
        "it is thinking of the model's, which is signed",
        "assetstore handoff",
    ),
    "hidden thinking": (
        {"type": "redacted_thinking", "data": "abc"},
        "it is redacted thinking of the model's, which is signed",
        "assetstore handoff",
    ),
    "the API's own tool": (
        {"type": "web_search_tool_result", "tool_use_id": "s1", "content": []},
        "it answers a call of a tool (web_search_tool_result)",
        "assetstore handoff",
    ),
}


@pytest.mark.parametrize("block", REFUSED)
def test_what_the_request_needs_is_refused(agents: Program, block: str) -> None:
    held, why, hint = REFUSED[block]
    path = session(
        agents,
        user(None, "1", "go"),
        answer("1", "2", held, text("words"), of="m"),
        user("2", "3", [result("t1", text("a"))]),
    )
    original = path.read_bytes()
    done = agents("rescue", SESSION, "--message", "1.0")
    assert done.code == 2
    assert f"block 1.0 of the next request cannot be taken out: {why}" in done.err
    assert hint in done.err
    done = agents("rescue", SESSION, "--message", "1")
    assert done.code == 2
    assert "Others of message 1: by their own numbers" in done.err
    assert path.read_bytes() == original
    assert agents("rescue", SESSION, "--message", "1.1").code == 0
    undone(agents, path, original)


def test_what_is_in_no_log_is_refused(agents: Program) -> None:
    """What the client adds in front, and behind; a line that holds two records."""
    one, two = user(None, "1", "a"), answer("1", "2", text("k"))
    last = user("2", "3", "b")
    glued = lines(one).rstrip(b"\n") + lines(two) + lines(last)
    path = claude_home(agents.folder, glued)
    for named, why in (
        ("0.0", "the log has no block 0.0 of the next request"),
        ("3", "the log has no block 3 of the next request"),
        ("9.1", "messages up to 3"),
        ("0.1", "its line (1) has more than one record"),
    ):
        done = agents("rescue", SESSION, "--message", named)
        assert done.code == 2
        assert why in done.err
    assert path.read_bytes() == glued


ATTACHED: dict[str, tuple[dict[str, Any], str]] = {
    "a prompt": ({"type": "queued_command", "prompt": WORDS}, "prompt"),
    "a prompt of parts": (
        {"type": "queued_command", "prompt": [text("a"), image(SHOT), text("b")]},
        "prompt",
    ),
    "a resource": (
        {"type": "mcp_resource", "content": {"contents": [{"text": WORDS}]}},
        "content",
    ),
    "what the client wrote of it": (
        {"type": "todo", "rendered": [{"role": "user", "content": WORDS}]},
        "rendered",
    ),
}


@pytest.mark.parametrize("kind", ATTACHED)
def test_the_words_of_an_attachment(agents: Program, kind: str) -> None:
    held, member = ATTACHED[kind]
    path = session(
        agents,
        user(None, "1", "go"),
        answer("1", "2", text("k")),
        attachment("2", "3", **held),
        user("3", "4", "on"),
        answer("4", "5", text("k")),
    )
    original = path.read_bytes()
    done = agents("rescue", SESSION, "--message", "2.0")
    assert done.code == 0, done.err
    record = json.loads(path.read_bytes().splitlines()[2])["attachment"]
    assert "[text of " in json.dumps(record.pop(member))
    assert record == {k: v for k, v in held.items() if k != member}
    assert agents("rescue", SESSION, "-n", "--message", "2.0").code == 2
    undone(agents, path, original)


def test_a_file_that_was_named(agents: Program) -> None:
    held = {
        "filePath": "/a",
        "content": WORDS,
        "numLines": 20,
        "startLine": 1,
        "totalLines": 20,
    }
    path = session(
        agents,
        user(None, "1", "see @a"),
        attachment(
            "1",
            "2",
            type="file",
            filename="/a",
            content={"type": "text", "file": held},
            displayPath="a",
        ),
        answer("2", "3", text("k")),
    )
    original = path.read_bytes()
    done = agents("rescue", SESSION, "--message", "0.1")
    assert done.code == 2
    assert "cannot be taken out: the client makes it of an attachment" in done.err
    assert agents("rescue", SESSION, "--message", "1.0").code == 0
    record = json.loads(path.read_bytes().splitlines()[1])["attachment"]
    now = record["content"]["file"].pop("content")
    assert now.startswith("[file of ")
    assert record["content"]["file"] == {k: held[k] for k in held if k != "content"}
    undone(agents, path, original)


def rolled(*items: dict[str, Any]) -> bytes:
    about = {"id": THREAD, "cli_version": "0.125.0"}
    return lines(
        {"type": "session_meta", "payload": about},
        *({"type": "response_item", "payload": item} for item in items),
    )


def said(*content: object, role: str = "user") -> dict[str, Any]:
    return {"type": "message", "role": role, "content": list(content)}


def part(words: str, kind: str = "input_text") -> dict[str, Any]:
    return {"type": kind, "text": words}


def gave(output: object) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": "c1", "output": output}


CALL = {"type": "function_call", "call_id": "c1", "name": "x", "arguments": "{}"}
SEES = {"type": "input_image", "image_url": uri(SHOT)}
SEEN = {"type": "input_image", "image_url": "https://x.test/a.png"}
ITEMS: dict[str, tuple[str, dict[str, Any], Callable[[Any], Any]]] = {
    "input": ("2.1", said(part("a"), part(WORDS), SEES), lambda i: i["content"][1]),
    "output": (
        "2.0",
        said(part(WORDS, "output_text"), role="assistant"),
        lambda i: i["content"][0],
    ),
    "an address": ("2.1", said(part("a"), SEEN), lambda i: i["content"][1]),
    "what a tool gave": ("2", gave(WORDS), lambda i: i),
    "a part of it": (
        "input[2].output[0]",
        gave([part(WORDS), SEES]),
        lambda i: i["output"][0],
    ),
}


@pytest.mark.parametrize("kind", ITEMS)
@pytest.mark.parametrize("packed", [False, True])
def test_parts_of_codex_items(agents: Program, kind: str, packed: bool) -> None:
    named, item, place = ITEMS[kind]
    path = codex_home(agents.folder, rolled(said(part("go")), CALL, item))
    if packed:
        data = zstandard.compress(path.read_bytes())
        path.unlink()
        path = path.with_name(f"{path.name}.zst")
        path.write_bytes(data)

    def read() -> bytes:
        data = path.read_bytes()
        return zstandard.decompress(data) if packed else data

    original = read()
    done = agents("rescue", THREAD, "--message", named, "--json")
    assert done.code == 0, done.err
    assert done.result["blocks"] == 1
    now = json.loads(read().splitlines()[3])["payload"]
    change = place(now)
    was = place(item)
    if kind == "what a tool gave":
        assert change.pop("output").startswith("[tool result of ")
        assert change == {k: v for k, v in item.items() if k != "output"}
    else:
        answers = item.get("role") == "assistant"
        assert change["type"] == ("output_text" if answers else "input_text")
        assert " archived as1:" in change.pop("text")
        change.pop("type")
        assert not change
        change.update(was)
        assert now == item  # all else is as it was
    assert agents("rescue", "--undo", THREAD, "--json").result["exact"] is True
    assert read() == original


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (CALL, "it calls a tool (function_call)"),
        (
            {"type": "reasoning", "summary": [], "encrypted_content": "abc"},
            "it is encrypted (reasoning)",
        ),
        ({"type": "tool_search_output", "tools": []}, "is not known"),
    ],
)
def test_codex_items_that_must_stay(
    agents: Program, item: dict[str, Any], why: str
) -> None:
    path = codex_home(agents.folder, rolled(said(part("go")), item))
    original = path.read_bytes()
    done = agents("rescue", THREAD, "--message", "1")
    assert done.code == 2
    assert "block 1.0 of the next request cannot be taken out" in done.err
    assert why in done.err
    assert path.read_bytes() == original


def test_a_part_that_a_compaction_kept(agents: Program) -> None:
    history = [said(part("a")), said(part("b"), part(WORDS), SEES)]
    summed = {"message": "s", "replacement_history": history}
    log = rolled(said(part("go"))) + lines({"type": "compacted", "payload": summed})
    path = codex_home(agents.folder, log)
    assert agents("rescue", THREAD, "--message", "1.1").code == 0
    now = json.loads(path.read_bytes().splitlines()[2])["payload"]
    _, words, shot = now["replacement_history"][1]["content"]
    assert words["text"].startswith("[text of ")
    assert shot == SEES
    undone(agents, path, log, THREAD)


def test_what_an_old_compaction_kept_is_in_no_log(agents: Program) -> None:
    log = rolled(said(part("go")))
    log += lines({"type": "compacted", "payload": {"message": "s"}})
    path = codex_home(agents.folder, log)
    done = agents("rescue", THREAD, "--message", "0.0")
    assert done.code == 2
    assert "the log has no block 0.0" in done.err
    assert path.read_bytes() == log


def test_words_and_then_the_pictures_beside_them(agents: Program) -> None:
    """Two rescues are undone at once, to the byte."""
    path = session(
        agents,
        user(None, "1", [image(SHOT), text(WORDS * 9000), image(SHOT)]),
        answer("1", "2", text("k")),
    )
    original = path.read_bytes()
    assert agents("rescue", SESSION, "--message", "0.2").code == 0
    assert agents("rescue", SESSION, "--json").result["images"] == 2
    words = [block["text"][:8] for block in message(path, 1)]
    assert words == ["[image 6", "[text of", "[image 6"]
    undone(agents, path, original)
