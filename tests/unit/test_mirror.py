"""Tests mirror the packages: each module has its test."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"

COMMANDS = "assetstore/cli/commands"


def modules() -> dict[str, list[str]]:
    """The modules that hold code, by folder."""
    found: dict[str, list[str]] = {}
    for top in ("archiver", "assetstore", "restore", "store"):
        for path in sorted((ROOT / top).rglob("*.py")):
            folder = path.parent.relative_to(ROOT).as_posix()
            linked = ("archiver", "restore", "store")
            if folder.startswith(tuple(f"assetstore/{name}" for name in linked)):
                continue  # the same files, through a link
            if path.stem not in ("__init__", "__main__"):
                found.setdefault(folder, []).append(path.stem)
    return found


def untested(folder: str, names: list[str]) -> set[str]:
    """Those of a folder's modules that have no test at their own level."""
    mirror = TESTS / "unit" / folder.removeprefix("assetstore").strip("/")
    found = {name for name in names if not (mirror / f"test_{name}.py").exists()}
    if folder == COMMANDS:  # each has a file that goes through the command line
        integration = TESTS / "integration"
        return {n for n in found if not (integration / f"test_{n}.py").exists()}
    return found


@pytest.mark.parametrize("folder", sorted(modules()))
def test_a_module_has_a_test_at_its_own_level(folder: str) -> None:
    assert untested(folder, modules()[folder]) == set()


def test_a_module_without_one_is_found() -> None:
    assert untested("assetstore/jobs", ["run", "none"]) == {"none"}
    assert untested(COMMANDS, ["purge", "none"]) == {"none"}
