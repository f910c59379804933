"""A real user manager takes the units, runs the service and forgets them."""

import json
import os
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assetstore.schedule.base import Host
from assetstore.schedule.plan import SchedulePlan, timing
from assetstore.schedule.systemd import SERVICE, TIMER, Systemd
from support.manager import UserManager, missing

pytestmark = pytest.mark.real_systemd

# What jobs do: write files with any mode and owner, see who has a file open, call an
# address, start programs, keep extended attributes and times.
WORK = """
import json, os, pathlib, socket, subprocess, sys
out = pathlib.Path(sys.argv[1])
said = {"words": sys.argv[2:], "home": os.environ["CODEX_HOME"]}
file = out / "file"
file.write_bytes(b"x")
os.chown(file, os.getuid(), os.getgid())
os.chmod(file, 0o4755)
os.utime(file, (1, 1))
try:
    os.setxattr(file, "user.x", b"1")
except OSError as e:
    assert e.errno == 95, e
os.replace(file, out / "moved")
said["nice"] = os.nice(0)
said["policy"] = os.sched_getscheduler(0) == os.SCHED_IDLE
said["open"] = len(os.listdir("/proc/1/fd")) > 0
for family in (socket.AF_INET, socket.AF_UNIX):
    socket.socket(family, socket.SOCK_STREAM).close()
said["io"] = subprocess.run(["ionice"], capture_output=True).stdout.decode().strip()
tried = subprocess.run(["unshare", "--user", "true"], capture_output=True)
said["namespaces"] = tried.returncode == 0
(out / "said.tmp").write_text(json.dumps(said))
os.replace(out / "said.tmp", out / "said")
"""


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UserManager]:
    why = missing()
    if why:
        pytest.skip(why)
    started = UserManager(tmp_path_factory.mktemp("home"))
    try:
        if not started.answers:
            pytest.skip("no user manager starts here")
        yield started
    finally:
        started.close()


def test_units_are_taken_run_and_forgotten(
    manager: UserManager, tmp_path: Path
) -> None:
    home = Path(manager.environment["HOME"])
    host = Host(
        platform="linux", home=home, environment={}, uid=os.getuid(), run=manager.run
    )
    out = tmp_path / "50% of 'all' \"folders\" $HOME ;"
    out.mkdir()
    words = ["%", "%%h", "a  b", "'", '"', "$HOME", "\\", "ü", "`x`", "", "~", "#", ";"]
    code = tmp_path / "work.py"
    code.write_text(WORK)
    plan = SchedulePlan(
        timing=timing(None, None, 17),
        command=(sys.executable, str(code), str(out), *words),
        environment={"CODEX_HOME": '/x/100% "mine" \\ $y'},
    )
    systemd = Systemd(host)
    assert systemd.available() == ""
    assert systemd.install(plan)
    assert not systemd.install(plan)
    there = systemd.installed()
    assert there is not None
    assert there.command == plan.command
    assert not [note for note in there.notes if "not active" in note]

    now = datetime.now(UTC)
    then = systemd.next_run(now)
    assert then is not None
    assert timedelta(0) <= then - now <= timedelta(hours=1, minutes=6)

    ran = manager.run(["systemctl", "--user", "start", SERVICE])
    assert ran.code == 0, ran.err
    said = json.loads((out / "said").read_text())
    assert said == {
        "words": words,
        "home": '/x/100% "mine" \\ $y',
        "nice": 19,
        "policy": True,
        "open": True,
        "io": "idle",
        "namespaces": False,
    }
    moved = (out / "moved").stat()
    assert stat.S_IMODE(moved.st_mode) == 0o4755
    assert moved.st_mtime == 1

    assert systemd.remove()
    assert not systemd.remove()
    assert [p for p in home.rglob("*") if p.is_file() or p.is_symlink()] == []
    state = manager.run(["systemctl", "--user", "is-active", TIMER])
    assert state.out.strip() == b"inactive"
    shown = manager.run(["systemctl", "--user", "cat", SERVICE])
    assert shown.code != 0
