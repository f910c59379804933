"""What a thread knows, collected in one pass."""

from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.find import find_threads
from assetstore.agents.knowledge import Knowledge, in_code, learn
from assetstore.agents.reading import whole_thread
from support.samples import picture, uri
from support.threads import call, event, gave, says, thread


@pytest.fixture
def known(alone: Path) -> Any:
    def of(*records: dict[str, Any]) -> Knowledge:
        path = thread(alone, *records)
        with whole_thread(next(find_threads([path]))) as (source, reading):
            return learn(source, reading)

    return of


def test_requests_that_differ_in_their_numbers_are_one(known: Any) -> None:
    found = known(*(says("user", f"go on with part {n}.") for n in range(5)))
    ((request),) = found.requests.values()
    assert request.count == 5
    assert [e.text for e in request.newest] == [
        "go on with part 3.",
        "go on with part 4.",
    ]
    assert found.first.text == "go on with part 0."
    assert found.asked.text == "go on with part 4."


def test_requests_are_bounded_and_the_newest_stay(known: Any) -> None:
    words = [f"{chr(97 + n // 26)}{chr(97 + n % 26)}{'x' * n}" for n in range(100)]
    found = known(*(says("user", word) for word in words))
    assert len(found.requests) == 60
    assert list(found.requests.values())[-1].newest[-1].text == words[-1]
    assert found.first.text == words[0]


def test_sentences_that_decide_something_are_kept_once(known: Any) -> None:
    decided = "I chose a ring buffer instead of a Vec because of memory."
    found = known(
        says("agent", f"Fine. {decided} Done.".replace("agent", "x")),
        says("assistant", f"Nothing is here. {decided} So it is."),
        says("assistant", decided),
    )
    assert list(found.decisions) == [decided]
    assert found.decisions[decided] == 4
    assert [e.line for e in found.answers] == [3, 4]


def test_commands_and_how_they_ended(known: Any) -> None:
    found = known(
        call("exec", {"cmd": "make"}, "1"),
        gave("1", "bad", 2),
        call("exec", {"cmd": "make"}, "2"),
        gave("2", "fine", 0),
        call("exec", {"cmd": "never ends"}, "3"),
    )
    make, other = found.commands.values()
    assert (make.runs, make.failed, make.ok, make.tail) == (2, 1, True, "fine")
    assert (other.text, other.ok) == ("never ends", None)
    assert found.waiting == {"3": "never ends"}
    assert [step.ok for step in found.steps] == [False, True, None]


def test_an_answer_ends_what_led_to_it(known: Any) -> None:
    found = known(
        call("exec", {"cmd": "make"}, "1"),
        gave("1", "x", 0),
        says("assistant", "Done."),
    )
    assert not found.steps
    assert found.commands


def test_files_and_what_became_of_them(known: Any) -> None:
    def patch(verb: str, path: str, id: str) -> dict[str, Any]:
        return call("apply_patch", {"input": f"*** {verb} File: {path}\n+x\n"}, id)

    found = known(
        patch("Add", "a", "1"),
        patch("Update", "b", "2"),
        patch("Update", "a", "3"),
        patch("Delete", "b", "4"),
    )
    assert found.files == {"a": ("created", 2, 4), "b": ("deleted", 2, 5)}


def test_the_plan_as_last_stated(known: Any) -> None:
    plans = [[{"step": "one", "status": s}] for s in ("pending", "completed")]
    found = known(
        *(call("update_plan", {"plan": p}, str(n)) for n, p in enumerate(plans))
    )
    assert found.plan == [("completed", "one")]


def test_how_turns_end(known: Any) -> None:
    begun, done = event("task_started"), event("task_complete")
    found = known(begun, done, begun)
    assert (found.turns, found.open_turn) == (2, True)


def test_a_turn_that_ends_with_an_error(known: Any) -> None:
    found = known(event("task_started"), event("error", message="no room"))
    assert (found.turns, found.open_turn) == (1, False)
    assert found.errors[-1].text == "no room"


def test_pictures_where_they_were_last_and_with_what(known: Any) -> None:
    shot = uri(picture(20, 20, 1))
    found = known(says("user", "see", shot), says("user", "again", shot))
    assert len(found.pictures) == 1
    assert (found.seen_in, found.shown_with) == ({1: 3}, {1: "see"})


def test_no_secret_is_kept_of_what_is_cut(known: Any) -> None:
    secret = "sk-ant-" + "a1B2c3D4" * 6
    found = known(
        call("exec", {"cmd": f"env | grep {secret}"}, "1"),
        gave("1", f"{secret} {'x' * 770}"),
    )
    (step,) = found.steps
    assert secret not in step.text
    assert "a1B2c3D4a1B2c3D4" not in step.tail
    (command,) = found.commands.values()
    assert "a1B2c3D4a1B2c3D4" not in command.tail


def test_a_text_in_code_stays_there() -> None:
    assert in_code("a `b`\n\tc") == "a 'b' c"
