"""Units of the machine's own systemd, for a service user."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assetstore.errors import UsageError
from assetstore.schedule import manage
from assetstore.schedule.base import Completed, Host
from assetstore.schedule.machine import MachineSystemd
from assetstore.schedule.plan import SchedulePlan, timing
from assetstore.schedule.systemd import SERVICE, TIMER

pwd = pytest.importorskip("pwd")
USER = pwd.getpwuid(os.getuid()).pw_name
PLAN = SchedulePlan(
    timing=timing(None, None, 17),
    command=(sys.executable, "-P", "-m", "assetstore", "run"),
    environment={"ASSETSTORE_STORE": "/srv/store"},
)


class Manager:
    """The machine's manager, which knows whether the timer is active."""

    def __init__(self) -> None:
        self.active = False

    def __call__(self, words: Sequence[str], stdin: bytes) -> Completed:
        assert words[0] == "systemctl"
        assert "--user" not in words
        if words[1] in ("restart", "disable"):
            self.active = words[1] == "restart"
        failed = words[1] == "is-active" and not self.active
        return Completed(code=3 if failed else 0)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    home = tmp_path / "root"
    return Host(platform="linux", home=home, environment={}, uid=0, run=Manager())


@pytest.fixture
def machine(host: Host, tmp_path: Path) -> MachineSystemd:
    return MachineSystemd(host, USER, etc=tmp_path / "etc", var=tmp_path / "var")


def test_install_and_remove(machine: MachineSystemd, tmp_path: Path) -> None:
    assert machine.available() == ""
    known = {machine.name: machine}
    assert manage.place(machine, PLAN, known).changed
    assert not manage.place(machine, PLAN, known).changed
    units = tmp_path / "etc" / "systemd" / "system"
    assert {path.name for path in units.iterdir()} == {SERVICE, TIMER}
    service = (units / SERVICE).read_text()
    assert f"\nUser={USER}\n" in service
    assert 'Environment="ASSETSTORE_STORE=/srv/store"' in service
    assert "NoNewPrivileges=yes" in service
    found = machine.installed()
    assert found is not None
    assert (found.command, found.timing, found.notes) == (PLAN.command, PLAN.timing, ())
    assert not (tmp_path / "root").exists()
    assert manage.remove(known) == ["systemd"]
    assert list(units.iterdir()) == []


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze"
)
def test_systemd_takes_the_units(machine: MachineSystemd, tmp_path: Path) -> None:
    for name, text in machine.files(PLAN).items():
        (tmp_path / Path(name).name).write_text(text)
    words = ["systemd-analyze", "verify", str(tmp_path / SERVICE)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "Unknown" not in done.stderr, done.stderr


def test_who_may_and_who_may_not(
    machine: MachineSystemd, host: Host, tmp_path: Path
) -> None:
    mine = replace(host, uid=1000)
    other = MachineSystemd(mine, USER, etc=tmp_path, var=tmp_path)
    assert other.available() == "only root installs for the whole machine"
    assert (
        "Linux only"
        in MachineSystemd(replace(host, platform="darwin"), USER).available()
    )
    for name in ("no_such_user_here", "a b", "%i", "-x", ""):
        with pytest.raises(UsageError) as caught:
            MachineSystemd(host, name)
        assert "useradd --system" in caught.value.hint


def test_of_root_s_environment_only_our_own_is_taken() -> None:
    environment = {
        "ASSETSTORE_STORE": "/srv/store",
        "ASSETSTORE_CONFIG": "none",
        "XDG_STATE_HOME": "/root/state",
        "CODEX_HOME": "/root/.codex",
    }
    carried = manage.carried(environment, to_others=True)
    assert carried == {"ASSETSTORE_STORE": "/srv/store", "ASSETSTORE_CONFIG": "none"}
    assert manage.carried(environment).keys() == environment.keys()
