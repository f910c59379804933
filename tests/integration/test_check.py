"""`assetstore check`: whether what is installed works."""

import json
import os
import shutil
import sys
from importlib import resources

import jsonschema

from support.pages import page
from support.program import Program, Ran


def states(ran: Ran) -> dict[str, str]:
    schema = resources.files("assetstore").joinpath("schema/assetstore-1.json")
    jsonschema.Draft202012Validator(json.loads(schema.read_bytes())).validate(ran.json)
    return {one["name"]: one["state"] for one in ran.result["checks"]}


def test_before_there_is_anything(program: Program) -> None:
    found = program("check", "--json")
    assert found.code == 0, found.out
    seen = states(found)
    assert (seen["store"], seen["codec png"], seen["scheduler"]) == (
        "note",
        "ok",
        "note",
    )
    assert not program.store.exists()
    assert not (program.folder / "xdg" / "state").exists()


def test_a_store_that_works(program: Program) -> None:
    assert program("archive", page(program)[0]).code == 0
    packs = sorted(program.store.glob("packs/*/*"))
    ran = program("check", "--json")
    assert ran.code == 0, ran.out
    for name in ("store", "writing", "locks", "clocks", "index", "disk space"):
        assert states(ran)[name] == "ok", name
    assert sorted(program.store.glob("packs/*/*")) == packs
    assert list((program.store / "tmp").rglob("*.tmp")) == []
    text = program("check").out.decode()
    assert "all works" in text
    assert sys.version.split()[0] in text


def test_what_is_wrong_is_named_with_the_next_step(program: Program) -> None:
    assert program("archive", page(program)[0]).code == 0
    shutil.rmtree(program.store / "index")
    config = program.folder / "xdg" / "config" / "assetstore" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[limits]\nkeep_free = '900TB'\n")
    ran = program("check", "--json")
    assert ran.code == 4
    wrong = {
        one["name"]: one["hint"]
        for one in ran.result["checks"]
        if one["state"] == "wrong"
    }
    assert wrong.keys() == {"index", "disk space"}
    assert "verify --rebuild-index" in wrong["index"]
    config.write_text("[jobs.x]\n")
    ran = program("check")
    assert ran.code == 4
    assert "configuration: " in ran.err
    assert "assetstore config check" in ran.err


def test_a_store_that_is_gone_or_from_the_future(program: Program) -> None:
    assert program("archive", page(program)[0]).code == 0
    (pack,) = program.store.glob("packs/*/*")
    late = "7z" + pack.name[2:]
    target = program.store / "packs" / late[-2:] / late
    target.parent.mkdir(exist_ok=True)
    shutil.copy(pack, target)
    assert states(program("check", "--json"))["clocks"] == "wrong"
    os.rename(program.store, program.folder / "elsewhere")  # noqa: PTH104
    ran = program("check", "--json")
    assert (ran.code, states(ran)["store"]) == (4, "wrong")
