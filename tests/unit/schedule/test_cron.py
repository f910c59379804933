"""cron, with a stand-in for the program crontab."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assetstore.errors import ScheduleError
from assetstore.schedule.base import NOT_FOUND, Completed, Host, runner
from assetstore.schedule.cron import Cron
from assetstore.schedule.plan import SchedulePlan, timing

PLAN = SchedulePlan(timing=timing(None, None, 17), command=("/usr/bin/python3", "-V"))
OLD = b"MAILTO=me\n1 * * * * mine\n"


class Table:
    """A crontab in memory, and what its program does wrong."""

    def __init__(self, text: bytes | None = None):
        self.text = text
        self.writes = 0
        self.wants_newline = False
        self.mangles: bytes | None = None
        self.refuses_to_read: Completed | None = None

    def __call__(self, words: Sequence[str], stdin: bytes) -> Completed:
        if words[0] != "crontab":
            return Completed(code=1)
        if words[1] == "-l":
            if self.refuses_to_read is not None:
                return self.refuses_to_read
            if self.text is None:
                return Completed(code=1, err=b"no crontab for me\n")
            return Completed(code=0, out=self.text)
        self.writes += 1
        if words[1] == "-r":
            self.text = None
            return Completed(code=0)
        if self.wants_newline and not stdin.endswith(b"\n"):
            return Completed(code=1, err=b"missing newline before EOF\n")
        mangled, self.mangles = self.mangles, None
        self.text = stdin if mangled is None else mangled
        return Completed(code=0)


def cron(table: Table, platform: str = "linux") -> Cron:
    return Cron(
        Host(
            platform=platform,
            home=Path("/home/me"),
            environment={"PATH": "/nowhere"},
            uid=1000,
            run=table,
        )
    )


@pytest.mark.parametrize("old", [None, OLD, b"1 * * * * mine", b"\xff\r\n"])
def test_install_twice_and_remove(old: bytes | None) -> None:
    table = Table(old)
    one = cron(table)
    assert one.available() == ""
    assert one.install(PLAN, dry_run=True)
    assert table.writes == 0
    assert one.install(PLAN)
    assert table.text is not None
    assert table.text.startswith(old or b"")
    assert not one.install(PLAN)
    assert table.writes == 1
    there = one.installed()
    assert there is not None
    assert there.command == PLAN.command
    assert there.timing == PLAN.timing
    now = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
    assert one.next_run(now) == PLAN.timing.next_run(now)
    assert one.remove(dry_run=True)
    assert table.writes == 1
    assert one.remove()
    assert table.text == old
    assert not one.remove()
    assert one.installed() is None
    assert one.next_run(now) is None


def test_a_crontab_that_wants_its_last_newline_gets_it() -> None:
    table = Table(b"1 * * * * mine")
    one = cron(table)
    one.install(PLAN)
    table.wants_newline = True
    assert one.remove()
    assert table.text == b"1 * * * * mine\n"


def test_what_reads_differently_is_taken_back() -> None:
    table = Table(OLD)
    table.mangles = b"something else\n"
    with pytest.raises(ScheduleError, match="reads differently") as caught:
        cron(table).install(PLAN)
    assert "as it was" in caught.value.hint
    assert table.text == OLD


def test_without_a_crontab_what_reads_differently_is_removed() -> None:
    table = Table()
    table.mangles = b"something else\n"
    with pytest.raises(ScheduleError, match="reads differently"):
        cron(table).install(PLAN)
    assert table.text is None


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (Completed(code=1, err=b"you are not allowed to use this program\n"), "allow"),
        (Completed(code=1, err=b"crontabs/me: Permission denied\n"), "denied"),
        (Completed(code=1, out=b"1 * * *", err=b"no crontab for"), "cannot be read"),
        (Completed(code=NOT_FOUND, err=b"crontab: No such file"), "no crontab program"),
    ],
)
def test_what_cannot_be_read_is_not_taken_for_empty(
    refusal: Completed, says: str
) -> None:
    table = Table(OLD)
    table.refuses_to_read = refusal
    with pytest.raises(ScheduleError, match=says):
        cron(table).install(PLAN)
    assert says in cron(table).available()
    assert table.text == OLD
    assert table.writes == 0


def test_where_there_is_no_crontab_program_nothing_is_installed() -> None:
    table = Table()
    for why in (
        Completed(code=NOT_FOUND),
        Completed(code=1, err=b"You (me) are not allowed to use this program\n"),
    ):
        table.refuses_to_read = why
        assert cron(table).installed() is None
        assert not cron(table).remove()
    table.refuses_to_read = Completed(code=1, err=b"Input/output error\n")
    for do in (cron(table).installed, cron(table).remove):
        with pytest.raises(ScheduleError, match="Input/output error"):
            do()
    assert cron(table, "win32").available() == "Windows has no cron"


def test_listed_carriage_returns_stop_a_change() -> None:
    table = Table(b"1 * * * * mine\\r\n")
    with pytest.raises(ScheduleError, match="carriage return") as caught:
        cron(table).install(PLAN, dry_run=True)
    assert "crontab -e" in caught.value.hint
    table = Table(b"1 * * * * printf 'a\\r'\n1 * * * * mine \r\n")
    assert cron(table).install(PLAN)


def test_lost_markers_stop_everything() -> None:
    text = OLD + b"# BEGIN ASSETSTORE SCHEDULE\n1 * * * * a\n"
    table = Table(text)
    one = cron(table)
    for do in (lambda: one.install(PLAN), one.remove, one.installed):
        with pytest.raises(ScheduleError, match="instead of a pair"):
            do()
    assert (table.text, table.writes) == (text, 0)


def test_an_edited_block_is_told_and_written_anew() -> None:
    table = Table(OLD)
    one = cron(table)
    one.install(PLAN)
    assert table.text is not None
    whole = table.text
    table.text = whole.replace(b"17 *", b"# 17 *")
    there = one.installed()
    assert there is not None
    assert there.command == ()
    assert "edited" in there.notes[0]
    assert one.install(PLAN)
    assert table.text == whole


def test_programs_are_run_in_english_with_their_input() -> None:
    run = runner({"PATH": "/usr/bin:/bin", "LC_ALL": "de_DE.UTF-8"})
    done = run(["sh", "-c", "cat; echo $LC_ALL >&2; exit 3"], b"in")
    assert done == Completed(code=3, out=b"in", err=b"C\n")
    assert done.said == "C"
    gone = run(["/nowhere/program"], b"")
    assert gone.code == NOT_FOUND
    assert gone.said == "/nowhere/program: No such file or directory"
    assert Completed(code=5).said == "exit code 5"
