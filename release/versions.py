"""The version scheme of docs/releasing.md: what a version is, and which comes next."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

PLACE = Path("assetstore", "version.py")
_FORM = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+)|\.dev(\d+))?")
_LINE = re.compile(r'^__version__ = "([^"]+)"$', re.M)
_STAGES = ("dev", "a", "b", "rc", "")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A version, in the order in which versions come.

    Attributes:
        numbers: Major, minor and patch.
        stage: 0 for a development version, then alpha, beta, candidate, release.
        number: Of the stage; 0 of a release.
    """

    numbers: tuple[int, int, int]
    stage: int = len(_STAGES) - 1
    number: int = 0

    @classmethod
    def read(cls, text: str) -> "Version":
        """Read one.

        Raises:
            ValueError: It is none of this scheme.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no version such as 0.2.0, 0.2.0rc1")
        major, minor, patch, stage, number, dev = found.groups()
        numbers = int(major), int(minor), int(patch)
        if dev is not None:
            return cls(numbers, 0, int(dev))
        return cls(numbers, _STAGES.index(stage or ""), int(number or 0))

    def __str__(self) -> str:
        stage = _STAGES[self.stage]
        tail = f".dev{self.number}" if stage == "dev" else f"{stage}{self.number}"
        return ".".join(map(str, self.numbers)) + (tail if stage else "")

    @property
    def is_release(self) -> bool:
        """Whether it is one that people are given, candidates included."""
        return self.stage > 0


def least(last: Version, kinds: Collection[str]) -> Version:
    """Give the lowest version that may follow a release, or a candidate for one.

    Args:
        last: The release.
        kinds: The kinds of the fragments since.
    """
    if last.stage < len(_STAGES) - 1:
        return Version(last.numbers)
    major, minor, patch = last.numbers
    if "removed" in kinds and major:
        return Version((major + 1, 0, 0))
    if {"added", "changed", "removed"}.intersection(kinds):
        return Version((major, minor + 1, 0))
    return Version((major, minor, patch + 1))


def current(root: Path) -> Version:
    """Read the version that the code has.

    Raises:
        ValueError: There is none.
    """
    found = _LINE.search((root / PLACE).read_text("utf-8"))
    if found is None:
        raise ValueError(f"{PLACE} has no __version__")
    return Version.read(found[1])


def write(root: Path, version: Version) -> None:
    """Give the code a version."""
    path = root / PLACE
    text = path.read_text("utf-8")
    path.write_text(_LINE.sub(f'__version__ = "{version}"', text), "utf-8")
