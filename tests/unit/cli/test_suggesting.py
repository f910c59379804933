"""Commands that are none, and what may be meant."""

import pytest

from assetstore.cli import COMMANDS
from assetstore.cli.suggesting import _ELSEWHERE, unknown_command


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("achive", "'archive'"),
        ("RESTORE", "'restore'"),
        ("prune", "'gc'"),
        ("unpack", "'restore'"),
    ],
)
def test_what_is_near_or_called_so_elsewhere(typed: str, meant: str) -> None:
    assert unknown_command(typed, COMMANDS) == (
        f"No such command {typed!r}. Did you mean {meant}?"
    )


@pytest.mark.parametrize("typed", ["", "zzzz", "a\0b", "\udcff", "9" * 5000])
def test_what_is_like_nothing_is_named_alone(typed: str) -> None:
    assert unknown_command(typed, COMMANDS) == f"No such command {typed!r}."


def test_what_others_say_is_a_command_here() -> None:
    assert set(_ELSEWHERE.values()) <= set(COMMANDS)


def test_nothing_is_suggested_that_a_group_does_not_have() -> None:
    assert unknown_command("prune", ["list"]) == "No such command 'prune'."
