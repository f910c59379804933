"""`--json-progress` and `--debug`: all that goes to standard error."""

import json
from importlib import resources

import jsonschema

from support.pages import page
from support.program import Program, Ran


def events(ran: Ran) -> list[str]:
    text = resources.files("assetstore").joinpath("schema/progress-1.json")
    schema = jsonschema.Draft202012Validator(json.loads(text.read_bytes()))
    lines = [json.loads(line) for line in ran.err.splitlines()]
    for line in lines:
        assert list(schema.iter_errors(line)) == []
    assert lines[-1] == {**lines[-1], "event": "end", "exit_code": ran.code}
    return [line["event"] for line in lines]


def test_standard_error_has_lines_and_nothing_else(program: Program) -> None:
    path, data = page(program)
    ran = program("archive", path, "--json-progress", "-v")
    assert (ran.code, ran.out[:8]) == (0, b"archived")
    assert set(events(ran)) == {"begin", "start", "progress", "remark", "end"}
    ran = program("--json-progress", "restore", path, "gone.html", "--json")
    assert ran.code == 3
    assert "error" not in events(ran)  # it is in the envelope
    assert ran.json["errors"][0]["type"] == "FileNotFoundError"
    ran = program("restore", "gone.html", "--json-progress", "-vv")
    assert events(ran)[-2:] == ["error", "end"]
    ran = program("archive", "-", "--json-progress", stdin=data)
    assert set(events(ran)) == {"begin", "message", "end"}
    assert b"as1:" in ran.out
    assert events(program("nothing", "--json-progress")) == ["begin", "error", "end"]


def test_a_log_says_what_was_done_to_files(program: Program) -> None:
    path, _ = page(program)
    ran = program("archive", path, "--debug-file", "log")
    assert (ran.code, ran.err) == (0, "")
    log = (program.folder / "log").read_text()
    for words in ("store ", "os.rename ", "start  ", "done ", "end  ", str(path)):
        assert words in log, log
    ran = program("ls", "--debug", "--json")
    assert ran.json["ok"]
    assert f"{program.store}, opened in " in ran.err
    assert program("ls", "--debug-file", "no/such/folder").code == 1
