"""The property list of launchd, key by key, and launchctl by a stand-in."""

import plistlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assetstore.errors import ScheduleError
from assetstore.schedule.base import Completed, Host
from assetstore.schedule.launchd import LABEL, Launchd
from assetstore.schedule.plan import POSSIBLE, SchedulePlan, timing

PLAN = SchedulePlan(
    timing=timing(None, None, 17),
    command=("/usr/bin/python3", "-m", "assetstore", "run", 'a <b> & "c" 100% ü'),
    environment={"CODEX_HOME": "/a & b"},
)
# launchd.plist(5): the keys that are used, and the types of their values.
KEYS: dict[str, type] = {
    "Label": str,
    "ProgramArguments": list,
    "EnvironmentVariables": dict,
    "StartCalendarInterval": list,
    "ProcessType": str,
    "LowPriorityIO": bool,
    "LowPriorityBackgroundIO": bool,
    "Nice": int,
}
CALENDAR = {
    "Minute": range(60),
    "Hour": range(24),
    "Weekday": range(8),
}


class Launchctl:
    """What is loaded, by target."""

    def __init__(self) -> None:
        self.loaded: set[str] = set()
        self.session = True
        self.refuses = False

    def __call__(self, words: Sequence[str], stdin: bytes) -> Completed:
        assert words[0] == "launchctl"
        match list(words[1:]):
            case ["print", "gui/501"]:
                return Completed(code=0 if self.session else 125, err=b"no domain")
            case ["print", target]:
                return Completed(code=0 if target in self.loaded else 113)
            case ["enable", "gui/501/assetstore.schedule"]:
                return Completed(code=0)
            case ["bootout", target]:
                was = target in self.loaded
                self.loaded.discard(target)
                return Completed(code=0 if was else 3)
            case ["bootstrap", "gui/501", path]:
                label = plistlib.loads(Path(path).read_bytes())["Label"]
                target = f"gui/501/{label}"
                if self.refuses or target in self.loaded:
                    return Completed(code=5, err=b"Bootstrap failed: 5\n")
                self.loaded.add(target)
                return Completed(code=0)
        raise AssertionError(words)


@pytest.fixture
def launchctl() -> Launchctl:
    return Launchctl()


@pytest.fixture
def launchd(launchctl: Launchctl, tmp_path: Path) -> Launchd:
    return Launchd(
        Host(platform="darwin", home=tmp_path, environment={}, uid=501, run=launchctl)
    )


def content(launchd: Launchd, plan: SchedulePlan) -> dict[str, Any]:
    (text,) = launchd.files(plan).values()
    parsed: dict[str, Any] = plistlib.loads(text.encode())
    return parsed


def test_every_key_is_one_of_apples_with_its_type(launchd: Launchd) -> None:
    parsed = content(launchd, PLAN)
    assert {name: type(value) for name, value in parsed.items()} == KEYS
    assert parsed["Label"] == LABEL
    assert parsed["ProgramArguments"] == list(PLAN.command)
    assert parsed["EnvironmentVariables"] == PLAN.environment
    assert parsed["ProcessType"] in ("Background", "Standard", "Adaptive")
    assert -20 <= parsed["Nice"] <= 20
    without = SchedulePlan(timing=PLAN.timing, command=PLAN.command)
    assert set(content(launchd, without)) == set(KEYS) - {"EnvironmentVariables"}


@pytest.mark.parametrize("every", POSSIBLE)
def test_calendars_hold_numbers_that_launchd_knows(
    launchd: Launchd, every: int
) -> None:
    plan = SchedulePlan(timing=timing(every, None, 59), command=("/bin/true",))
    entries = content(launchd, plan)["StartCalendarInterval"]
    assert entries
    for entry in entries:
        assert entry
        assert all(value in CALENDAR[name] for name, value in entry.items())


def test_install_twice_and_remove(
    launchd: Launchd, launchctl: Launchctl, tmp_path: Path
) -> None:
    path = tmp_path / "Library/LaunchAgents" / f"{LABEL}.plist"
    assert launchd.available() == ""
    assert launchd.installed() is None
    assert launchd.install(PLAN, dry_run=True)
    assert not path.exists()
    assert launchd.install(PLAN)
    assert launchctl.loaded == {f"gui/501/{LABEL}"}
    assert not launchd.install(PLAN)
    there = launchd.installed()
    assert there is not None
    assert there.command == PLAN.command
    assert there.timing == PLAN.timing
    assert there.notes == ()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert launchd.next_run(now) == PLAN.timing.next_run(now)

    launchctl.loaded.clear()
    there = launchd.installed()
    assert there is not None
    assert "not loaded" in there.notes[0]
    assert launchd.install(PLAN)
    assert launchd.install(
        SchedulePlan(timing=timing(60, None, 0), command=PLAN.command)
    )
    assert launchd.remove(dry_run=True)
    assert path.exists()
    assert launchd.remove()
    assert not path.exists()
    assert not launchctl.loaded
    assert not launchd.remove()
    assert launchd.next_run(now) is None


def test_a_failure_leaves_what_was_there(
    launchd: Launchd, launchctl: Launchctl, tmp_path: Path
) -> None:
    path = tmp_path / "Library/LaunchAgents" / f"{LABEL}.plist"
    launchctl.refuses = True
    with pytest.raises(ScheduleError, match="Bootstrap failed: 5"):
        launchd.install(PLAN)
    assert not path.exists()
    launchctl.refuses = False
    launchd.install(PLAN)
    before = path.read_bytes()
    launchctl.refuses = True
    with pytest.raises(ScheduleError, match="bootstrap failed"):
        launchd.install(
            SchedulePlan(timing=timing(60, None, 0), command=("/bin/true",))
        )
    assert path.read_bytes() == before


def test_what_somebody_else_put_there_is_left_alone(
    launchd: Launchd, tmp_path: Path
) -> None:
    path = tmp_path / "Library/LaunchAgents" / f"{LABEL}.plist"
    path.parent.mkdir(parents=True)
    path.write_bytes(plistlib.dumps({"Label": LABEL}))
    before = path.read_bytes()
    with pytest.raises(ScheduleError, match="not made by assetstore"):
        launchd.install(PLAN)
    assert launchd.installed() is None
    assert not launchd.remove()
    assert path.read_bytes() == before


def test_an_edited_list_is_told_and_written_anew(
    launchd: Launchd, tmp_path: Path
) -> None:
    launchd.install(PLAN)
    path = tmp_path / "Library/LaunchAgents" / f"{LABEL}.plist"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"</dict>", b""))
    there = launchd.installed()
    assert there is not None
    assert there.command == ()
    assert launchd.install(PLAN)
    assert path.read_bytes() == whole


def test_where_it_cannot_be_used(launchd: Launchd, launchctl: Launchctl) -> None:
    launchctl.session = False
    assert launchd.available() == "no session of launchd: no domain"
    with pytest.raises(ScheduleError, match="cannot hold"):
        launchd.files(SchedulePlan(timing=PLAN.timing, command=("/bin/true", "\udcff")))
