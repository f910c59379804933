"""``python -m release``: the steps of docs/releasing.md."""

import argparse
import datetime
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from release import build, notes, versions
from release.versions import Version

ROOT = Path(__file__).parents[1]


def prepare(root: Path, text: str, date: str) -> str:
    """Make a checkout the one of a release: its version, its notes.

    Args:
        root: The checkout.
        text: The version, or "" for the lowest that may come next.
        date: Its day.

    Returns:
        What was done, and what comes next.

    Raises:
        ValueError: The version is none, not above the last one, or too low for what
            changed since; a fragment is wrong.
    """
    last = notes.last_release(root)
    kinds = {fragment.kind for fragment in notes.read_fragments(root)}
    lowest = versions.least(last, kinds) if last else Version.read("0.1.0")
    version = Version.read(text) if text else lowest
    if not version.is_release:
        raise ValueError(f"{version} is no release")
    if last is not None and version <= last:
        raise ValueError(f"{version} is not above {last}, the last release")
    if version.numbers < lowest.numbers:
        what = ", ".join(sorted(kinds))
        raise ValueError(f"{version} is below {lowest}; there is {what}")
    versions.write(root, version)
    gone = notes.join(root, version, date)
    return (
        f"{version}: {len(gone)} fragments are in {notes.CHANGELOG}. Read it, then\n"
        f"  git add -A && git commit -m 'Release {version}' && git tag -s v{version}\n"
        "  python -m release build dist"
    )


def reopen(root: Path) -> str:
    """Give the code the version of what comes after a release.

    Raises:
        ValueError: It is no release that the code has.
    """
    version = versions.current(root)
    if not version.is_release:
        raise ValueError(f"{version} is no release")
    major, minor, _ = version.numbers
    after = Version((major, minor + 1, 0), 0, 0)
    versions.write(root, after)
    return f"{after}: commit it"


def main(words: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run a step; 1 where it is refused."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    first = steps.add_parser("prepare", help="version, notes, fragments")
    first.add_argument("version", nargs="?", default="")
    first.add_argument(
        "--date", default=f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    )
    second = steps.add_parser("build", help="sdist, wheel, bill, notes, checksums")
    second.add_argument("folder", type=Path)
    second.add_argument("--sign", metavar="KEY", default="", help="a key of gpg's")
    second.add_argument("--no-bill", action="store_true", help="without cyclonedx-bom")
    second.add_argument("--any-state", action="store_true", help="to try it out")
    steps.add_parser("reopen", help="the version of what comes next")
    given = parser.parse_args(words)
    try:
        if given.step == "prepare":
            print(prepare(root, given.version, given.date))
        elif given.step == "reopen":
            print(reopen(root))
        else:
            if not given.any_state:
                build.check_clean(root, versions.current(root))
            made = build.build(
                root, given.folder, bill=not given.no_bill, sign=given.sign
            )
            print(*made, sep="\n")
    except (ValueError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
