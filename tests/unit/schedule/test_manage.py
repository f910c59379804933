"""The choice of a scheduler, and moving from one to another."""

import dataclasses
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from assetstore.errors import ScheduleError, UsageError
from assetstore.schedule import manage
from assetstore.schedule.base import Completed, Host, Installed
from assetstore.schedule.plan import SchedulePlan, timing

PLAN = SchedulePlan(timing=timing(None, None, 17), command=("/bin/true",))


class Fake:
    """A scheduler in memory."""

    def __init__(self, name: str, why: str = "", plan: SchedulePlan | None = None):
        self.name = name
        self.why = why
        self.plan = plan

    def available(self) -> str:
        return self.why

    def files(self, plan: SchedulePlan) -> Mapping[str, str]:
        return {self.name: str(plan)}

    def install(self, plan: SchedulePlan, *, dry_run: bool = False) -> bool:
        if self.why:
            raise ScheduleError(self.why)
        changed = plan != self.plan
        self.plan = self.plan if dry_run else plan
        return changed

    def installed(self) -> Installed | None:
        if self.plan is None:
            return None
        return Installed(
            where=self.name,
            schedule="",
            command=self.plan.command,
            timing=self.plan.timing,
        )

    def remove(self, *, dry_run: bool = False) -> bool:
        had = self.plan is not None
        self.plan = self.plan if dry_run else None
        return had

    def next_run(self, now: datetime) -> datetime | None:
        return None


def host(platform: str) -> Host:
    return Host(
        platform=platform,
        home=Path("/h"),
        environment={},
        uid=1,
        run=lambda words, stdin: Completed(code=1),
    )


def fakes(**why: str) -> dict[str, Fake]:
    return {name: Fake(name, why.get(name, "")) for name in manage.NAMES}


@pytest.mark.parametrize(
    ("platform", "why", "chosen"),
    [
        ("linux", {}, "systemd"),
        ("linux", {"systemd": "no bus"}, "cron"),
        ("freebsd14", {"systemd": "not here"}, "cron"),
        ("darwin", {}, "launchd"),
        ("darwin", {"launchd": "no session"}, "cron"),
        ("win32", {}, "schtasks"),
    ],
)
def test_auto_takes_what_the_machine_has(
    platform: str, why: dict[str, str], chosen: str
) -> None:
    assert manage.choose("auto", host(platform), fakes(**why)).name == chosen


def test_auto_stays_where_it_is() -> None:
    every = fakes()
    every["cron"].plan = PLAN
    assert manage.choose("auto", host("linux"), every).name == "cron"
    every["cron"].why = "cron was removed"
    assert manage.choose("auto", host("linux"), every).name == "systemd"


def test_a_scheduler_that_cannot_be_used_is_refused_and_printed() -> None:
    every = fakes(cron="no crontab", systemd="no bus")
    with pytest.raises(ScheduleError, match="systemd: no bus; cron: no crontab") as e:
        manage.choose("auto", host("linux"), every)
    assert "schedule print" in e.value.hint
    with pytest.raises(ScheduleError, match="cron: no crontab"):
        manage.choose("cron", host("linux"), every)
    printed = manage.choose("auto", host("linux"), every, to_install=False)
    assert printed.name == "cron"


def test_it_moves_and_is_never_lost() -> None:
    every = fakes()
    every["cron"].plan = PLAN
    planned = manage.place(every["systemd"], PLAN, every, dry_run=True)
    assert planned == manage.Placed(changed=True, moved_from=("cron",))
    assert (every["cron"].plan, every["systemd"].plan) == (PLAN, None)
    every["systemd"].why = "no bus"
    with pytest.raises(ScheduleError, match="no bus"):
        manage.place(every["systemd"], PLAN, every)
    assert every["cron"].plan == PLAN
    every["systemd"].why = ""
    assert manage.place(every["systemd"], PLAN, every) == planned
    assert {name: one.plan for name, one in every.items() if one.plan} == {
        "systemd": PLAN
    }
    again = manage.place(every["systemd"], PLAN, every)
    assert again == manage.Placed(changed=False)
    assert manage.remove(every, dry_run=True) == ["systemd"]
    assert manage.remove(every) == ["systemd"]
    assert manage.remove(every) == []


def test_the_minute_is_the_same_each_time_and_others_have_another_one() -> None:
    here = host("linux")
    found = [manage.usual_minute(here, f"pc{number}") for number in range(200)]
    assert found == [manage.usual_minute(here, f"pc{n}") for n in range(200)]
    assert set(found) <= set(range(60))
    assert len(set(found)) > 40
    other = dataclasses.replace(here, uid=here.uid + 1)
    assert found != [manage.usual_minute(other, f"pc{n}") for n in range(200)]


def test_the_minute_is_kept() -> None:
    assert manage.kept_minute({}, 5) == 5
    every = fakes()
    every["cron"].plan = PLAN
    assert manage.kept_minute(manage.installed(every), 5) == 17


def test_the_command_has_absolute_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    words = manage.command(["gc"], store="s", config="c.toml")
    assert words[:5] == (sys.executable, "-P", "-m", "assetstore", "run")
    root = os.path.abspath("/")
    assert words[5:] == ("--store", f"{root}s", "--config", f"{root}c.toml", "gc")
    with pytest.raises(UsageError, match="'-x'"):
        manage.command(["-x"], store=None, config=None)
    some = {"CODEX_HOME": "codex", "PATH": "/bin", "XDG_DATA_HOME": "", "HOME": "/h"}
    assert manage.carried(some) == {"CODEX_HOME": f"{root}codex"}


def test_the_module_is_found_wherever_it_is_started(tmp_path: Path) -> None:
    """The home folder's own inspect.py must not be taken for Python's."""
    (tmp_path / "inspect.py").write_text("raise SystemExit('the wrong one')")
    words = manage.command([], store=None, config=None)[:-1]
    for call, code in ((words, 0), ([w for w in words if w != "-P"], 1)):
        done = subprocess.run(
            [*call, "stats", "--help"], cwd=tmp_path, capture_output=True, check=False
        )
        assert done.returncode == code, done.stderr


def test_interpreters_that_do_not_stay(tmp_path: Path) -> None:
    assert manage.gone(())
    assert manage.gone((str(tmp_path / "python"),))
    assert not manage.gone((sys.executable,))
    temporary = Path(tempfile.gettempdir())
    assert manage.passing((str(temporary / "x" / "bin" / "python"),))
    assert manage.passing(("/home/me/.cache/uv/archive-v0/x/bin/python",))
    assert not manage.passing(("/usr/bin/python3",))
