"""``assetstore schedule`` as a user runs it, with a stand-in for crontab."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from assetstore.cli.commands.schedule import SCHEDULERS, schedule
from assetstore.schedule import manage
from support.fakes import only_cron
from support.periodic import configured, old, pages
from support.program import Program, Ran

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the stand-ins are for a Linux without systemd"
)
OLD = b"MAILTO=me\n\n5 4 * * *  /usr/bin/mine 100\\% \xff\n"


@pytest.fixture
def table(program: Program) -> Path:
    """The file that is the crontab."""
    file = only_cron(program.folder / "bin")
    program.environment |= {
        "PATH": f"{file.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(program.folder / "home"),
        "XDG_CONFIG_HOME": str(program.folder / "xdg" / "config"),
    }
    return file


def valid(ran: Ran) -> Ran:
    root = Path(__file__).parents[2]
    text = (root / "assetstore/schema/assetstore-1.json").read_bytes()
    jsonschema.Draft202012Validator(json.loads(text)).validate(ran.json)
    assert ran.json["exit_code"] == ran.code
    return ran


def everything_below(folder: Path) -> dict[str, bytes]:
    found = (p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in found}


def test_in_twice_and_out(program: Program, table: Path) -> None:
    table.write_bytes(OLD)
    before = everything_below(program.folder)
    planned = valid(program("schedule", "install", "-n", "--json"))
    assert planned.result["changed"] is True
    assert everything_below(program.folder) == before

    ran = valid(program("schedule", "install", "--json"))
    assert ran.code == 0
    assert ran.result["scheduler"] == "cron"
    assert ran.result["every"] == "1h"
    assert ran.result["moved_from"] == []
    text = table.read_bytes()
    assert text.startswith(OLD)
    minute = ran.result["minute"]
    assert f"\n{minute} * * * * ".encode() in text

    again = valid(program("schedule", "install", "--json"))
    assert again.result["changed"] is False
    assert table.read_bytes() == text
    told = program("schedule", "install")
    assert told.out.startswith(b"cron: installed already, every hour at minute ")

    would = valid(program("schedule", "remove", "--dry-run", "--json"))
    assert would.result == {"removed": ["cron"], "dry_run": True}
    assert table.read_bytes() == text
    assert program("schedule", "remove").out == b"cron: removed\n"
    assert everything_below(program.folder) == before
    assert program("schedule", "remove").out == b"nothing is installed\n"


def test_what_is_called(program: Program, table: Path) -> None:
    words = ("--store", "a store", "--every", "1d", "--at", "22:30")
    jobs = ("--job", "one", "--job", "two")
    configured(program, "[jobs.one]\npaths = ['x']\n[jobs.two]\npaths = ['x']\n")
    ran = program("schedule", "install", *words, *jobs, CODEX_HOME="codex")
    assert ran.code == 0, ran.err
    status = valid(program("schedule", "status", "--json"))
    assert status.code == 0
    assert status.result["installed"] is True
    (entry,) = status.result["schedulers"]
    store = str(program.folder / "a store")
    assert entry["command"] == [
        *(sys.executable, "-P", "-m", "assetstore", "run", "--store", store),
        *("one", "two"),
    ]
    assert entry["schedule"] == "30 22 * * *"
    assert (entry["every"], entry["at"]) == ("1d", "22:30")
    assert entry["next_run"] is not None
    assert entry["where"] == "crontab"
    line = table.read_text().splitlines()[-2]
    assert "nice -n 19" in line
    for name, value in program.environment.items():
        if name.startswith("XDG") and name.endswith("HOME"):
            assert f" {name}={value} " in line
    assert f" CODEX_HOME={program.folder / 'codex'} " in line
    text = program("schedule", "status").out.decode()
    assert "cron: every day at 22:30 (30 22 * * *)" in text
    assert f"  calls {sys.executable} -P -m assetstore run" in text


def test_the_minute_is_kept_when_the_rest_changes(
    program: Program, table: Path
) -> None:
    first = program("schedule", "install", "--json").result["minute"]
    for words in (["--every", "15m"], ["--every", "1d", "--at", "05:00"], []):
        ran = program("schedule", "install", "--json", *words)
        assert ran.result["changed"] is True
        assert ran.result["minute"] == first
    assert program("schedule", "print", "--json").result["files"][
        "crontab"
    ].encode() == (table.read_bytes())


def test_status_without_a_schedule(program: Program, table: Path) -> None:
    ran = valid(program("schedule", "status", "--json"))
    assert ran.code == 4
    assert ran.result["installed"] is False
    assert ran.result["schedulers"] == []
    assert ran.result["last_run"] is None
    assert {t["name"]: t["last_success"] for t in ran.result["tasks"]} == {
        "gc": None,
        "optimize": None,
        "verify": None,
    }
    assert b"nothing is installed" in program("schedule", "status").out


def test_status_tells_how_the_runs_went(program: Program, table: Path) -> None:
    docs = program.folder / "docs"
    (page,) = pages(docs, 1)
    configured(program, paths=[docs])
    assert program("schedule", "install").code == 0
    assert program("schedule", "status").code == 0
    assert program("run").code == 0
    status = valid(program("schedule", "status", "--json"))
    assert status.code == 0
    assert status.result["last_run"]["result"] == "ok"
    assert all(task["last_success"] for task in status.result["tasks"])
    shown = program("schedule", "status").out.decode()
    assert "last run" in shown
    assert "pages" in shown

    (program.folder / "another name").hardlink_to(page)
    page.write_bytes(page.read_bytes() + b"more")
    old(page)
    assert program("run").code == 3
    status = valid(program("schedule", "status", "--json"))
    assert status.code == 0  # not for too long yet
    assert status.result["last_run"]["result"] == "failed"
    tasks = {task["name"]: task for task in status.result["tasks"]}
    assert tasks["pages"]["last_result"] == "partial"

    known = program.folder / "xdg" / "state" / "assetstore" / "runs" / "tasks.json"
    states = json.loads(known.read_bytes())
    states["pages"]["last_success"] -= 3 * 3600 + 60
    known.write_text(json.dumps(states))
    status = valid(program("schedule", "status", "--json"))
    assert status.code == 4
    tasks = {task["name"]: task for task in status.result["tasks"]}
    assert tasks["pages"]["late"].startswith("it has not succeeded for 3h")
    assert tasks["pages"]["late"].endswith("the last time: 1 file failed")
    assert tasks["gc"]["late"] == ""
    assert "late" in program("schedule", "status").out.decode()


def test_a_timer_that_never_called_is_told(program: Program, table: Path) -> None:
    docs = program.folder / "docs"
    pages(docs, 1)
    configured(program, paths=[docs])
    assert program("schedule", "install").code == 0
    since = program.folder / "xdg" / "state" / "assetstore" / "runs" / "installed"
    since.write_text(str(time.time() - 4 * 3600))
    assert program("schedule", "install").code == 0  # again: nothing begins anew
    status = valid(program("schedule", "status", "--json"))
    assert status.code == 4
    tasks = {task["name"]: task for task in status.result["tasks"]}
    assert tasks["pages"]["late"] == "it has never succeeded"
    assert tasks["verify"]["late"] == ""
    assert program("schedule", "remove").code == 0
    assert not since.exists()


def test_status_goes_by_the_configuration_that_is_called(
    program: Program, table: Path
) -> None:
    other = program.folder / "other.toml"
    other.write_text("[jobs.elsewhere]\npaths = ['x']\n")
    ran = program("schedule", "install", "--config", other, "--job", "elsewhere")
    assert ran.code == 0, ran.err
    status = valid(program("schedule", "status", "--json"))
    assert [t["name"] for t in status.result["tasks"]] == [
        "elsewhere",
        "gc",
        "optimize",
        "verify",
    ]
    bad = program("schedule", "install", "--job", "nowhere")
    assert bad.code == 2
    assert "there is no job nowhere" in bad.err


def test_status_tells_of_an_interpreter_that_is_gone(
    program: Program, table: Path
) -> None:
    program("schedule", "install")
    text = table.read_text()
    table.write_text(text.replace(sys.executable, "/nowhere/python"))
    ran = valid(program("schedule", "status", "--json"))
    assert ran.code == 4
    assert any("/nowhere/python is not there" in w for w in ran.json["warnings"])
    assert program("schedule", "install").code == 0
    assert table.read_text() == text


def test_a_block_without_its_end_is_refused(program: Program, table: Path) -> None:
    program("schedule", "install")
    broken = table.read_bytes().replace(b"# END ASSETSTORE SCHEDULE\n", b"")
    table.write_bytes(broken)
    for word in ("install", "status", "remove"):
        ran = valid(program("schedule", word, "--json"))
        assert ran.code == 1
        assert ran.json["errors"][0]["type"] == "ScheduleError"
        assert "crontab -e" in ran.json["errors"][0]["hint"]
    assert table.read_bytes() == broken


def test_a_scheduler_that_is_not_there(program: Program, table: Path) -> None:
    for name, why in (
        ("systemd", "No medium found"),
        ("launchd", "macOS only"),
        ("schtasks", "Windows only"),
    ):
        ran = program("schedule", "install", "--scheduler", name)
        assert ran.code == 1
        assert why in ran.err
        assert "schedule print --scheduler" in ran.err
    (table.parent / "crontab").write_text("#!/bin/sh\necho not allowed >&2; exit 1\n")
    ran = program("schedule", "install")
    assert ran.code == 1
    assert "systemd: no systemd user manager answers" in ran.err
    assert "cron: the crontab cannot be read: not allowed" in ran.err


@pytest.mark.parametrize("name", SCHEDULERS)
def test_print_touches_nothing(program: Program, table: Path, name: str) -> None:
    before = everything_below(program.folder)
    ran = valid(program("schedule", "print", "--scheduler", name, "--json"))
    assert ran.code == 0
    assert ran.result["scheduler"] == ("cron" if name == "auto" else name)
    text = program("schedule", "print", "--scheduler", name).out.decode()
    assert "assetstore" in text
    for place in ran.result["files"]:
        assert (f"# {place}\n" in text) == (len(ran.result["files"]) > 1)
    assert everything_below(program.folder) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--every", "45m"], "every 45m"),
        (["--at", "25:00"], "'25:00' is not a time"),
        (["--every", "1h", "--at", "05:00"], "--at is for"),
        (["--job", "-x"], "there is no job -x"),
        (["--scheduler", "anacron"], "anacron"),
    ],
)
def test_mistakes(program: Program, table: Path, words: list[str], says: str) -> None:
    ran = program("schedule", "install", *words)
    assert ran.code == 2
    assert says in ran.err
    assert not table.exists()


def test_each_command_begins_its_help_as_the_group_says(program: Program) -> None:
    assert (manage.AUTO, *manage.NAMES) == SCHEDULERS
    for name, command in schedule.commands.items():
        ran = program("schedule", name, "--help")
        assert ran.code == 0
        assert command.get_short_help_str(200) in " ".join(ran.out.decode().split())


def test_it_runs_where_there_are_no_streams(program: Program) -> None:
    """As under pythonw: a failure keeps its exit code and nothing is printed."""
    code = (
        "import runpy, sys; sys.stdout = sys.stderr = sys.stdin = None; "
        "runpy.run_module('assetstore', run_name='__main__', alter_sys=True)"
    )
    for words, expected in (
        (["completion", "bash"], 0),
        (["stats"], 10),
        (["nothing"], 2),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            env=program.environment,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (expected, b"", b"")


def test_units_for_the_whole_machine_are_printed(program: Program) -> None:
    ran = program("schedule", "print", "--system", "--as", "root", "--json")
    assert ran.code == 0, ran.out
    assert ran.result["files"].keys() == {
        "/etc/systemd/system/assetstore.service",
        "/etc/systemd/system/assetstore.timer",
    }
    text = ran.result["files"]["/etc/systemd/system/assetstore.service"]
    assert "User=root" in text
    assert "XDG_" not in text
    for words in (["--as", "no_such_user"], ["--as", "root", "--scheduler", "cron"]):
        assert program("schedule", "print", "--system", *words).code == 2
