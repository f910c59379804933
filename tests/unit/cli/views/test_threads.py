"""Threads of coding agents as people and programs read them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.api_limits import Over
from assetstore.agents.bundle import BundleReport
from assetstore.agents.conversation import Event, Picture
from assetstore.agents.diagnose import Diagnosis
from assetstore.agents.doctor import DoctorReport
from assetstore.agents.handoff import Handoff
from assetstore.agents.rescue_options import RescueReport
from assetstore.cli.failure import Problem
from assetstore.cli.views.bundles import bundle_outcome
from assetstore.cli.views.threads import (
    doctor_outcome,
    handoff_outcome,
    image_outcome,
    rescue_outcome,
    show_outcome,
)
from support.shown import shown, told

WELL = Diagnosis(
    path="/log\n",
    client="codex",
    thread="t1",
    archived=False,
    size=2048,
    lines=3,
    largest_line=1024,
    images=0,
    distinct=0,
    image_bytes=0,
    compacted_images=0,
    request_bytes=512,
    request_images=0,
    image_tokens=0,
    request_tokens=1000,
    window=200_000,
    over=(),
    risk="low",
    reason="all is well",
    helps=(),
)
OVER = Over(line=7, what="9000 pixels", image="ab12", block="block 2", goes=True)
SICK = replace(
    WELL,
    thread="t2",
    risk="critical",
    reason="too large",
    images=3,
    distinct=2,
    image_bytes=1024,
    compacted_images=1,
    over=(OVER,) * 6,
    helps=("assetstore", "rescue", "t2"),
    error="it \x1b[31mfailed",
    documents=1,
    document_bytes=10,
    stays=1,
    stay_bytes=20,
    copies=1,
    copied=30,
    unread=1,
    hidden=True,
)


def test_only_threads_at_risk_are_shown_unless_asked() -> None:
    report = DoctorReport(threads=[WELL, SICK])
    lines = shown(doctor_outcome(report, everything=False))
    assert lines[0] == "critical codex t2: too large"
    assert lines[-1] == "2 threads, 4.0 KiB, 1.0 KiB of it images; 1 at risk"
    assert not any("t1" in line for line in lines)
    everything = shown(doctor_outcome(report, everything=True))
    assert everything[0] == "low codex t1: all is well"
    assert shown(doctor_outcome(report, everything=False), 1) == everything


def test_where_no_thread_was_found_the_next_step_is_said() -> None:
    lines = shown(doctor_outcome(DoctorReport(), everything=False))
    assert any("'assetstore clients' says where" in line for line in lines)
    one = shown(doctor_outcome(DoctorReport(threads=[WELL]), everything=False))
    assert not any("assetstore clients" in line for line in one)


def test_all_that_ails_a_thread_is_said() -> None:
    lines = shown(doctor_outcome(DoctorReport(threads=[SICK]), everything=False))
    pixels = "9000 pixels (rescue --image ab12 takes out only this one)"
    assert lines[1:-1] == [
        "  2.0 KiB, longest line 1.0 KiB; 1.0 KiB in 3 images (2 distinct, 1 copies in "
        "compactions)",
        "  next request: 512 B, 0 images, about 1,000 of 200,000 tokens",
        *[f"  line 7, block 2: {pixels}"] * 5,
        "  ... and 1 more such blocks",
        "  1 document (PDF) go with each request: 10 B",
        r"  its last turn failed: it \x1b[31mfailed",
        "  1 payload would stay, 20 B: 'archive -n -v' says why",
        "  1 line byte for byte as an earlier one: 30 B",
        "  1 line torn, or nested too deep to be read: not counted here",
        "  not listed by /resume: its first message is too long",
        r"  /log\n",
        "  run: assetstore rescue t2",
    ]


def test_a_block_that_stays_or_is_of_another_thread() -> None:
    blocks = (replace(OVER, goes=False), replace(OVER, thread="t0", kind="document"))
    sick = replace(SICK, over=blocks)
    lines = shown(doctor_outcome(DoctorReport(threads=[sick]), everything=False))
    assert "  line 7, block 2: 9000 pixels" in lines
    assert "  line 7 of t0, block 2: 9000 pixels" in lines


@pytest.mark.parametrize(
    ("threads", "errors", "code"),
    [
        ([WELL], [], 0),
        ([SICK], [], 4),
        ([WELL], [("/x", OSError(5, "Input/output error"))], 3),
        ([SICK], [("/x", OSError(5, "Input/output error"))], 4),
    ],
)
def test_threads_at_risk_are_4_and_what_cannot_be_read_3(
    threads: list[Diagnosis], errors: list[tuple[str, Exception]], code: int
) -> None:
    report = DoctorReport(threads=threads, errors=errors, unchanged=2)
    envelope = told(doctor_outcome(report, everything=False))
    assert envelope["exit_code"] == code
    assert [error["path"] for error in envelope["errors"]] == [p for p, _ in errors]
    assert envelope["result"]["at_risk"] == threads.count(SICK)
    assert envelope["result"]["unchanged"] == 2


def test_no_name_or_error_of_a_thread_speaks_to_the_terminal() -> None:
    """A log whose name tells no id is named by its file; an error is the log's."""
    name = "x\nlow codex all is well\x1b[31m"
    safe = r"x\nlow codex all is well\x1b[31m"
    over = (replace(OVER, thread=name),)
    sick = replace(SICK, thread=name, reason=f"said {name}", over=over)
    lines = shown(doctor_outcome(DoctorReport(threads=[sick]), everything=False))
    assert lines[0] == f"critical codex {safe}: said {safe}"
    assert any(f"line 7 of {safe}, " in line for line in lines)
    report = replace(RESCUED, thread=name, carries={name: 1})
    lines = shown(rescue_outcome([report], [], alone=True))
    assert lines[0].startswith(f"rescued {safe}: ")
    assert lines[2].endswith(f"goes on from: assetstore rescue '{safe}'")
    lines = shown(rescue_outcome([replace(report, undone=True)], [], alone=True))
    assert lines[0].startswith(f"undone {safe}: ")
    bundle = replace(BUNDLE, thread=name)
    assert shown(bundle_outcome(bundle, "exported"))[0].startswith(f"exported {safe}: ")


RESCUED = RescueReport(
    path="/log\n",
    thread="t1",
    before=4096,
    after=1024,
    images=2,
    request_before=2048,
    request_after=512,
    lines=3,
    rows=1,
    handoff="/h",
    undo="assetstore rescue --undo t1",
)
BUNDLE = BundleReport(
    bundle="/b", thread="t1", path="/b\n", size=2048, bundle_size=1024, images=1
)


def test_an_undo_of_nothing_says_so() -> None:
    assert one(undone=True, images=0, rows=0) == [
        "unchanged t1: there was nothing to put back",
        "  what it knew stays in /h",
    ]


def test_a_bundle_without_a_place_says_so() -> None:
    assert len(shown(bundle_outcome(BUNDLE, "exported"))) == 2
    last = shown(bundle_outcome(replace(BUNDLE, placed=False), "exported"))[-1]
    assert last.endswith("'import' wants --to FOLDER")


def test_a_thread_that_was_rescued() -> None:
    outcome = rescue_outcome([RESCUED], [], alone=True)
    assert outcome.exit_code == 0
    assert shown(outcome) == [
        "rescued t1: 4.0 KiB -> 1.0 KiB, 2 images taken out",
        "  next request: 2.0 KiB -> 512 B",
        "  1 of the client's own entries slimmed as well",
        "  checked: 3 lines, each as before",
        "  what it knows: /h",
        r"  /log\n",
        "  to take it back: assetstore rescue --undo t1",
    ]
    result = told(outcome)["result"]
    assert (result["after"], len(result["threads"])) == (1024, 1)


def one(**changes: Any) -> list[str]:
    report = replace(RESCUED, **changes)
    return shown(rescue_outcome([report], [], alone=True))


def test_what_was_taken_out_is_named() -> None:
    assert one(documents=1)[0].endswith("2 images, 1 document taken out")
    assert one(blocks=1, kept=3)[0].endswith("1 block taken out, 3 left")
    assert one(images=0)[0].endswith("there was nothing left to take out")
    assert "  copy: /c" in one(backup="/c")


def test_a_dry_run_of_a_rescue_ends_with_the_room_that_it_needs() -> None:
    lines = one(dry_run=True, needed=1024)
    assert lines[0].startswith("would rescue t1")
    assert lines[-1] == "  needs 1.0 KiB of free disk space"


def test_a_rescue_that_was_taken_back() -> None:
    assert one(undone=True, exact=True, differs="one\nline") == [
        "undone t1: 4.0 KiB -> 1.0 KiB, 2 images put back",
        "  compared with what it was: every byte is back",
        r"  one\nline",
        "  what it knew stays in /h",
    ]


def test_what_still_keeps_it_from_going_on() -> None:
    lines = one(left=(OVER,), risk="critical", reason="too large")
    assert lines[0].startswith("not rescued t1")
    assert lines[1:4] == [
        "  too large",
        "  left, and refused by the API: 1 block",
        "  line 7, block 2: 9000 pixels (rescue --image ab12 takes out only this one)",
    ]
    assert "go on in a new thread" in lines[4]
    kept = one(left=(OVER,), risk="critical", kept=1)
    assert any("'rescue' without options" in line for line in kept)
    outcome = rescue_outcome(
        [replace(RESCUED, left=(OVER,), risk="critical")], [], alone=True
    )
    assert outcome.exit_code == 4


@pytest.mark.parametrize(
    ("reports", "codes", "code"),
    [
        ([RESCUED, RESCUED], [], 0),
        ([RESCUED], [11], 3),
        ([], [11, 11], 11),
        ([], [11, 13], 3),
        ([replace(RESCUED, left=(OVER,), risk="critical")], [], 4),
    ],
)
def test_several_threads_are_summed_up(
    reports: list[RescueReport], codes: list[int], code: int
) -> None:
    problems = [Problem(type="E", message="bad", exit_code=c) for c in codes]
    outcome = rescue_outcome(reports, problems, alone=False)
    assert outcome.exit_code == code
    result = told(outcome)["result"]
    assert result["before"] == 4096 * len(reports)
    last = [
        line for line in shown(outcome) if " threads, " in line or "1 thread," in line
    ]
    assert ("failed" in last[0]) is bool(codes)


def test_what_a_thread_knows_is_printed_or_written() -> None:
    handoff = Handoff(thread="t", text="# A\x1b[2J\n\tb\n", tokens=1200, facts={})
    assert shown(handoff_outcome(handoff, None)) == [r"# A\x1b[2J", "\tb"]
    written = handoff_outcome(handoff, Path("/h\n"))
    assert shown(written) == [r"wrote /h\n: about 1,200 tokens"]
    assert told(written)["result"]["output"] == "/h\n"


EVENTS = [
    Event("about", 1, text="not shown"),
    Event(
        "user",
        2,
        time="2026-10-01T10:00:00.000Z",
        text="look\x1b[2J\n\tthere",
        pictures=[Picture(1, "image/png", 2048, placeholder="as1:x"), Picture(2, "p")],
    ),
    Event("call", 3, name="exec", facts={"command": "ls"}),
    Event("call", 4, name="patch", facts={"files": [("Add", "a"), ("Update", "b")]}),
    Event("call", 5, name="plan", facts={"plan": [("done", "read")]}),
    Event("call", 6, name="other", facts={"arguments": "x" * 400}),
    Event("result", 7, text="one\ntwo", ok=False),
    Event("result", 8, text="three", ok=None),
]


def test_a_conversation() -> None:
    assert shown(show_outcome(EVENTS, full=False)) == [
        "",
        "user 2026-10-01 10:00:00 +0000 (line 2)",
        r"look\x1b[2J",
        "    there",
        "  [image 1: image/png, 2.0 KiB, as1:x]",
        "  [image 2: p]",
        "  exec: ls",
        "  patch: Add a, Update b",
        "  plan: done: read",
        f"  other: {'x' * 300} […100 more characters]",
        "  failed one",
        "    two",
        "  gave three",
    ]
    assert f"  other: {'x' * 400}" in shown(show_outcome(EVENTS, full=True))
    events = told(show_outcome(EVENTS, full=False))["result"]["events"]
    assert [event["line"] for event in events] == [2, 3, 4, 5, 6, 7, 8]
    assert events[0]["images"][0]["placeholder"] == "as1:x"


def test_an_image_of_a_conversation() -> None:
    outcome = image_outcome(3, 2048, Path("/p\n"))
    assert shown(outcome) == [r"image 3: 2.0 KiB in /p\n"]
    assert told(outcome)["result"] == {"image": 3, "size": 2048, "output": "/p\n"}


def test_a_bundle_and_what_stays_in_it() -> None:
    assert shown(bundle_outcome(BUNDLE, "exported")) == [
        "exported t1: 2.0 KiB of log, 1 image; the bundle has 1.0 KiB",
        r"  /b\n",
    ]
    lines = shown(bundle_outcome(replace(BUNDLE, quoted=2), "imported"))
    assert lines[-1].startswith("  2 placeholders stay: ")
