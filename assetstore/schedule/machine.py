"""systemd: a timer and a service of the machine's own manager, as a service user."""

import re
from pathlib import Path

from assetstore.errors import UsageError
from assetstore.schedule.base import NOT_FOUND, Host
from assetstore.schedule.systemd import SERVICE, TIMER, Systemd

# A name of a user that a unit may hold as it is.
_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)


class MachineSystemd(Systemd):
    """The machine's systemd, which runs the jobs as a user that is nobody's login.

    Args:
        host: The machine, and who asks.
        user: Who runs the jobs.
        etc: Where the machine's units are, in ``systemd/system``.
        var: Where systemd notes when timers fired.

    Raises:
        UsageError: There is no such user.
    """

    _asked = ("systemctl",)

    def __init__(
        self,
        host: Host,
        user: str,
        *,
        etc: Path = Path("/etc"),
        var: Path = Path("/var/lib"),
    ):
        super().__init__(host)
        self.state = home_of(user) / ".local" / "state" / "assetstore"
        self._as_user = f"User={user}\n"
        self._units = etc / "systemd" / "system"
        self._service = self._units / SERVICE
        self._timer = self._units / TIMER
        self._stamp = var / "systemd" / "timers" / f"stamp-{TIMER}"

    def available(self) -> str:
        """Say why it cannot be used here; "" if it can."""
        if self._host.platform != "linux":
            return "systemd is on Linux only"
        done = self._systemctl("show", "--property=Version")
        if done.code == NOT_FOUND:
            return "there is no systemd here"
        if done.code != 0:
            return f"the machine's systemd does not answer: {done.said}"
        return "" if self._host.uid == 0 else "only root installs for the whole machine"

    def _notes(self) -> tuple[str, ...]:
        if self._systemctl("is-active", TIMER).code == 0:
            return ()
        again = "'assetstore schedule install --system' starts it"
        return (f"{TIMER} is not active: {again}",)


def home_of(user: str) -> Path:
    """The home folder of a user.

    Raises:
        UsageError: There is no such user.
    """
    hint = (
        "Make one: sudo useradd --system --create-home "
        "--home-dir /var/lib/assetstore assetstore; or name another with --as."
    )
    if not _NAME.fullmatch(user):
        raise UsageError(f"{user!r} cannot be the name of a service's user", hint=hint)
    try:
        import pwd

        return Path(pwd.getpwnam(user).pw_dir)
    except (ImportError, KeyError):
        raise UsageError(f"there is no user {user} here", hint=hint) from None
