"""A user's systemd manager, really running, beside nothing of the machine's own.

It runs in mount and process namespaces of its own, with a new /run and a home folder
of the test, below a control group of its own. Only root can make such namespaces.
"""

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from assetstore.schedule.base import Completed

SYSTEMD = "/lib/systemd/systemd"
_GROUPS = (Path("/sys/fs/cgroup/systemd"), Path("/sys/fs/cgroup"))
_SCRIPT = r"""
set -e
mount --bind "$1" "$2"
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir -p /run/systemd/system "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
"$3" --user --log-target=null &
n=0
until systemctl --user is-system-running >/dev/null 2>&1 || [ $n = 100 ]; do
  n=$((n + 1)); sleep 0.1
done
echo started
wait
"""


def _group() -> Path | None:
    """The folder in which a control group can be made."""
    for folder in _GROUPS:
        if (folder / "cgroup.procs").exists() and os.access(folder, os.W_OK):
            return folder
    return None


def missing() -> str:
    """Why a manager cannot be started here, or ""."""
    if os.name == "nt" or os.geteuid() != 0:
        return "only root can give a manager a world of its own"
    for program in (SYSTEMD, "systemctl", "unshare", "nsenter"):
        if shutil.which(program) is None:
            return f"there is no {program} (Debian's package systemd)"
    if Path("/run/systemd/system").exists():
        return "this machine runs systemd itself"
    return "" if _group() else "no control group can be made here"


class UserManager:
    """A running manager of root, whose home is a folder of the test.

    Args:
        home: The folder.
    """

    def __init__(self, home: Path):
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_RUNTIME_DIR": "/run/user/0",
        }
        parent = _group()
        assert parent is not None
        self._group = parent / f"assetstore-test-{secrets.token_hex(4)}"
        self._group.mkdir()
        self._process = subprocess.Popen(
            [
                *("sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', self._group),
                *("unshare", "--cgroup", "--mount", "--pid", "--fork"),
                *("--mount-proc", "--kill-child"),
                *("sh", "-c", _SCRIPT, "sh", self._group, parent, SYSTEMD),
            ],
            stdout=subprocess.PIPE,
            env=self.environment,
        )
        assert self._process.stdout is not None
        started = self._process.stdout.readline() == b"started\n"
        children = f"/proc/{self._process.pid}/task/{self._process.pid}/children"
        pids = Path(children).read_text("ascii").split()
        self._pid = pids[0] if pids else ""
        #: Whether it answers; containers may forbid what it needs.
        self.answers = (
            started
            and bool(pids)
            and self.run(["systemctl", "--user", "show", "--property=Version"]).code
            == 0
        )

    def run(self, words: Sequence[str], stdin: bytes = b"") -> Completed:
        """Run a program beside this manager."""
        enter = ["nsenter", "--target", self._pid, "--mount", "--pid", "--wdns=/", "--"]
        done = subprocess.run(
            [*enter, *words],
            input=stdin,
            capture_output=True,
            check=False,
            env=self.environment,
        )
        return Completed(code=done.returncode, out=done.stdout, err=done.stderr)

    def close(self) -> None:
        """End it, with everything that it started, and its control groups."""
        self._process.kill()
        self._process.communicate()
        for folder, _, _ in os.walk(self._group, topdown=False):
            with contextlib.suppress(OSError):
                Path(folder).rmdir()
