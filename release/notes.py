"""Fragments of changelog.d become notes, and these the top of CHANGELOG.md."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from release.versions import Version

FRAGMENTS = "changelog.d"
CHANGELOG = "CHANGELOG.md"
# In the order in which notes have them: what can hurt first.
KINDS = {
    "security": "Security",
    "removed": "Removed",
    "changed": "Changed",
    "added": "Added",
    "fixed": "Fixed",
    "performance": "Performance",
}
_NAME = re.compile(rf"([a-z0-9]+(?:-[a-z0-9]+)*)\.({'|'.join(KINDS)})\.md")
_HEAD = re.compile(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", re.M)
_TITLE = "# Changelog\n"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A change that users notice.

    Attributes:
        path: The file.
        kind: One of `KINDS`.
        text: What it says.
    """

    path: Path
    kind: str
    text: str


def read_fragments(root: Path) -> list[Fragment]:
    """Read the fragments of a checkout, by name.

    Raises:
        ValueError: One is called, or says, what the README there does not allow.
    """
    found = []
    for path in sorted((root / FRAGMENTS).iterdir()):
        if path.name == "README.md":
            continue
        named = _NAME.fullmatch(path.name)
        text = path.read_text("utf-8").strip()
        if named is None:
            raise ValueError(f"{path.name} is not called TOPIC.KIND.md")
        if not text or text.startswith(("#", "-", "*")):
            raise ValueError(f"{path.name} is not one to three sentences")
        found.append(Fragment(path, named[2], text))
    return found


def section(version: Version, date: str, fragments: Iterable[Fragment]) -> str:
    """Write the notes of a version, as CHANGELOG.md has them.

    Args:
        version: The version.
        date: Its day, such as 2026-01-31.
        fragments: What is new.
    """
    by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for fragment in fragments:
        # The changelog lies a folder higher than the fragment.
        by_kind[fragment.kind].append(fragment.text.replace("](../", "]("))
    lines = [f"## {version} ({date})"]
    for kind, texts in by_kind.items():
        if texts:
            lines += ["", f"### {KINDS[kind]}", ""]
            lines += ["- " + text.replace("\n", "\n  ") for text in texts]
    if len(lines) == 1:
        lines += ["", "Nothing that users notice."]
    return "\n".join(lines) + "\n"


def last_release(root: Path) -> Version | None:
    """The version on top of CHANGELOG.md; None before the first one."""
    found = _HEAD.search(_changelog(root))
    return Version.read(found[1]) if found else None


def notes_of(root: Path, version: Version) -> str:
    """A version's notes from CHANGELOG.md, or "" where it has none."""
    text = _changelog(root)
    heads = list(_HEAD.finditer(text))
    for number, head in enumerate(heads):
        if head[1] == str(version):
            end = heads[number + 1].start() if heads[number + 1 :] else len(text)
            return text[head.start() : end].strip() + "\n"
    return ""


def join(root: Path, version: Version, date: str) -> Sequence[Path]:
    """Put the fragments on top of CHANGELOG.md, and delete them.

    Returns:
        The fragments that are gone.
    """
    fragments = read_fragments(root)
    old = _changelog(root).removeprefix(_TITLE).strip()
    new = section(version, date, fragments)
    text = f"{_TITLE}\n{new}" + (f"\n{old}\n" if old else "")
    (root / CHANGELOG).write_text(text, "utf-8")
    for fragment in fragments:
        fragment.path.unlink()
    return [fragment.path for fragment in fragments]


def _changelog(root: Path) -> str:
    path = root / CHANGELOG
    return path.read_text("utf-8") if path.exists() else ""
