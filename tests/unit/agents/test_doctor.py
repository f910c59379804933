"""Many threads are diagnosed, whatever is in one of them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from assetstore import command_line
from assetstore.agents import doctor, reading
from assetstore.agents.conversation import call_facts
from assetstore.agents.doctor import examine
from assetstore.agents.find import Thread, find_threads
from assetstore.agents.handoff import hand_off
from assetstore.agents.log_text import opened
from assetstore.agents.reading import Reading, read_thread
from assetstore.agents.transcript import events
from support.homes import claude_home, claude_session
from support.samples import b64, lines, picture

SHOT = {
    "type": "image",
    "source": {
        "type": "base64",
        "media_type": "image/png",
        "data": b64(picture(60, 40, 1)),
    },
}


def said(content: object, role: str = "user", **more: object) -> dict[str, Any]:
    return {
        "type": role,
        "sessionId": "s",
        "message": {"role": role, "content": content},
        **more,
    }


def log(folder: Path, *records: object, deep: str = "") -> Path:
    path = folder / "log.jsonl"
    path.write_bytes(lines(*records).replace(b'"@@"', deep.encode()))
    return path


DEEP = "[" * 1000 + "]" * 1000
DEEP_OBJECT = '{"a":' * 1000 + '"words"' + "}" * 1000


@pytest.mark.parametrize("deep", [DEEP, DEEP_OBJECT])
@pytest.mark.parametrize(
    "record",
    [
        said("@@"),
        said([{"type": "text", "text": "@@"}, SHOT]),
        said(
            [{"type": "tool_use", "id": "c", "name": "X", "input": "@@"}], "assistant"
        ),
        said(
            [
                {
                    "type": "tool_use",
                    "id": "c",
                    "name": "X",
                    "input": {"command": ["@@"]},
                }
            ],
            "assistant",
        ),
        said([{"type": "tool_result", "tool_use_id": "c", "content": "@@"}]),
        {
            "type": "attachment",
            "sessionId": "s",
            "attachment": {"type": "new", "k": "@@"},
        },
    ],
)
def test_a_record_that_is_nested_deep_ends_nothing(
    tmp_path: Path, record: object, deep: str
) -> None:
    deep = deep.replace("[", "", 12).replace("]", "", 12)  # within what is parsed
    if deep.startswith("{"):
        deep = '{"a":' * 990 + '"words"' + "}" * 990
    path = log(tmp_path, said([SHOT]), record, said("behind"), deep=deep)
    report = examine([path])
    assert report.errors == []
    (found,) = report.threads
    assert found.request_images == found.images
    assert found.request_bytes > len(deep) - len('{"a":}') * 2
    thread = next(find_threads([path]))
    assert "behind" in hand_off(thread).text
    with opened(thread) as source:
        told = list(events(source, read_thread(thread)))
    assert told[-1].text == "behind"


def test_deeper_lines_than_are_parsed_are_passed_over(tmp_path: Path) -> None:
    path = log(tmp_path, said([SHOT]), said("@@"), said("behind"), deep=DEEP * 1)
    path.write_bytes(
        path.read_bytes().replace(DEEP.encode(), b"[" * 5000 + b"]" * 5000)
    )
    (found,) = examine([path]).threads
    assert (found.lines, found.request_images) == (3, 1)


@pytest.mark.parametrize(
    "error", [RecursionError("too deep"), MemoryError(), KeyError("x")]
)
def test_one_log_that_cannot_be_read_ends_none_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    paths = []
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        paths.append(claude_home(tmp_path / name, claude_session(1)))

    def reads(thread: Thread) -> Reading:
        if thread.path == paths[1]:
            raise error
        return reading.read_thread(thread)

    monkeypatch.setattr(doctor, "read_thread", reads)
    report = examine([tmp_path])
    assert {found.path for found in report.threads} == {str(paths[0]), str(paths[2])}
    assert report.errors == [(str(paths[1]), error)]


def test_a_mark_in_words_does_not_count_as_the_picture(tmp_path: Path) -> None:
    words = {"type": "text", "text": "\x7f0\x7f \x7f1\x7f"}
    content = [words, SHOT]
    (found,) = examine([log(tmp_path, said(content, uuid="u"))]).threads
    plain = {**words, "text": "x" * len(words["text"])}
    (other,) = examine([log(tmp_path, said([plain, SHOT], uuid="u"))]).threads
    assert found.request_bytes == other.request_bytes
    assert found.request_images == 1


def test_half_a_surrogate_pair_in_a_handoff(tmp_path: Path) -> None:
    path = log(tmp_path, said("@@", cwd="@@"), deep='"/a\\ud83d"')
    assert "Works in `/a\\ud83d`" in hand_off(next(find_threads([path]))).text


def test_the_same_log_gives_the_same_text(tmp_path: Path) -> None:
    long = "a" * 700
    facts = {"file_path": long, "todos": [{"status": "x", "content": long}]}
    call = {"type": "tool_use", "id": "c", "name": "Write", "input": facts}
    other = {
        "type": "tool_use",
        "id": "d",
        "name": "X",
        "input": {"q": "b" * 470, "z": long},
    }
    error = said([{"type": "text", "text": long}], "assistant", isApiErrorMessage=True)
    path = log(tmp_path, said("go"), said([call, other], "assistant"), error)
    thread = next(find_threads([path]))
    one, two = hand_off(thread, max_tokens=90_000), hand_off(thread, max_tokens=90_000)
    assert one == two
    assert long in one.text
    first, second = (read_thread(thread).request.error for _ in range(2))
    assert first is not None
    assert first == second


def test_a_call_whose_values_are_no_strings() -> None:
    assert call_facts("X", {"command": {"a": [1]}})["command"] == '{"a":[1]}'
    assert call_facts("X", {"command": ["a", {"b": 1}]})["command"] == 'a {"b":1}'
    assert call_facts("X", json.dumps({"n": 1}))["arguments"] == '{"n":1}'


def test_the_command_is_made_anew_from_what_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_line, "_called", lambda: "/old/bin/assetstore")
    session = claude_home(tmp_path, claude_session(1, width=8100))
    os.utime(session, (1_000_000_000, 1_000_000_000))
    (first,) = examine([session], cache=tmp_path / "cache").threads
    assert first.command.startswith("/old/bin/assetstore rescue ")
    monkeypatch.setattr(command_line, "_called", lambda: "assetstore")
    report = examine([session], cache=tmp_path / "cache")
    assert report.unchanged == 1
    assert report.threads[0].command.startswith("assetstore rescue ")
    assert b"/old/bin" not in (tmp_path / "cache" / "threads.sqlite").read_bytes()
