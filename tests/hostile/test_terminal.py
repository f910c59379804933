"""What a log says reaches the terminal as text."""

import json
from pathlib import Path

import pytest

from assetstore.cli.output import harmless, printable_text
from support.homes import THREAD, claude_home, claude_session, codex_home, rollout
from support.program import Program

EVIL = "\x1b]0;title\x07\x1b[31mred\x1b[2J\x9b2J\u202egnp\r\x08"
ORDERS = [b"\x1b", b"\x07", b"\x08", b"\r", b"\xc2\x9b", "\u202e".encode()]


def evil(log: bytes, *words: bytes) -> bytes:
    for word in words:
        assert word in log
        log = log.replace(word, json.dumps(EVIL)[1:-1].encode())
    return log


@pytest.fixture
def logs(program: Program) -> list[Path]:
    program.environment |= {
        "CODEX_HOME": str(program.folder / ".codex"),
        "CLAUDE_CONFIG_DIR": str(program.folder / ".claude"),
    }
    log = evil(rollout(2, 1), b"look at number 0", b"I see 0", b"/home/x", b"0.169.0")
    call = {"type": "function_call", "name": EVIL, "arguments": EVIL, "call_id": "c"}
    for payload in (call, {"type": "error", "message": EVIL}):
        kind = "response_item" if payload is call else "event_msg"
        record = {"timestamp": EVIL, "type": kind, "payload": payload}
        log += json.dumps(record).encode() + b"\n"
    session = evil(claude_session(), b"/home/x", b"image/png", b"Read")
    return [
        codex_home(program.folder, log),
        claude_home(program.folder, session),
    ]


def test_no_command_lets_a_log_speak_to_the_terminal(
    program: Program, logs: list[Path]
) -> None:
    for log in logs:
        for words in (
            ("doctor", "--all", "-v"),
            ("show", log),
            ("show", log, "--full"),
            ("handoff", log),
            ("rescue", "-n", log, "--now"),
            ("rescue", log, "--now"),
            ("export", log, "b"),
            ("import", "b", "--to", f"to {log.suffix}"),
            ("archive", "-v", program.folder / ".codex"),
            ("stats",),
            ("ls",),
            ("log",),
            ("rescue", "--undo", log),
        ):
            ran = program(*words)
            said = ran.out + ran.err.encode()
            assert [order for order in ORDERS if order in said] == [], words
    shown = program("show", THREAD, "--color", "always").out
    assert b"\\x1b[31mred" in shown
    assert b"\x1b[31mred" not in shown


def test_what_the_output_layer_lets_through() -> None:
    assert harmless("\x1b[1mbold\x1b[0m\ta\nb") == "\x1b[1mbold\x1b[0m\ta\nb"
    assert harmless(EVIL) == (
        r"\x1b]0;title\x07" + "\x1b[31mred" + r"\x1b[2J\x9b2J\u202egnp\r\x08"
    )
    assert printable_text("a\tb\n\x1b[31mc") == "a\tb\n\\x1b[31mc"
    assert harmless("👩\u200d💻 né") == "👩\u200d💻 né"
