"""``assetstore completion``."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_that_asks_the_program(call: Callable[..., Any], shell: str) -> None:
    done = call("completion", shell)
    assert done.code == 0
    assert f"_ASSETSTORE_COMPLETE={shell}_complete" in done.out
    assert "%(" not in done.out
    assert call("completion", shell, "--json").result["script"].strip("\n") == (
        done.out.rstrip("\n")
    )


def test_another_shell_is_none(call: Callable[..., Any]) -> None:
    assert call("completion", "cmd").code == 2
    done = call("completion")
    assert done.code == 2
    assert "Choose from: bash, zsh, fish" in done.err
