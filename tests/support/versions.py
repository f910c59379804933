"""Which versions of the clients are run: the newest on npm, and older ones."""

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass

import platformdirs
from filelock import FileLock

_DAY = 86_400
_FORM = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a client.

    Attributes:
        package: Its name on npm.
        seen: The newest one that the docs tell of; run where npm is not reachable.
        older: Older ones, run where ``$ASSETSTORE_TEST_VERSIONS`` is ``all``.
    """

    package: str
    seen: str
    older: tuple[str, ...]

    @property
    def chosen(self) -> list[str]:
        """Those that are run, the newest first."""
        all = os.environ.get("ASSETSTORE_TEST_VERSIONS") == "all"
        return [newest(self.package, self.seen), *(self.older if all else ())]


CLAUDE_CODE = Versions(
    "@anthropic-ai/claude-code", "2.1.332", ("2.1.112", "2.1.220", "2.0.77")
)


def newest(package: str, otherwise: str) -> str:
    """The newest version of a package on npm, looked up once a day.

    All processes of a run are told the same.
    """
    folder = platformdirs.user_cache_path("assetstore-tests", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{package.rpartition('/')[2]}.newest"
    with FileLock(f"{kept}.lock"):
        try:
            if kept.stat().st_mtime > time.time() - _DAY:
                return kept.read_text("utf-8")
        except FileNotFoundError:
            pass
        found = _looked_up(package) or otherwise
        kept.write_text(found, "utf-8")
        return found


def _looked_up(package: str) -> str:
    npm = shutil.which("npm")
    if npm is None:
        return ""
    words = [npm, "view", "--fetch-retries=0", "--fetch-timeout=10000"]
    done = subprocess.run(
        [*words, package, "version"], capture_output=True, check=False, text=True
    )
    found = done.stdout.strip()
    return found if done.returncode == 0 and _FORM.fullmatch(found) else ""


def number(version: str) -> tuple[int, ...]:
    """A version, to be compared."""
    return tuple(int(part) for part in version.split("."))
