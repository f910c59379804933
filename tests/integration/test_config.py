"""`assetstore config`, and `gc` by its rules."""

import json
import os
from pathlib import Path

import jsonschema

from support.periodic import configured, old, pages
from support.program import Program


def test_show_says_where_each_value_is_from(program: Program) -> None:
    path = configured(program, "[gc]\n\nmissing_for = '90d'\n[jobs.a]\npaths = ['x']\n")
    ran = program("config", "show", "--json", ASSETSTORE_MEDIA="any")
    settings = ran.result["settings"]
    assert settings["gc.missing_for"] == {"value": "90d", "origin": f"{path}:3"}
    assert settings["archive.media"]["origin"] == "environment ASSETSTORE_MEDIA"
    assert settings["jobs.a.paths"]["value"] == [str(path.parent / "x")]
    assert "gc.grace" not in settings
    assert ran.result["jobs"] == ["a"]
    everything = program("config", "show", "--all", "--json").result["settings"]
    assert everything["gc.grace"] == {"value": "14d", "origin": "default"}
    shown = program("config", "show", "--store", "here").out.decode()
    assert "flag --store" in shown
    assert f"{path}:3" in shown


def test_check_names_every_mistake(program: Program) -> None:
    path = configured(program, "[gc]\nevry = 1\n\nkeep_last = 0\n")
    ran = program("config", "check", "--json")
    assert ran.code == 14
    assert [(m["line"], m["key"]) for m in ran.result["mistakes"]] == [
        (2, "gc.evry"),
        (4, "gc.keep_last"),
    ]
    assert ran.json["errors"][0]["hint"] == "Did you mean gc.every?"
    assert ran.json["errors"][0]["path"] == str(path)
    good = program.folder / "good.toml"
    good.write_text("[jobs.a]\npaths = ['/nowhere/to/be/found', '/no/**/x']\n")
    ran = program("config", "check", good)
    assert ran.code == 0
    assert "good.toml:2: /nowhere/to/be/found is not there" in ran.err
    assert "/no/" not in ran.err


def test_check_without_a_file(program: Program) -> None:
    ran = program("config", "check")
    assert (ran.code, ran.out) == (0, b"there is no configuration file\n")
    assert program("config", "check", ASSETSTORE_CONFIG="nowhere.toml").code == 14


def test_the_schema_is_one(program: Program) -> None:
    schema = json.loads(program("config", "schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "missing_for" in schema["properties"]["gc"]["properties"]


def test_gc_explains_and_forgets_what_has_been_missing(program: Program) -> None:
    files = pages(program.folder / "docs", 2)
    gone, here = files
    assert program("archive", program.folder / "docs").code == 0
    rules = ("gc", "--grace", "0", "--missing-for")
    assert program(*rules, "0").code == 0  # takes a look
    data = gone.read_bytes()
    gone.unlink()
    assert f"{gone}" not in program(*rules, "90d", "-n").out.decode()
    shown = program(*rules, "90d", "-n", "-v").out.decode()
    assert f"keep {gone} of" in shown
    assert f"keep {here} of" in shown
    shown = program(*rules, "0", "-n").out.decode()
    assert f"drop {gone} of" in shown
    assert "missing for" in shown
    assert len(program("ls", "--json").result["documents"]) == 2

    assert f"drop {gone} of" in program(*rules, "0").out.decode()
    listed = program("ls", "--json").result["documents"]
    assert [d["path"] for d in listed] == [str(here)]
    assert program("restore", here).code == 0
    assert here.read_bytes() == files[here]
    gone.write_bytes(data)
    assert program("restore", gone).code == 12


def test_gc_by_the_configuration(program: Program) -> None:
    page = program.folder / "page.html"
    for number in range(3):
        folder = program.folder / f"v{number}"
        (source,) = pages(folder, 1, number)
        page.write_bytes(source.read_bytes())
        old(page, 3 - number)
        assert program("archive", page).code == 0
    assert program("gc", "--grace", "0").code == 0
    before = len(program("ls", "--blobs", "--json").result["blobs"])
    assert before == 3
    configured(program, "[gc]\ngrace = 0\nkeep_last = 2\n")
    assert "no rule keeps it" in program("gc").out.decode()
    assert len(program("ls", "--blobs", "--json").result["blobs"]) == 2
    assert program("gc", "--keep-last", "1").code == 0
    assert len(program("ls", "--blobs", "--json").result["blobs"]) == 1
    assert program("restore", page).code == 0
    assert b"data:image" in page.read_bytes()


def test_a_file_that_may_not_be_read(program: Program, tmp_path: Path) -> None:
    path = configured(program, "")
    path.unlink()
    path.mkdir()
    ran = program("config", "show", "--config", path)
    assert ran.code == 14
    assert "cannot be read" in ran.err
    assert os.fspath(path) in ran.err


def test_a_file_for_the_whole_machine(program: Program) -> None:
    system = program.folder / "etc.toml"
    system.write_text("store = '/srv/pictures'\n[limits]\nnice = 3\n")
    program.environment |= {
        "ASSETSTORE_SYSTEM_CONFIG": str(system),
        "ASSETSTORE_STORE": "",
    }
    shown = program("config", "show", "--json").result
    assert shown["system_file"] == str(system)
    assert shown["files"] == [str(system)]
    assert shown["settings"]["limits.nice"] == {"value": 3, "origin": f"{system}:3"}
    assert shown["store"] == "/srv/pictures"
    none = program("config", "show", "--config", "none", "--json")
    assert (none.result["files"], none.result["system_file"]) == ([], None)
    system.chmod(0o666)
    ran = program("config", "show")
    assert f"{system} is not read: everybody may write to it" in ran.err
    assert program("config", "check").code == 0
    system.chmod(0o644)
    system.write_text("nonsense = 1\n")
    assert program("ls").code == 14
    assert program("config", "check").code == 14
