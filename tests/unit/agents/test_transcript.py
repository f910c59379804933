"""A thread's conversation, in one form for all clients."""

from pathlib import Path

from assetstore.agents.conversation import Event, Gallery
from assetstore.agents.find import find_threads
from assetstore.agents.reading import whole_thread
from assetstore.agents.transcript import events
from support.homes import claude_home, claude_session, codex_home, rollout
from support.samples import lines, picture, uri


def of(path: Path) -> tuple[list[Event], Gallery]:
    with whole_thread(next(find_threads([path]))) as (source, reading):
        gallery = Gallery(reading, source)
        return list(events(source, reading, gallery)), gallery


def test_both_clients_have_one_form(alone: Path) -> None:
    codex, shots = of(codex_home(alone, rollout(2, 1)))
    kinds = [event.kind for event in codex]
    assert kinds == ["about", *["turn", "user", "agent"] * 2, "summary"]
    assert [event.line for event in codex] == [1, 2, 3, 5, 6, 7, 9, 10]
    assert codex[1].time == "2026-10-02T10:00:00.000Z"
    assert len(shots.pictures) == 2
    claude, shots = of(claude_home(alone, claude_session(2)))
    assert [e.kind for e in claude if e.kind not in ("about", "turn")] == [
        "user",
        "call",
        "result",
    ] * 2
    assert len(shots.pictures) == 2
    (shot,) = claude[-1].pictures
    assert (shot.number, shot.name) == (2, "image 60x40 png")


def test_what_was_cut_out_of_words_is_back_in_them(alone: Path) -> None:
    data = uri(picture(20, 20, 1))
    content = [{"type": "input_text", "text": f"a page: <img src='{data}'>"}]
    message = {"type": "message", "role": "user", "content": content}
    call = {"type": "function_call", "name": "x", "arguments": {"cmd": f"echo {data}"}}
    log = [{"type": "response_item", "payload": each} for each in (message, call)]
    said, asked = of(codex_home(alone, lines(*log)))[0]
    assert said.text == f"a page: <img src='{data}'>"
    assert asked.facts["command"] == f"echo {data}"


def test_lines_that_are_no_records_are_passed_over(alone: Path) -> None:
    log = rollout(1, 0).splitlines(keepends=True)
    found, _ = of(codex_home(alone, b"".join(log)))
    path = next((alone / ".codex").rglob("*.jsonl"))
    path.write_bytes(b"".join([log[0], b"no json\n", b"[1]\n", b"\n", *log[1:]]))
    again, _ = of(path)
    assert [e.kind for e in again] == [e.kind for e in found]
