"""Fragments become notes, on top of what was there."""

from pathlib import Path

import pytest

from release import notes
from release.versions import Version

ROOT = Path(__file__).parents[3]
FIRST, SECOND = Version.read("0.1.0"), Version.read("0.2.0rc1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "changelog.d" / "README.md").write_text("# How\n")
    return tmp_path


def put(root: Path, name: str, text: str) -> None:
    (root / "changelog.d" / name).write_text(text)


def test_those_of_this_checkout_are_as_the_readme_says() -> None:
    fragments = notes.read_fragments(ROOT)
    assert {fragment.kind for fragment in fragments} <= set(notes.KINDS)
    text = (ROOT / "changelog.d" / "README.md").read_text("utf-8")
    assert all(f"`{kind}`" in text for kind in notes.KINDS)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("topic.md", "It is so.", "TOPIC.KIND.md"),
        ("topic.better.md", "It is so.", "TOPIC.KIND.md"),
        ("Topic.fixed.md", "It is so.", "TOPIC.KIND.md"),
        ("topic.fixed.txt", "It is so.", "TOPIC.KIND.md"),
        ("topic.fixed.md", " \n", "sentences"),
        ("topic.fixed.md", "- a list", "sentences"),
    ],
)
def test_others_are_refused(root: Path, name: str, text: str, said: str) -> None:
    put(root, name, text)
    with pytest.raises(ValueError, match=said):
        notes.read_fragments(root)


def test_they_go_on_top_by_kind_and_are_gone(root: Path) -> None:
    put(root, "a-b.added.md", "New\nhere ([x](../docs/x.md)).\n")
    put(root, "z.security.md", "Safe.\n")
    assert notes.last_release(root) is None
    gone = notes.join(root, FIRST, "2026-01-31")
    assert [path.name for path in gone] == ["a-b.added.md", "z.security.md"]
    first = (
        "## 0.1.0 (2026-01-31)\n\n### Security\n\n- Safe.\n\n"
        "### Added\n\n- New\n  here ([x](docs/x.md)).\n"
    )
    path = root / "CHANGELOG.md"
    assert path.read_text() == f"# Changelog\n\n{first}"
    assert [p.name for p in (root / "changelog.d").iterdir()] == ["README.md"]
    notes.join(root, SECOND, "2026-02-01")
    second = "## 0.2.0rc1 (2026-02-01)\n\nNothing that users notice.\n"
    assert path.read_text() == f"# Changelog\n\n{second}\n{first}"
    assert notes.last_release(root) == SECOND
    assert notes.notes_of(root, FIRST) == first
    assert notes.notes_of(root, SECOND) == second
    assert notes.notes_of(root, Version.read("0.3.0")) == ""
