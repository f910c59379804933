"""The block in a crontab, and the lines that are not ours."""

import os
import subprocess
import sys

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from assetstore.errors import ScheduleError
from assetstore.schedule import crontab
from assetstore.schedule.plan import SchedulePlan, timing

BEGIN, END = b"# BEGIN ASSETSTORE SCHEDULE", b"# END ASSETSTORE SCHEDULE"
LINES = b"# a comment\n17 * * * * /usr/bin/true\n"
PIECES = st.sampled_from(
    [b"\n", b"\r\n", b"\r", b"# x", b"17 * * * * a\\%b", b"MAILTO=me", b" ", b"\xff"]
)
TEXTS = st.lists(PIECES | st.binary(max_size=9), max_size=12).map(b"".join)


@given(TEXTS)
@example(b"")
@example(b"\n")
@example(b"17 * * * * x")
@example(b"17 * * * * x\r")
def test_in_and_out_leaves_the_bytes(text: bytes) -> None:
    once = crontab.take_apart(text).with_block(LINES)
    assert once.startswith(text)
    assert once.endswith(b"\n" + LINES + END + b"\n")
    assert crontab.take_apart(once).without == text
    assert crontab.take_apart(once).with_block(LINES) == once


@given(TEXTS, TEXTS)
def test_what_is_written_behind_the_block_stays(text: bytes, more: bytes) -> None:
    assume(not more.startswith(b"\r"))
    once = crontab.take_apart(text).with_block(LINES)
    later = once + more
    other = crontab.take_apart(later).with_block(b"5 * * * * other\n")
    assert other.endswith(b"other\n" + END + b"\n" + more)
    assert other.startswith(text)
    gone = crontab.take_apart(other).without
    kept = text if text.endswith(b"\n") or not text or not more else text + b"\n"
    assert gone == kept + more


@pytest.mark.parametrize("end", [b"\r\n", b" \n", b"\n"])
def test_a_block_is_known_after_an_editor_had_it(end: bytes) -> None:
    text = b"a\n" + end.join([BEGIN, b"1 * * * * x", END, b""]) + b"b\n"
    parts = crontab.take_apart(text)
    assert parts.without == b"a\nb\n"


def test_a_block_at_the_end_without_a_newline() -> None:
    parts = crontab.take_apart(b"a\n" + BEGIN + b"\nx\n" + END)
    assert parts.without == b"a\n"
    assert parts.with_block(LINES) == b"a\n" + BEGIN + b"\n" + LINES + END + b"\n"


@pytest.mark.parametrize(
    "text",
    [
        BEGIN + b"\n1 * * * * x\n",
        b"1 * * * * x\n" + END + b"\n",
        END + b"\n" + BEGIN + b"\n",
        BEGIN + b"\n" + BEGIN + b"\n" + END + b"\n",
        BEGIN + b"\n" + END + b"\n" + END + b"\n",
        (BEGIN + b"\n" + END + b"\n") * 2,
    ],
)
def test_markers_that_make_no_block_are_refused(text: bytes) -> None:
    with pytest.raises(ScheduleError, match="instead of a pair") as caught:
        crontab.take_apart(text)
    assert "crontab -e" in caught.value.hint


WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\\\0"),
    max_size=12,
)


@given(st.lists(WORDS, min_size=1, max_size=5), WORDS)
def test_a_line_is_read_as_it_was_written(words: list[str], value: str) -> None:
    plan = SchedulePlan(
        timing=timing(900, None, 4),
        command=("/usr/bin/python", *words),
        environment={"CODEX_HOME": value},
    )
    lines = crontab.lines_of(plan, ["/usr/bin/nice", "-n", "19", "/usr/bin/ionice"])
    block = crontab.take_apart(b"").with_block(lines)
    entry = crontab.read_block(block)
    assert entry.command == plan.command
    assert entry.timing == plan.timing
    assert entry.schedule == "4-59/15 * * * *"


SAY = "import os, sys; print(ascii([*sys.argv[1:], os.environ['CODEX_HOME']]))"
HARD = ["100%", "a b", "'", '"', "$HOME", "`x`", "*", "~", "#", ";", "", "ü", "\udcff"]


@pytest.mark.skipif(os.name == "nt", reason="cron hands lines to a Bourne shell")
def test_a_shell_reads_the_words_that_were_meant() -> None:
    plan = SchedulePlan(
        timing=timing(60, None, 0),
        command=(sys.executable, "-c", SAY, *HARD),
        environment={"CODEX_HOME": "/a % b/'c'"},
    )
    line = crontab.lines_of(plan, ["nice", "-n", "19"]).split(b"\n")[2]
    rest = line.removeprefix(b"* * * * * ")
    # No bare % is left: cron would end the command there.
    assert b"%" not in rest.replace(b"\\%", b"")
    done = subprocess.run(
        ["/bin/sh", "-c", rest.replace(b"\\%", b"%")], capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == ascii([*HARD, "/a % b/'c'"])


@pytest.mark.parametrize(
    ("word", "says"),
    [("a\nb", "line's end"), ("a\\b", "backslash"), ("x" * 1000, "cron takes")],
)
def test_what_a_line_cannot_hold_is_refused(word: str, says: str) -> None:
    plan = SchedulePlan(timing=timing(None, None, 0), command=("/usr/bin/python", word))
    with pytest.raises(ScheduleError, match=says):
        crontab.lines_of(plan, [])


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"# nothing\n",
        b"1 * * * * a\n2 * * * * b\n",
        b"1 * * *\n",
        b"1 * * * * 'a\n",
    ],
)
def test_an_edited_block_is_not_guessed_at(lines: bytes) -> None:
    with pytest.raises(ScheduleError, match="was edited"):
        crontab.read_block(BEGIN + b"\n" + lines + END + b"\n")
