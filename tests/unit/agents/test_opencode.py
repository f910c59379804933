"""What opencode sends of a part has no picture; what it shows is there."""

import json
from pathlib import PurePosixPath
from typing import Any

import pytest

from assetstore.agents.opencode import OPENCODE
from assetstore.archiver.options import ArchiveOptions
from support.samples import b64, picture, uri
from support.stores import archived, memory_store, restored

URL = uri(picture(9, 9, 1))
FILE = {"type": "file", "mime": "image/png", "url": URL}
OWN = {"id": "prt_1", "sessionID": "ses_1", "messageID": "msg_1"}


def slim_of(value: Any, **options: Any) -> Any:
    """What a value becomes; it comes back byte for byte, spaces or not."""
    found = []
    for separators in ((",", ":"), (", ", ": ")):
        data = json.dumps(value, separators=separators).encode() + b"\n"
        store = memory_store()
        how = ArchiveOptions(profile="opencode", **options)
        slim, _ = archived(store, data, how)
        assert restored(store, slim) == data
        found.append(json.loads(slim))
    return found[-1]


def tool(*files: Any, **state: Any) -> Any:
    """A tool's result."""
    state = {"status": "completed", "output": 'said "so"', "time": {"end": 1}} | state
    return {"type": "tool", "state": {**state, "attachments": list(files)}}


def said(value: Any) -> str:
    """All of a value, with its placeholders made short."""
    text = json.dumps(value)
    assert "base64" not in text
    return text


@pytest.mark.parametrize("mime", ["image/png", "application/pdf"])
def test_a_file_part_becomes_a_text_part(mime: str) -> None:
    slim = slim_of({"filename": "a.png", **FILE, "mime": mime})
    assert set(slim) == {"type", "text"}
    assert slim["type"] == "text"
    assert slim["text"].startswith("[image 9x9 png archived as1:")


@pytest.mark.parametrize("order", [1, -1])
def test_it_keeps_what_it_belongs_to(order: int) -> None:
    """As a row says by its columns, and a copy in the events by itself."""
    members = [*OWN.items(), *FILE.items(), ("synthetic", True), ("filename", "x")]
    event = {"sessionID": "ses_1", "part": dict(members[::order]), "time": 7}
    slim = slim_of(event)
    assert {name: slim["part"][name] for name in OWN} == OWN
    assert slim["part"]["synthetic"] is True
    assert slim["part"]["type"] == "text"
    assert set(slim["part"]) == {*OWN, "synthetic", "type", "text"}
    assert (slim["sessionID"], slim["time"]) == ("ses_1", 7)


def test_a_file_goes_out_of_a_tool_s_list_with_a_line_of_its_words() -> None:
    slim = slim_of(tool({**FILE, **OWN}))
    assert set(slim["state"]) == {"status", "output", "time"}
    words, line = slim["state"]["output"].split("\n")
    assert words == 'said "so"'
    assert line.startswith("[image 9x9 png archived as1:")
    assert slim["state"]["time"] == {"end": 1}
    copy = slim_of({"part": {**tool({**FILE, **OWN}), **OWN}, "time": 1})
    assert set(copy["part"]["state"]) == set(slim["state"])
    assert {name: copy["part"][name] for name in OWN} == OWN


def test_what_stands_behind_the_list_stays() -> None:
    value = tool(FILE)
    value["state"]["title"] = "x"
    assert slim_of(value)["state"]["title"] == "x"


@pytest.mark.parametrize(
    "state",
    [
        {"output": None},
        {"metadata": {"preview": "as1:aaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
        {"metadata": {"much": "x" * 70000}},
    ],
)
def test_where_no_line_can_be_said_the_list_ends(state: Any) -> None:
    slim = slim_of(tool(FILE, **state))["state"]
    assert slim["attachments"] == []
    assert slim["assetstore"][0]["url"].startswith("as1:")
    assert {name: slim[name] for name in state} == state


def test_a_list_in_front_of_the_words_ends() -> None:
    value = {"type": "tool", "state": {"attachments": [FILE], "output": "x"}}
    slim = slim_of(value)["state"]
    assert (slim["attachments"], slim["output"]) == ([], "x")


def test_several_files_are_in_a_list_that_nobody_reads() -> None:
    other = {**FILE, "url": uri(picture(9, 9, 2))}
    address = {**FILE, "url": "https://example.org/a.png"}
    slim = slim_of(tool(FILE, other))["state"]
    assert slim["attachments"] == []
    assert [file["url"][:4] for file in slim["assetstore"]] == ["as1:", "as1:"]
    assert slim["output"] == 'said "so"'
    slim = slim_of(tool(address, FILE))["state"]
    assert slim["attachments"] == [address]
    assert len(slim["assetstore"]) == 1


def test_what_is_not_sent_or_is_no_data_stays() -> None:
    signed = {"signature": b64(picture(9, 9, 3))}
    kept: list[Any] = [
        {**FILE, "mime": "text/plain", "url": uri(b"words " * 90, "text/plain")},
        {**FILE, "url": "file:///home/ada/a.png"},
        {"type": "text", "text": "hi"},
        {"sessionID": "s", "part": {**FILE, "id": {"no": "id"}}},
        {"text": "hi", "files": [{"uri": URL, "mime": "image/png"}]},
        {
            "type": "reasoning",
            "text": "",
            "metadata": signed,
        },
    ]
    for value in kept:
        assert slim_of(value) == value


def test_words_of_tools_and_people_have_placeholders() -> None:
    part = tool(input={"url": URL}, output=f"see {URL} there")
    slim = said(slim_of(part))
    assert slim.count("as1:") == 2
    assert said(slim_of({"type": "text", "text": f"look {URL} "})).count("as1:") == 1
    assert said(slim_of({"type": "text", "text": URL})).count("as1:") == 1


def test_it_claims_no_file() -> None:
    data = json.dumps(FILE).encode()
    assert not OPENCODE.claims(PurePosixPath("part/prt_1.json"), data)
