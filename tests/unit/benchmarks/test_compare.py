"""The parts of `benchmarks.compare` that need no other program."""

import signal
from pathlib import Path

import pytest

from benchmarks import compare
from benchmarks.compare_tools import TOOLS


@pytest.mark.parametrize(
    ("said", "meant", "offered"),
    [
        ("No such command 'archve'. Did you mean 'archive'?", "archive", True),
        ("unknown command\n\nDid you mean this?\n\tsnapshots\n", "snapshots", True),
        ("tip: a similar subcommand exists: 'init'", "install", False),
        ("invalid choice: 'lst' (choose from 'list', 'mount')", "list", False),
        ("Did you mean 'checkout'?", "check", False),
    ],
)
def test_an_offer_is_told_from_a_list(said: str, meant: str, offered: bool) -> None:
    assert compare.suggested(said, meant) is offered


def test_how_a_process_ended() -> None:
    assert compare.ended(143) == "143"
    assert compare.ended(-signal.SIGTERM) == "by SIGTERM"


def test_what_is_left_is_named() -> None:
    assert compare.is_left("repo/locks/fd7d213bc6")
    assert compare.is_left("a/client.lock")
    assert not compare.is_left("repo/config")
    assert compare.short(Path("repo/locks/fd7d213bc6")) == "locks/..."
    assert compare.short(Path("a/client.lock")) == "a/client.lock"


def test_the_document_has_all_programs_and_what_is_by_hand() -> None:
    page = compare.document([("Version", ["1"] * len(TOOLS))], "2026-01-31")
    for part in (*(tool.name for tool in TOOLS), "2026-01-31", "Encryption", "compare"):
        assert part in page
    widths = {
        line.count(" | ")
        for line in page.splitlines()
        if line.startswith(("| Version", "| | assetstore | restic"))
    }
    assert widths == {len(TOOLS)}
