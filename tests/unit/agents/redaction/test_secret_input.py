"""Secrets that commands are handed."""

import json

import pytest

from assetstore.agents.redaction.redact import redact
from assetstore.agents.redaction.secret_input import INPUT
from assetstore.agents.redaction.secret_names import is_secret

KEY = "a1B2c3D4e5F6g7H8"

# A text for each rule, with % where the secret stands.
TEXTS = {
    "piped": "echo % | docker login --password-stdin",
    "here-string": "gh auth login --with-token <<< '%'",
    "here-string in front": "<<< '%' docker login --password-stdin",
    "here-document": "passwd joe <<'EOF'\n%\nEOF\nls",
    "substituted process": "cryptsetup open /dev/sdb1 x --key-file <(echo -n %)",
    "printed by a command": "restic --password-command 'echo %' snapshots",
    "written to a file": "echo % > /run/secrets/db_password",
    "answered by expect": 'expect "assword:"\nsend "%\\r"',
}


def secrets(name: str, text: str) -> list[str]:
    return [m["secret"] for m in INPUT[name].finditer(text) if is_secret(m)]


def test_each_rule_is_tried() -> None:
    assert TEXTS.keys() == INPUT.keys()


@pytest.mark.parametrize("name", TEXTS)
def test_what_a_command_is_handed_is_told_alone(name: str) -> None:
    text = TEXTS[name].replace("%", KEY)
    assert secrets(name, text) == [KEY]
    assert secrets(name, json.dumps({"output": text})) == [KEY]


@pytest.mark.parametrize("name", TEXTS)
def test_a_reference_is_none(name: str) -> None:
    assert secrets(name, TEXTS[name].replace("%", "$SECRET")) == []


@pytest.mark.parametrize(
    "text",
    [
        "cat <<EOF > notes.txt\nwords that nobody hides\nEOF",
        "grep -c passwd <<EOF2 /etc/group",
        "echo done | tee log.txt",
        "wc -l <<< 'a line of words'",
        "diff <(echo one) <(echo two)",
        'expect "ready>"\nsend "ls -la\\r"',
        "echo finished > build/output.txt",
    ],
)
def test_other_commands_stay(text: str) -> None:
    assert redact(text) == text


def test_all_lines_of_a_document_go() -> None:
    shown = redact(
        "sudo chpasswd <<EOF\njoe:first-S3cret\nann:other-S3cret\nEOF\nls -la"
    )
    assert shown == "sudo chpasswd <<EOF\n[redacted]\nEOF\nls -la"
