"""What is true of every command: exit codes, `--json`, `--help`."""

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from assetstore.cli import COMMANDS
from support.pages import page
from support.program import Program, Ran
from support.samples import codex_log


def schema() -> jsonschema.Draft202012Validator:
    text = resources.files("assetstore").joinpath("schema/assetstore-1.json")
    return jsonschema.Draft202012Validator(json.loads(text.read_bytes()))


@pytest.mark.parametrize(
    "words",
    [
        ["restore", "page.html"],
        ["ls"],
        ["gc"],
        ["verify"],
        ["stats"],
        ["cat", "00000000"],
        ["forget", "page.html"],
    ],
)
def test_no_store_is_10(program: Program, words: list[str]) -> None:
    page(program)
    ran = program(*words, "--json")
    assert ran.code == 10
    told = json.loads(ran.err) if words[0] == "cat" else ran.json
    assert told["errors"][0]["hint"]
    assert not program.store.exists()


def test_usage_is_2(program: Program) -> None:
    for words in (["archive"], ["gc", "--grace", "soon"], ["nothing"]):
        ran = program(*words, "--json")
        assert ran.code == 2, words
        assert list(schema().iter_errors(ran.json)) == []


def test_json_follows_the_schema(program: Program) -> None:
    validator = schema()
    path, _ = page(program)
    log = program.folder / "log.jsonl"
    log.write_bytes(codex_log())
    runs: list[Ran] = [
        program(*words, "--json")
        for words in (
            ["archive", "-n", path],
            ["archive", path],
            ["init", program.folder / "another"],
            ["init"],
            ["init", "--forget", program.folder / "another"],
            ["ls"],
            ["ls", "--blobs"],
            ["stats"],
            ["verify", "--read-data"],
            ["verify", "--rebuild-index"],
            ["repair"],
            ["optimize", "-n"],
            ["optimize"],
            ["stats", "--types"],
            ["purge", "-n", path],
            ["gc", "-n"],
            ["gc", "--grace", "0"],
            ["clients"],
            ["check"],
            ["writers", "list"],
            ["writers", "adopt", "none", "--yes"],
            ["restore", path],
            ["forget", path],
            ["restore", "nowhere.html"],
            ["completion", "bash"],
            ["docs"],
            ["docs", "recovery"],
            ["recover-script"],
            ["report"],
            ["doctor", program.folder],
            ["rescue", "nowhere"],
            ["handoff", log],
            ["view", path, "--no-open"],
            ["show", log],
            ["threads", "keep", log],
            ["threads", "-v"],
            ["threads", "restore", log],
            ["threads", "forget", log],
            ["threads", "pack", program.folder, "-n"],
            ["threads", "unpack", log],
            ["export", log, program.folder / "bundle"],
            ["import", program.folder / "bundle", "--to", program.folder / "home"],
            ["mcp", "--install", "codex"],
            ["run", "-n"],
            ["run"],
            ["log"],
            ["config", "show", "--all"],
            ["config", "check"],
            ["config", "schema"],
            ["schedule", "print", "--scheduler", "launchd"],
        )
    ]
    assert {r.json["command"].split()[0] for r in runs} == set(COMMANDS) - {"cat"}
    for run in runs:
        assert list(validator.iter_errors(run.json)) == []
        assert run.json["exit_code"] == run.code


@pytest.mark.parametrize("name", COMMANDS)
def test_help_begins_as_the_list_of_commands_says(program: Program, name: str) -> None:
    ran = program(name, "--help")
    assert ran.code == 0
    assert COMMANDS[name] in " ".join(ran.out.decode().split())


def test_generated_documents_are_up_to_date() -> None:
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, str(root / "docs" / "generate.py"), "--check"],
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout.decode()
