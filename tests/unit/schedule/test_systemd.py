"""Units of systemd: their text, judged by systemd-analyze, and their installation."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import ScheduleError
from assetstore.schedule.base import NOT_FOUND, Completed, Host
from assetstore.schedule.plan import POSSIBLE, SchedulePlan, timing
from assetstore.schedule.systemd import SERVICE, TIMER, Systemd

PLAN = SchedulePlan(
    timing=timing(None, None, 17),
    command=(sys.executable, "-P", "-m", "assetstore", "run", "a 100% $x 'b' \"c\" ;"),
    environment={"CODEX_HOME": '/a % b/"c" \\ $d'},
)
ANALYZE = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze"
)


class Manager:
    """A user manager that knows whether the timer is active."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.active = False
        self.fails = ""
        self.linger = b"Linger=yes\n"
        self.next = b""

    def __call__(self, words: Sequence[str], stdin: bytes) -> Completed:
        if words[0] == "loginctl":
            return Completed(code=0, out=self.linger)
        assert words[:2] == ["systemctl", "--user"]
        verb = words[2]
        self.called.append(verb)
        if verb == self.fails:
            return Completed(code=1, err=b"it does not please\n")
        if verb == "is-active":
            return Completed(code=0 if self.active else 3)
        if verb == "show":
            return Completed(code=0, out=self.next)
        if verb in ("restart", "disable"):
            self.active = verb == "restart"
        return Completed(code=0)


@pytest.fixture
def manager() -> Manager:
    return Manager()


@pytest.fixture
def systemd(manager: Manager, tmp_path: Path) -> Systemd:
    return Systemd(
        Host(platform="linux", home=tmp_path, environment={}, uid=1000, run=manager)
    )


def files_in(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_install_twice_and_remove(
    systemd: Systemd, manager: Manager, tmp_path: Path
) -> None:
    assert systemd.available() == ""
    assert systemd.installed() is None
    assert systemd.install(PLAN, dry_run=True)
    assert files_in(tmp_path) == []
    assert systemd.install(PLAN)
    units = ".config/systemd/user"
    assert files_in(tmp_path) == [f"{units}/{SERVICE}", f"{units}/{TIMER}"]
    assert manager.called[-3:] == ["daemon-reload", "enable", "restart"]
    assert not systemd.install(PLAN)
    there = systemd.installed()
    assert there is not None
    assert there.command == PLAN.command
    assert there.timing == PLAN.timing
    assert there.schedule == "*-*-* *:17:00"
    assert there.notes == ()

    other = SchedulePlan(timing=timing(900, None, 17), command=PLAN.command)
    assert systemd.install(other)
    assert systemd.remove(dry_run=True)
    assert len(files_in(tmp_path)) == 2
    stamp = tmp_path / ".local/share/systemd/timers" / f"stamp-{TIMER}"
    stamp.parent.mkdir(parents=True)
    stamp.touch()
    wants = tmp_path / units / "timers.target.wants" / TIMER
    wants.parent.mkdir()
    wants.symlink_to(tmp_path / units / TIMER)
    assert systemd.remove()
    assert files_in(tmp_path) == []
    assert not os.path.lexists(wants)
    assert not systemd.remove()


def test_what_would_keep_it_from_running_is_told(
    systemd: Systemd, manager: Manager
) -> None:
    systemd.install(PLAN)
    manager.active = False
    manager.linger = b"Linger=no\n"
    there = systemd.installed()
    assert there is not None
    assert "not active" in there.notes[0]
    assert "loginctl enable-linger" in there.notes[1]
    assert systemd.install(PLAN)
    assert manager.active


@pytest.mark.parametrize("verb", ["daemon-reload", "enable", "restart"])
def test_a_failure_leaves_what_was_there(
    systemd: Systemd, manager: Manager, tmp_path: Path, verb: str
) -> None:
    manager.fails = verb
    with pytest.raises(ScheduleError, match="it does not please"):
        systemd.install(PLAN)
    assert files_in(tmp_path) == []
    manager.fails = ""
    systemd.install(PLAN)
    before = systemd.installed()
    manager.fails = verb
    with pytest.raises(ScheduleError, match=verb):
        systemd.install(
            SchedulePlan(timing=timing(60, None, 0), command=("/bin/true",))
        )
    assert systemd.installed() == before


@pytest.mark.parametrize("name", [SERVICE, TIMER])
def test_a_unit_of_somebody_else_is_left_alone(
    systemd: Systemd, tmp_path: Path, name: str
) -> None:
    path = tmp_path / ".config/systemd/user" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"[Unit]\nDescription=mine\n")
    with pytest.raises(ScheduleError, match="not made by assetstore"):
        systemd.install(PLAN)
    assert systemd.installed() is None
    assert not systemd.remove()
    assert files_in(tmp_path) == [f".config/systemd/user/{name}"]
    assert path.read_bytes() == b"[Unit]\nDescription=mine\n"


def test_where_it_cannot_be_used(tmp_path: Path) -> None:
    def host(platform: str, done: Completed) -> Systemd:
        return Systemd(
            Host(
                platform=platform,
                home=tmp_path,
                environment={},
                uid=0,
                run=lambda words, stdin: done,
            )
        )

    assert "Linux only" in host("darwin", Completed(code=0)).available()
    assert "no systemd" in host("linux", Completed(code=NOT_FOUND)).available()
    no_bus = Completed(code=1, err=b"Failed to connect to bus: No medium found\n")
    assert "No medium found" in host("linux", no_bus).available()


def test_the_next_run_is_what_the_manager_says(
    systemd: Systemd, manager: Manager
) -> None:
    now = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
    assert systemd.next_run(now) is None
    systemd.install(PLAN)
    assert systemd.next_run(now) == PLAN.timing.next_run(now)
    manager.next = b"NextElapseUSecRealtime=@1790000000\n"
    assert systemd.next_run(now) == datetime.fromtimestamp(1_790_000_000, UTC)


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=9)


@given(st.lists(WORDS, max_size=4))
def test_the_command_is_read_as_it_was_written(words: list[str]) -> None:
    host = Host(platform="linux", home=Path("/h"), environment={}, uid=1, run=Manager())
    plan = SchedulePlan(timing=timing(None, None, 1), command=("/bin/x", *words))
    service, _ = Systemd(host).files(plan).values()
    line = next(x for x in service.split("\n") if x.startswith("ExecStart="))
    from assetstore.schedule.systemd import _unquoted

    assert tuple(_unquoted(line.removeprefix("ExecStart=:"))) == plan.command


@pytest.mark.parametrize("word", ["a\nb", "\udcff", "\x1b"])
def test_what_a_unit_cannot_hold_is_refused(systemd: Systemd, word: str) -> None:
    plan = SchedulePlan(timing=timing(None, None, 0), command=("/bin/true", word))
    with pytest.raises(ScheduleError, match="cannot hold") as caught:
        systemd.files(plan)
    assert "--scheduler cron" in caught.value.hint


def written(systemd: Systemd, folder: Path, plan: SchedulePlan) -> list[str]:
    names = []
    for name, text in systemd.files(plan).items():
        path = folder / Path(name).name
        path.write_text(text, "utf-8")
        names.append(str(path))
    return names


@ANALYZE
@pytest.mark.parametrize("every", POSSIBLE)
def test_systemd_finds_no_fault(systemd: Systemd, tmp_path: Path, every: int) -> None:
    plan = SchedulePlan(
        timing=timing(every, None, 59),
        command=PLAN.command,
        environment=PLAN.environment,
    )
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", *written(systemd, tmp_path, plan)],
        capture_output=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    said = done.stderr.decode() + done.stdout.decode()
    ours = [line for line in said.splitlines() if "assetstore" in line]
    assert (done.returncode, ours) == (0, [])


@ANALYZE
def test_systemd_rates_the_exposure_as_medium_at_most(
    systemd: Systemd, tmp_path: Path
) -> None:
    service, _ = written(systemd, tmp_path, PLAN)
    done = subprocess.run(
        [
            *("systemd-analyze", "security", "--offline=true", "--threshold=70"),
            service,
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
