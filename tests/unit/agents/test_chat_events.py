"""What messages of chats tell of."""

from pathlib import Path
from typing import Any

import pytest

from assetstore.agents import chat_events
from assetstore.agents.conversation import Gallery
from assetstore.agents.find import find_threads
from assetstore.agents.reading import whole_thread
from support.agent_sessions import log_of


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    thread = next(find_threads([log_of("cline", tmp_path)]))
    with whole_thread(thread) as (source, reading):
        return Gallery(reading, source)


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def test_a_user_is_quoted_without_what_stands_around_it(gallery: Gallery) -> None:
    wrapped = text('<user_input mode="act">is it red?</user_input>')
    turn, said = chat_events.user([wrapped], gallery, "2026")
    assert (turn.kind, turn.time) == ("turn", "2026")
    assert (said.kind, said.text) == ("user", "is it red?")


def test_what_a_client_says_itself_is_nobodys(gallery: Gallery) -> None:
    own = [text("<system-reminder>be nice</system-reminder>")]
    assert list(chat_events.user(own, gallery)) == []
    assert list(chat_events.agent([], gallery)) == []


def test_calls_have_arguments_in_a_string() -> None:
    function = {"name": "shell", "arguments": '{"command": "ls"}'}
    (call,) = chat_events.calls([{"id": "c", "function": function}])
    assert (call.name, call.call, call.facts) == ("shell", "c", {"command": "ls"})
    torn = {"name": "shell", "arguments": '{"command": "l'}
    (call,) = chat_events.calls([{"id": "c", "function": torn}])
    assert call.name == "shell"
    assert list(chat_events.calls(None)) == []


def test_a_result_says_whether_it_failed(gallery: Gallery) -> None:
    given = chat_events.result("c", [text("no such file")], gallery, ok=False)
    assert (given.kind, given.text, given.ok) == ("result", "no such file", False)
