"""A server is asked before anybody is told that it works."""

import sys
from collections.abc import Mapping

import pytest

from assetstore.cli.mcp_check import PASSED_ON, ask_server
from assetstore.errors import AssetstoreError

ANSWERS = """
import json, os, sys
for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("method") == "initialize":
        print("a line that is no message")
        print(json.dumps({"method": "notifications/message"}))
        print(json.dumps({"id": asked["id"], "result": {}}), flush=True)
    elif asked.get("method") == "tools/list":
        tools = [{"name": name} for name in sorted(os.environ)]
        print(json.dumps({"id": asked["id"], "result": {"tools": tools}}), flush=True)
"""


def ask(program: str, given: Mapping[str, str] | None = None) -> list[str]:
    return ask_server([sys.executable, "-c", program], given or {})


def test_it_gets_what_a_client_passes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETSTORE_STORE", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    names = set(ask(ANSWERS, {"CODEX_HOME": "/c"}))
    assert names <= {*PASSED_ON, "CODEX_HOME", "LC_CTYPE"}
    assert "PATH" in names
    assert "CODEX_HOME" in names


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (
            "import sys; sys.exit('hint: first\\nerror: no store\\nhint: last')",
            "no store",
        ),
        ("import sys; sys.exit('Traceback\\nImportError: x')", "ImportError: x"),
        ("pass", "it says nothing"),
        ("print('{}', flush=True)", "it says nothing"),
        (
            'print(\'{"id": 1, "error": {"message": "x"}}\', flush=True)',
            "it says nothing",
        ),
    ],
)
def test_one_that_does_not_answer_is_an_error_in_its_words(
    program: str, said: str
) -> None:
    with pytest.raises(AssetstoreError, match=said) as error:
        ask(program)
    assert sys.executable in error.value.hint
