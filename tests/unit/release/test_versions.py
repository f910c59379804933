"""Versions in their order, and which may come next."""

from pathlib import Path

import pytest

from release.versions import PLACE, Version, current, least, write

ROOT = Path(__file__).parents[3]
ORDER = ["0.1.0.dev0", "0.1.0a1", "0.1.0b1", "0.1.0rc1", "0.1.0rc2", "0.1.0", "0.1.1"]


def test_they_come_in_this_order() -> None:
    versions = [Version.read(text) for text in [*ORDER, "0.10.0", "1.0.0"]]
    assert versions == sorted(versions)
    assert len(set(versions)) == len(versions)
    assert [str(version) for version in versions[: len(ORDER)]] == ORDER
    assert [v.is_release for v in versions[:2]] == [False, True]


@pytest.mark.parametrize("text", ["", "1.0", "v1.0.0", "1.0.0.post1", "1.0.0-rc1"])
def test_others_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        Version.read(text)


@pytest.mark.parametrize(
    ("last", "kinds", "expected"),
    [
        ("0.1.0", [], "0.1.1"),
        ("0.1.0", ["fixed", "security"], "0.1.1"),
        ("0.1.3", ["fixed", "added"], "0.2.0"),
        ("0.1.3", ["removed"], "0.2.0"),
        ("0.2.0rc1", ["added"], "0.2.0"),
        ("1.2.3", ["changed"], "1.3.0"),
        ("1.2.3", ["removed", "fixed"], "2.0.0"),
    ],
)
def test_fragments_say_what_comes_next(
    last: str, kinds: list[str], expected: str
) -> None:
    assert str(least(Version.read(last), kinds)) == expected


def test_it_stands_in_the_code(tmp_path: Path) -> None:
    (tmp_path / "assetstore").mkdir()
    (tmp_path / PLACE).write_text((ROOT / PLACE).read_text("utf-8"), "utf-8")
    assert current(tmp_path) == current(ROOT)
    write(tmp_path, Version.read("7.8.9rc1"))
    assert str(current(tmp_path)) == "7.8.9rc1"
    assert (tmp_path / PLACE).read_text("utf-8").startswith('"""')
