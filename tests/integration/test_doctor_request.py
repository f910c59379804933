"""doctor, rescue and show on what a thread's next request carries."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.claude_records import (
    answer,
    attachment,
    failure,
    image,
    named_picture,
    pdf,
    text,
    user,
)
from support.homes import SESSION, THREAD, claude_home, codex_home
from support.program import Program
from support.samples import b64, lines, picture, uri

LARGE = picture(8100, 2, 1)
HEIC = b"\0\0\0\x20ftypheic\0\0\0\0mif1MiHEmiafheic" + bytes(9000)
HTML = b"<!DOCTYPE html><p>404</p>" * 100
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<rect/>" * 300 + b"</svg>"
REFUSED = (
    '400 {"type":"error","error":{"type":"invalid_request_error",'
    '"message":"Could not process image"}}'
)


def doctor(agents: Program) -> dict[str, Any]:
    (found,) = agents("doctor", "--json").result["threads"]
    assert isinstance(found, dict)
    return found


def session(agents: Program, *records: object) -> Path:
    return claude_home(agents.folder, lines(*records))


def rolled(agents: Program, *records: object) -> Path:
    return codex_home(agents.folder, lines(*records))


def item(*content: object) -> dict[str, Any]:
    payload = {"type": "message", "role": "user", "content": list(content)}
    return {"type": "response_item", "payload": payload}


def test_blocks_that_hold_no_picture_are_named(agents: Program) -> None:
    session(
        agents,
        user(None, "1", [image(SVG, "image/svg+xml")]),
        user("1", "2", [image(HEIC)]),
        user("2", "3", [text("and"), image(HTML)]),
        user("3", "4", [image(b"")]),
        user("4", "5", [image(picture(60, 40, 1), "image/jpeg")]),
        failure("5", "6", REFUSED),
    )
    found = doctor(agents)
    assert found["risk"] == "critical"
    assert found["stuck"] is True
    assert found["reason"].startswith("its last turn failed (Could not process image)")
    assert [(o["line"], o["block"], o["what"]) for o in found["over"]] == [
        (1, "messages.0.content.1", "image/svg+xml where an image should be"),
        (2, "messages.0.content.2", "image/heic where an image should be"),
        (3, "messages.0.content.4", "no image where an image should be"),
        (4, "messages.0.content.5", "an image without data"),
        (5, "messages.0.content.6", "image/png that is called image/jpeg"),
    ]


def test_the_limit_is_measured_on_base64(agents: Program) -> None:
    """4.5 MB decoded, 6.0 MB as base64; and the largest that is taken."""
    fits = picture(10, 10, 1) + bytes((5 << 20) * 3 // 4 - len(picture(10, 10, 1)))
    path = session(agents, user(None, "1", [image(fits)]), answer("1", "2", text("k")))
    assert doctor(agents)["over"] == []
    large = picture(1225, 1225, 1)
    path.write_bytes(
        lines(user(None, "1", [image(large)]), answer("1", "2", text("k")))
    )
    (over,) = doctor(agents)["over"]
    assert over["what"] == f"{len(b64(large)):,} bytes as base64, over 5 MiB"


@pytest.mark.parametrize(("count", "named"), [(20, 0), (21, 1)])
def test_many_pictures_have_to_be_smaller(
    agents: Program, count: int, named: int
) -> None:
    shots = [image(picture(20, 20, i)) for i in range(count - 1)]
    wide = image(picture(2001, 2, 1))
    session(agents, user(None, "1", [*shots, wide]), answer("1", "2", text("k")))
    found = doctor(agents)
    assert found["request_images"] == count
    assert len(found["over"]) == named


def test_pictures_up_to_the_most_that_is_taken(agents: Program) -> None:
    shots = [image(picture(20, 20, i % 3)) for i in range(95)]
    session(agents, user(None, "1", shots), answer("1", "2", text("k")))
    found = doctor(agents)
    assert found["risk"] == "high"
    assert "95 images; the API takes 100" in found["reason"]


def test_an_error_is_believed_whatever_the_numbers_are(agents: Program) -> None:
    """A picture in which nothing is wrong that could be seen."""
    path = session(
        agents,
        user(None, "1", [image(picture(60, 40, 1))]),
        failure("1", "2", REFUSED),
    )
    found = doctor(agents)
    assert (found["risk"], found["over"]) == ("critical", [])
    assert found["error"] == "Could not process image"
    done = agents("rescue", SESSION, "--json")
    assert done.code == 0
    assert done.result["risk"] == "low"
    now = doctor(agents)
    assert (now["risk"], now["stuck"]) == ("low", False)
    assert "its last turn failed: Could not" in agents("doctor", "--all").out.decode()
    # A new failure, with nothing taken out for it.
    with path.open("ab") as file:
        file.write(lines(answer("1", "3", text("thanks")), user("3", "4", "and now")))
        file.write(lines(failure("4", "5", REFUSED)))
    assert doctor(agents)["risk"] == "critical"
    again = agents("rescue", SESSION, "--now", "--json")
    assert again.code == 4
    assert again.result["risk"] == "critical"
    assert "rescued" not in agents("rescue", SESSION, "--now").out.decode().split("\n")[
        0
    ].replace("not rescued", "")


def test_a_length_that_was_dealt_with(agents: Program) -> None:
    """The pictures were answered long before the turn that was too long."""
    told = [user(None, "1", [image(picture(60, 40, 1))]), answer("1", "2", text("k"))]
    told += [user("2", "3", "more"), failure("3", "4", "Prompt is too long")]
    session(agents, *told)
    assert doctor(agents)["risk"] == "critical"
    assert agents("rescue", SESSION).code == 0
    assert doctor(agents)["risk"] == "low"


def test_what_no_picture_is_the_reason_of_stays_critical(agents: Program) -> None:
    words = "400 messages: text content blocks must be non-empty"
    told = [user(None, "1", [image(picture(60, 40, 1))]), answer("1", "2", text("k"))]
    session(agents, *told, user("2", "3", [text("")]), failure("3", "4", words))
    done = agents("rescue", SESSION)
    assert done.code == 4
    assert done.out.startswith(b"not rescued")
    assert b"text content blocks must be non-empty" in done.out
    assert doctor(agents)["risk"] == "critical"
    assert agents("rescue", SESSION, "--message", "2.0").code == 0
    assert doctor(agents)["risk"] == "low"


@pytest.mark.parametrize("words", ["529 overloaded_error", "Connection error."])
def test_what_passes_is_told_and_is_no_danger(agents: Program, words: str) -> None:
    session(agents, user(None, "1", "hello"), failure("1", "2", words))
    found = doctor(agents)
    assert (found["risk"], found["stuck"]) == ("low", False)
    assert found["error"] == f"API Error: {words}"


def test_codex_is_stuck_by_its_own_word(agents: Program) -> None:
    fail = {"message": "Invalid 'input[1].content[0].image_url'. Expected a data URL"}
    done = {"type": "task_complete", "last_agent_message": None, "error": fail}
    rolled(
        agents,
        {"type": "session_meta", "payload": {"id": THREAD, "cli_version": "0.125.0"}},
        item({"type": "input_image", "image_url": "data:image/png;base64,"}),
        item({"type": "input_image", "image_url": uri(b"# words\n" * 99, "text/x")}),
        item({"type": "input_image", "image_url": uri(picture(60, 40, 1), "a/b")}),
        item({"type": "input_image", "image_url": uri(picture(60, 40, 1))}),
        {"type": "event_msg", "payload": done},
    )
    found = doctor(agents)
    assert (found["risk"], found["stuck"]) == ("critical", True)
    assert [(o["line"], o["block"], o["what"]) for o in found["over"]] == [
        (2, "input[0].content[0]", "an image without data"),
        (3, "input[1].content[0]", "no image where an image should be"),
        (4, "input[2].content[0]", "an image that is called a/b"),
    ]


def test_documents_are_named(agents: Program) -> None:
    held = pdf(9000)
    session(agents, user(None, "1", [held, held], isMeta=True), user("1", "2", "go"))
    found = doctor(agents)
    assert found["documents"] == 2
    assert found["document_bytes"] == 2 * len(held["source"]["data"])
    assert found["request_images"] == 0
    shown = agents("doctor", "--all").out.decode()
    assert "2 documents (PDF) go with each request: 23.5 KiB" in shown


def test_a_request_over_what_the_api_takes(agents: Program) -> None:
    shots = [user(str(i - 1), str(i), [pdf(5_200_000)]) for i in range(1, 6)]
    session(agents, user(None, "0", "read"), *shots)
    found = doctor(agents)
    assert found["documents"] == 5
    assert found["risk"] == "critical"
    assert "the next request would have 33 MiB" in found["reason"]


def test_copies_and_sessions_that_are_not_listed(agents: Program) -> None:
    one = user(None, "1", "a" * 70_000)
    session(agents, one, one, one, answer("1", "2", text("k")))
    found = doctor(agents)
    assert (found["copies"], found["copied"]) == (2, 2 * len(lines(one)))
    assert found["hidden"] is True
    assert (found["risk"], found["command"]) == ("medium", f"claude --resume {SESSION}")
    shown = agents("doctor").out.decode()
    assert "2 lines byte for byte as an earlier one: 137" in shown
    assert "not listed by /resume" in shown


def test_lines_that_cannot_be_read_are_told(agents: Program) -> None:
    """One is nested deeper than is read, one torn; blank ones and NULs are nothing."""
    one = lines(user(None, "1", "a"))
    deep = b'{"type":"user","x":' + b"[" * 3000 + b"]" * 3000 + b"}\n"
    log = claude_home(agents.folder / "home", one + deep + b"\0\0\n\n[]\n" + one[:-9])
    found = agents("doctor", log, "--json").result["threads"][0]
    assert found["unread"] == 2
    assert "2 lines torn, or nested" in agents("doctor", "--all", log).out.decode()


def test_no_number_is_negative(agents: Program) -> None:
    """Pictures where only the client sees them, and none that is sent."""
    data = b64(picture(300, 200, 1))
    shown = {"type": "image", "file": {"base64": data}}
    path = session(
        agents, *[user(None, str(i), "x", toolUseResult=[shown]) for i in range(9)]
    )
    found = doctor(agents)
    assert found["request_images"] == 0
    assert 0 < found["request_bytes"] < 1000
    assert all(v >= 0 for v in found.values() if isinstance(v, int))
    assert agents("rescue", path, "--json").result["request_after"] >= 0


def test_rescue_ends_well_only_if_nothing_refused_is_left(agents: Program) -> None:
    path = session(
        agents,
        user(None, "1", [image(LARGE)]),
        answer("1", "2", text("k")),
        user("2", "3", [text("a"), image(picture(8100, 3, 2)), image()]),
    )
    original = path.read_bytes()
    done = agents("rescue", SESSION, "--keep-pictures", "2")
    assert done.code == 4
    told = done.out.decode()
    assert told.startswith(f"not rescued {SESSION}: ")
    assert "line 3, messages.2.content.1: 8100x3 pixels, over 8000" in told
    assert "'rescue' without options that leave images takes them all" in told
    planned = agents("rescue", SESSION, "--keep-pictures", "2", "-n", "--json")
    assert planned.code == 4
    assert [o["line"] for o in planned.result["left"]] == [3]
    done = agents("rescue", SESSION, "--json")
    assert (done.code, done.result["left"]) == (0, [])
    assert doctor(agents)["risk"] == "low"
    assert agents("rescue", "--undo", SESSION, "--json").result["exact"] is True
    assert path.read_bytes() == original


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ("2.1", [1, 2, 4]),
        ("messages.2.content.1", [1, 2, 4]),
        ("messages.2.content.1.image.source.base64.data", [1, 2, 4]),
        ("2", [1, 4]),
    ],
)
def test_what_an_error_names_is_taken_out_alone(
    agents: Program, named: str, left: list[int]
) -> None:
    shots = [picture(60, 40, i) for i in range(5)]
    path = session(
        agents,
        user(None, "1", [image(shots[1])]),
        answer("1", "2", text("k")),
        user("2", "3", [image(shots[2]), image(shots[3])]),
        answer("3", "4", text("k")),
        user("4", "5", [image(shots[4])]),
    )
    original = path.read_bytes()
    assert agents("rescue", SESSION, "--message", named).code == 0
    now = path.read_bytes()
    assert [i for i in range(1, 5) if b64(shots[i]).encode() in now] == left
    assert agents("rescue", "--undo", SESSION).code == 0
    assert path.read_bytes() == original


def test_a_block_that_the_request_has_not(agents: Program) -> None:
    path = session(agents, user(None, "1", [text("hello"), image()]))
    original = path.read_bytes()
    for named in ("0.3", "7", "7.1"):
        ran = agents("rescue", SESSION, "--message", named)
        assert ran.code == 2
        assert f"the log has no block {named} of the next request" in ran.err
    assert agents("rescue", SESSION, "--message", "x.1").code == 2
    assert path.read_bytes() == original


def test_show_and_handoff_see_what_is_attached(agents: Program) -> None:
    shot = picture(60, 40, 7)
    path = session(
        agents,
        user(None, "1", "what is in @shot.png ?"),
        named_picture("1", "2", shot),
        answer("2", "3", text("a shot")),
        attachment(
            "3",
            "4",
            type="queued_command",
            prompt=[text("and look at this one"), image(picture(60, 40, 8))],
        ),
        user("4", "5", [pdf(900)], isMeta=True),
        failure("5", "6", REFUSED),
    )
    events = agents("show", path, "--json").result["events"]
    told = [(e["kind"], e["text"], [i["name"] for i in e["images"]]) for e in events]
    assert told == [
        ("user", "what is in @shot.png ?", []),
        ("result", "/p/shot.png", ["image 60x40 png"]),
        ("agent", "a shot", []),
        ("user", "and look at this one", ["image 60x40 png"]),
        ("result", "", ["file pdf"]),
        ("error", f"API Error: {REFUSED}", []),
    ]
    out = agents.folder / "out.png"
    assert agents("show", path, "--image", "1", "-o", out).code == 0
    assert out.read_bytes() == shot
    handoff = agents("handoff", path).out.decode()
    assert "> and look at this one [image 2]" in handoff
    assert "Could not process image" in handoff
    assert "3 different images" in handoff


@pytest.mark.parametrize(
    "front",
    [
        b"\xef\xbb\xbf",
        bytes(600) + b"\n",
        lines(*[{"type": "file-history-snapshot", "messageId": "m" * 150}] * 500),
        b'{"type":"a-record-of-another-time","a":1}\n',
        b"\r\n\r\n",
    ],
)
def test_a_session_is_known_however_it_begins(agents: Program, front: bytes) -> None:
    log = front + lines(user(None, "1", [image(LARGE)]), answer("1", "2", text("k")))
    path = claude_home(agents.folder, log)
    os.utime(path, (1_790_000_000, 1_790_000_000))
    found = doctor(agents)
    assert found["client"] == "claude-code"
    assert found["request_images"] == 1
    assert [o["what"] for o in found["over"]] == ["8100x2 pixels, over 8000"]


def test_a_log_of_nobody_that_is_known(agents: Program) -> None:
    path = agents.folder / "chat.jsonl"
    shot = uri(picture(60, 40, 1))
    path.write_text(json.dumps({"role": "user", "image": shot}))
    (found,) = agents("doctor", path, "--json").result["threads"]
    assert found["client"] == ""
    assert (found["images"], found["stays"], found["stay_bytes"]) == (0, 1, len(shot))
    assert (found["request_bytes"], found["request_images"]) == (0, 0)
    told = agents("doctor", path, "--all").out.decode()
    assert "1 payload would stay, 9.5 KiB: 'archive -n -v' says why" in told
