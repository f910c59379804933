"""Whether every platform has wheels of all that is installed: nothing is built.

    python -m benchmarks.wheels [--write]

For each platform and each Python that pyproject.toml names, what the package and its
extras need is resolved as it would be there, markers included, with wheels alone: by
uv, which looks at an index and downloads no wheel. Where that fails, each requirement
is resolved by itself, and those without a wheel are named. ``--write`` writes
benchmarks/WHEELS.md; without it, what is not as written there ends with exit code 1.
For a schedule: what changes is another one's release.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "benchmarks" / "WHEELS.md"
# As uv calls them; it takes macOS 13 for the oldest.
PLATFORMS = {
    "Linux x86_64, glibc 2.28": "x86_64-manylinux_2_28",
    "Linux x86_64, glibc 2.34": "x86_64-manylinux_2_34",
    "Linux aarch64, glibc 2.34": "aarch64-manylinux_2_34",
    "Linux x86_64, musl": "x86_64-unknown-linux-musl",
    "Linux aarch64, musl": "aarch64-unknown-linux-musl",
    "macOS x86_64": "x86_64-apple-darwin",
    "macOS arm64": "aarch64-apple-darwin",
    "Windows amd64": "x86_64-pc-windows-msvc",
}
EXTRAS = ("codecs", "mcp", "view")
_PIN = re.compile(r"^([\w.-]+)==([^\s;]+)", re.M)


class Answer(NamedTuple):
    """What came of one platform and one Python.

    Attributes:
        pins: The version of each package.
        lacking: The requirements without a wheel, by the extra; "": of the base.
    """

    pins: dict[str, str]
    lacking: dict[str, list[str]]


def requirements() -> dict[str, list[str]]:
    """What is needed, by the extra; "" is the base."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    return {"": project["dependencies"], **{name: extras[name] for name in EXTRAS}}


def pythons() -> list[str]:
    """The versions of Python that the package is for."""
    text = (ROOT / "pyproject.toml").read_text()
    return re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text)


def resolved(
    needed: Sequence[str], platform: str, python: str
) -> tuple[dict[str, str], str]:
    """Resolve requirements with wheels alone.

    Returns:
        The versions, and what uv said where there are none.
    """
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "compile", "-", "--only-binary=:all:"),
            *("--no-config", "--no-header", "--no-annotate", "--quiet"),
            f"--python={sys.executable}",
            f"--python-platform={platform}",
            f"--python-version={python}",
        ],
        input="\n".join(needed),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        return {}, ran.stderr.strip() or f"exit code {ran.returncode}"
    return dict(_PIN.findall(ran.stdout)), ""


def answer(platform: str, python: str) -> Answer:
    """Ask for one platform and one Python."""
    needed = requirements()
    pins, failed = resolved(
        [r for some in needed.values() for r in some], platform, python
    )
    if not failed:
        return Answer(pins, {})
    lacking: dict[str, list[str]] = defaultdict(list)
    for extra, some in needed.items():
        for requirement in some:
            alone, why = resolved([requirement], platform, python)
            pins |= alone
            if why:
                lacking[extra].append(requirement.partition(";")[0])
    # Each by itself there is, and not all of them together.
    return Answer(pins, dict(lacking) or {"": [failed.splitlines()[0]]})


def older(answers: Iterable[Answer]) -> dict[str, set[str]]:
    """The versions of packages that are not the same everywhere."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in answers:
        for name, version in each.pins.items():
            found[name].add(version)
    return {name: versions for name, versions in found.items() if len(versions) > 1}


def table(found: dict[tuple[str, str], Answer], versions: Sequence[str]) -> str:
    """The answers in Markdown."""
    rows = [
        f"| | {' | '.join(versions)} |",
        f"|---|{'---|' * len(versions)}",
    ]
    for name in PLATFORMS:
        cells = []
        for python in versions:
            lacking = found[name, python].lacking
            said = "; ".join(
                f"{extra or 'base'}: {', '.join(some)}"
                for extra, some in lacking.items()
            )
            cells.append(said or "all")
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def document(found: dict[tuple[str, str], Answer], versions: Sequence[str]) -> str:
    """What `--write` writes."""
    different = older(found.values())
    lines = [
        f"- {name}: {', '.join(sorted(different[name]))}" for name in sorted(different)
    ]
    names = {name for each in found.values() for name in each.pins}
    said = "\n".join(lines) if lines else "Every package has one version everywhere."
    return f"""\
# Wheels for every platform

`python -m benchmarks.wheels --write` wrote this: whether the package and its extras
{", ".join(f"`{extra}`" for extra in EXTRAS)} can be installed without building anything.
"all": what is asked for there has wheels, {len(names)} packages altogether. What a marker leaves out
(lepton-jpeg-python, see docs/install.md) is not asked for.

{table(found, versions)}

Packages of which a platform or a Python gets another version than others:

{said}
"""


def main() -> int:
    """Ask for all, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    versions, found = pythons(), {}
    for name, platform in PLATFORMS.items():
        for python in versions:
            found[name, python] = answer(platform, python)
    if given.write:
        TARGET.write_text(document(found, versions))
    print(table(found, versions))
    return int(table(found, versions) not in TARGET.read_text())


if __name__ == "__main__":
    sys.exit(main())
