"""Debian's cron, really running, and seeing nothing of the machine's own.

It runs in mount and process namespaces of its own, where the folders of crontabs,
/etc/crontab and the folders of system jobs are empty and /run is new: nothing of the
machine's is read, run or written. Only root can make such namespaces.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assetstore.schedule.base import Completed

CRON = "/usr/sbin/cron"
# Everything below is gone with the namespace.
_SCRIPT = r"""
set -e
mount -t tmpfs -o mode=0755 tmpfs /run
for folder in /etc/cron.*; do
  [ ! -d "$folder" ] || mount -t tmpfs -o mode=0755 tmpfs "$folder"
  touch -d 2020-01-01 "$folder"
done
mount -t tmpfs -o mode=1730 tmpfs /var/spool/cron/crontabs
# cron takes the newest time of all these, by the second, and would not see a change
# in the second that one of them is from.
touch -d 2020-01-01 /var/spool/cron/crontabs "$1"
[ ! -e /etc/crontab ] || mount --bind "$1" /etc/crontab
echo $$
exec "$2" -f
"""


def missing() -> str:
    """Why cron cannot be started here, or ""."""
    if os.name == "nt" or os.geteuid() != 0:
        return "only root can give cron a world of its own"
    for program in (CRON, "crontab", "unshare", "nsenter"):
        if shutil.which(program) is None:
            return f"there is no {program} (Debian's package cron)"
    if not Path("/var/spool/cron/crontabs").is_dir():
        return "there is no folder of crontabs"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "x", "/mnt"],
        capture_output=True,
        check=False,
    )
    said = tried.stderr.decode("utf-8", "replace").strip()
    return f"no namespaces here: {said}" if tried.returncode else ""


class RealCron:
    """A running cron. Its crontabs are empty at first.

    Args:
        folder: For what it needs on disk.
    """

    def __init__(self, folder: Path):
        empty = folder / "etc-crontab"
        empty.write_bytes(b"")
        self._process = subprocess.Popen(
            [
                *("unshare", "--mount", "--pid", "--fork", "--mount-proc"),
                *("--kill-child", "sh", "-c", _SCRIPT, "sh", str(empty), CRON),
            ],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"1\n", "cron did not start"
        # unshare's child, as it is numbered outside
        children = f"/proc/{self._process.pid}/task/{self._process.pid}/children"
        self._pid = Path(children).read_text("ascii").split()[0]

    def words(self, words: Sequence[str]) -> list[str]:
        """The command line of a command beside this cron."""
        enter = ["nsenter", "--target", self._pid, "--mount", "--pid"]
        return [*enter, "--wdns=/", "--", *words]

    def run(self, words: Sequence[str], stdin: bytes = b"") -> Completed:
        """Run a program beside this cron."""
        done = subprocess.run(
            self.words(words), input=stdin, capture_output=True, check=False
        )
        return Completed(code=done.returncode, out=done.stdout, err=done.stderr)

    def wait(self, done: Callable[[], bool], *, minutes: int = 3) -> bool:
        """Wait for what cron does at full minutes.

        Returns:
            Whether it was done.
        """
        for _ in range(minutes * 240):
            if done():
                return True
            assert self._process.poll() is None, "cron ended"
            time.sleep(0.25)
        return False

    def close(self) -> None:
        """End it, and everything that it started."""
        self._process.kill()
        self._process.communicate()
