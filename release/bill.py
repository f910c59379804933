"""The bill of materials: what all of an installation takes, as the lock pins it."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from release.versions import current

LOCK = "requirements.lock"
NAME = "assetstore"
# What users can install; the lock has what tests need as well.
EXTRAS = ("codecs", "mcp", "view")
_PIN = re.compile(r"([A-Za-z0-9._-]+)==")
_NEED = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^]]*)\])?[^;]*(?:;(.*))?")
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
Requires = Callable[[str], Sequence[str]]


def canonical(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """The entries of a lock, hashes and all, by the package's name.

    A package has two where one of its versions is not for every Python.
    """
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", text.strip()):
        if pin := _PIN.match(entry):
            name = canonical(pin[1])
            found[name] = f"{found[name]}\n{entry}" if name in found else entry
    return found


def needed(
    name: str, extras: Iterable[str], locked: Mapping[str, str], requires: Requires
) -> list[str]:
    """List what a package takes, and what that takes, as far as the lock has it.

    A dependency counts on whatever system or Python it is for; the lock says which.

    Args:
        name: The package.
        extras: Of it.
        locked: What the lock pins.
        requires: Gives a package's requirements; [] where it is not installed.
    """
    found: set[str] = set()
    left = [(canonical(name), frozenset(extras))]
    seen = set(left)
    while left:
        package, chosen = left.pop()
        for need in requires(package):
            parts = _NEED.fullmatch(need)
            if parts is None:
                continue
            asked = frozenset(map(str.strip, (parts[2] or "").split(","))) - {""}
            of = set(_EXTRA.findall(parts[3] or ""))
            other = canonical(parts[1]), asked
            if (of and not of & chosen) or other[0] not in locked or other in seen:
                continue
            seen.add(other)
            found.add(other[0])
            left.append(other)
    return sorted(found)


def installed(name: str) -> Sequence[str]:
    """What an installed package requires; [] where it is not installed."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def write_bill(root: Path, target: Path) -> int:
    """Write the bill, in CycloneDX's JSON, by the package cyclonedx-bom.

    Args:
        root: The checkout.
        target: The file.

    Returns:
        How many packages it names.

    Raises:
        ValueError: The environment lacks a package that assetstore needs, or the lock.
        subprocess.CalledProcessError: The package failed.
    """
    locked = pins((root / LOCK).read_text("utf-8"))
    names = needed(NAME, EXTRAS, locked, installed)
    direct = [_NEED.fullmatch(need) for need in installed(NAME)]
    missing = {canonical(p[1]) for p in direct if p and not p[3]} - set(names)
    if missing or not names:
        raise ValueError(f"{LOCK} does not pin {', '.join(sorted(missing)) or NAME}")
    done = subprocess.run(  # noqa: S603 a package of the group "release"
        [
            *(sys.executable, "-m", "cyclonedx_py", "requirements", "-"),
            *("--pyproject", str(root / "pyproject.toml"), "--mc-type", "application"),
            *("--output-reproducible", "--of", "JSON"),
        ],
        input="\n".join(locked[name] for name in names).encode(),
        capture_output=True,
        check=True,
    )
    bill = json.loads(done.stdout)
    # pyproject.toml leaves it to the code.
    bill["metadata"]["component"]["version"] = str(current(root))
    target.write_text(json.dumps(bill, indent=1) + "\n", "utf-8")
    return len(names)
