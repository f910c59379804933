"""Sessions of Claude Code are told by where they are and how they begin."""

from pathlib import PurePath

import pytest

from assetstore.agents.claude_code.format import CLAUDE_CODE

UUID = "0d4e5b1c-6a6f-4d3e-9a53-3a4a1f3f8f10"
HOME = f"/h/.claude/projects/-x/{UUID}.jsonl"
OWN = b'{"sessionId":"s","type":"user"}\n'


@pytest.mark.parametrize(
    ("path", "head", "claims"),
    [
        (HOME, b"", True),
        ("/h/.claude/projects/-x/agent-12ab.jsonl", b"{}", True),
        ("/h/.claude/projects/-x/notes.jsonl", b"{}\n", False),
        ("/elsewhere/a.jsonl", OWN, True),
        ("/elsewhere/a", b'{"parentUuid":null}\n', True),
        ("/elsewhere/a.json", OWN, False),
        ("/elsewhere/a.jsonl", b'{"x":{"sessionId":"s"}}\n', False),  # another's
        (HOME, b'{"sessionId":"s","parts":[]}\n', False),
        (HOME, b'{"isSidechain":false,"parts":[]}\n', True),
        (HOME, b'{\n  "sessionId": "s"\n}\n', False),
    ],
)
def test_what_is_a_session(path: str, head: bytes, claims: bool) -> None:
    assert CLAUDE_CODE.claims(PurePath(path), head) is claims


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({b"isSidechain": b"false", b"sessionId": b"s"}, True),
        ({b"sessionId": b"s"}, False),
        ({b"type": b"summary", b"leafUuid": b"u"}, True),
        ({b"type": b"user", b"leafUuid": b"u"}, False),
        ({}, False),
    ],
)
def test_a_record_further_down_tells_it(record: dict[bytes, bytes], told: bool) -> None:
    assert CLAUDE_CODE.told_by(record.get) is told


@pytest.mark.parametrize(
    ("name", "own", "beside"),
    [
        (".credentials.json", True, False),
        ("history.jsonl", True, False),
        ("settings.local.json", False, True),
        ("CLAUDE.md", False, True),
        ("mine.txt", False, False),
    ],
)
def test_what_is_the_clients_own_in_its_home(
    name: str, own: bool, beside: bool
) -> None:
    shape = CLAUDE_CODE.home
    assert shape is not None
    assert (shape.own.fullmatch(name) is not None) is own
    assert (shape.beside.fullmatch(name) is not None) is beside
