"""Bundles that lead somewhere else, or are not what they say."""

import os
from pathlib import Path

import pytest

from support.crafted_bundle import CraftedBundle
from support.homes import THREAD
from support.program import Program

PLACES = [
    "projects/../x.jsonl",
    "projects/.. /../x.jsonl",
    "sessions/../../../x.jsonl",
    "/absolute/x.jsonl",
    "//server/share/x.jsonl",
    "~/x.jsonl",
    "C:/x.jsonl",
    "projects/C:/x.jsonl",
    "projects\\..\\..\\x.jsonl",
    "projects/p/..\\x.jsonl",
    "projects/p/x.jsonl:stream.jsonl",
    "projects/./x.jsonl",
    "projects/p//x.jsonl",
    "projects/CON/x.jsonl",
    "projects/nul.p/x.jsonl",
    "projects/p/AUX.jsonl",
    "projects/p/com1.x.jsonl",
    "projects/p./x.jsonl",
    "projects/p /x.jsonl",
    "projects/\uff0e\uff0e/x.jsonl",
    "projects/p\u0301/x.jsonl",
    "projects/\u2025/x.jsonl",
    "sessions/\uff12\uff10\uff12\uff16/11/22/x.jsonl",
    "PROJECTS/p/x.jsonl",
    "projects/p/x.JSONL",
    "projects/p/x\0.jsonl",
    "projects/p/x\n.jsonl",
    "projects/p/\x1b[2J.jsonl",
    "config.toml",
    "auth.json",
    "hooks/x.jsonl",
    "projects/" + "p" * 300 + "/x.jsonl",
]


@pytest.fixture
def agents(program: Program) -> Program:
    program.environment["CODEX_HOME"] = str(program.folder / ".codex")
    return program


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()}


def mine(agents: Program) -> set[str]:
    """All files but those that assetstore keeps for itself."""
    own = ("store/", "xdg/")
    return {name for name in files(agents.folder) if not name.startswith(own)}


def test_a_place_that_is_none(agents: Program) -> None:
    bundle = CraftedBundle(agents)
    bundle.imported("--to", "unused/../unused")  # the file itself, and the store
    before = mine(agents)
    for place in PLACES:
        bundle.about["place"] = place
        ran = bundle.imported("--to", "home/inner")
        assert ran.code == 12, (place, ran.err)
        assert "its thread's place is" in ran.err, place
        assert mine(agents) == before, place


def test_a_link_on_the_way(agents: Program) -> None:
    bundle = CraftedBundle(agents)
    outside = agents.folder / "outside"
    outside.mkdir()
    (agents.folder / "home").mkdir()
    (agents.folder / "home" / "sessions").symlink_to(outside)
    ran = bundle.imported("--to", "home")
    assert ran.code == 1
    assert "a link leads" in ran.err
    assert list(outside.iterdir()) == []


def test_a_link_in_the_place_itself(agents: Program) -> None:
    bundle = CraftedBundle(agents)
    outside = agents.folder / "outside"
    outside.write_text("precious")
    place = agents.folder / "home" / bundle.about["place"]
    place.parent.mkdir(parents=True)
    for target in (outside, agents.folder / "not there"):
        place.symlink_to(target)
        assert bundle.imported("--to", "home").code == 1
        assert outside.read_text() == "precious"
        assert not (agents.folder / "not there").exists()
        place.unlink()


@pytest.mark.parametrize(
    "id", ["../../x", "..", ".", "NUL", "con", "a/b", "a\\b", "\x1b[2J", "é" * 200, ""]
)
def test_a_name_that_is_no_name(agents: Program, id: str) -> None:
    """A log without a place is named after its thread."""
    bundle = CraftedBundle(agents)
    bundle.about |= {"place": "", "thread": id}
    ran = bundle.imported("--to", "home")
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.err + ran.out.decode()
    (name,) = os.listdir(agents.folder / "home")
    assert name.isprintable()
    assert name.partition(".")[0].upper() not in ("NUL", "CON")
    assert not list(agents.folder.glob("*.jsonl"))


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/absolute/evil",
        "store/../../evil",
        "store/packs/../../../evil",
        "store/locks/evil",
        "store/tmp/evil",
        "store/packs/e\\v/../il",
        "store/packs/é",
        "STORE/packs/evil",
        "Thread.jsonl",
        "bundle.json/evil",
        "nested.zip",
        "store/packs.tar",
    ],
)
def test_an_entry_that_none_has(agents: Program, name: str) -> None:
    bundle = CraftedBundle(agents)
    bundle.files[name] = b"PK\3\4"
    ran = bundle.imported("--to", "home")
    assert ran.code == 12, ran.err
    assert not (agents.folder / "home").exists()
    assert [path for path in mine(agents) if "evil" in path] == ["evil"]  # itself
    assert not (agents.folder.parent / "evil").exists()


@pytest.mark.parametrize("name", ["thread.jsonl", "bundle.json", "store/config"])
def test_an_entry_that_is_there_twice(agents: Program, name: str) -> None:
    ran = CraftedBundle(agents).imported("--to", "home", twice=name)
    assert ran.code == 12, ran.err
    assert not (agents.folder / "home").exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"modified": 1 << 80},
        {"modified": -(1 << 80)},
        {"modified": "soon"},
        {"modified": None},
        {"modified": 1e300},
        {"size": -1},
        {"size": 1 << 70},
        {"size": 3.5},
        {"size": True},
        {"blake3": ["x"]},
        {"blake3": None},
        {"version": "1"},
        {"client": {}, "place": 5},
    ],
)
def test_facts_that_are_none(agents: Program, facts: dict[str, object]) -> None:
    bundle = CraftedBundle(agents)
    bundle.about |= facts
    ran = bundle.imported("--to", "home")
    assert ran.code == 12, ran.err
    assert "defect" not in ran.err
    assert not (agents.folder / "home").exists()


def test_sums_that_are_others(agents: Program) -> None:
    bundle = CraftedBundle(agents)
    for name in list(bundle.files):
        for sum in ("00" * 32, "", "é"):
            bundle.said = {name: sum}
            ran = bundle.imported("--to", "home")
            assert ran.code == 12, (name, ran.err)
            assert not (agents.folder / "home").exists()
    bundle.said = {}
    assert bundle.imported("--to", "home").code == 0
    assert THREAD in str(list((agents.folder / "home").rglob("*.jsonl")))
