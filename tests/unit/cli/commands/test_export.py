"""``assetstore export``, and that its file comes back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.homes import ROLLOUT, THREAD, codex_home

Call = Callable[..., Any]


@pytest.mark.parametrize("archived", [False, True])
def test_a_thread_goes_to_one_file_and_comes_back(
    call: Call, home: Path, archived: bool
) -> None:
    log = codex_home(home)
    whole = log.read_bytes()
    if archived:
        assert call("archive", log).code == 0
    there = log.read_bytes()
    result = call("export", THREAD[:8], "thread.bundle", "--json").result
    assert (result["thread"], result["images"], result["quoted"]) == (THREAD, 12, 0)
    assert log.read_bytes() == there
    assert call("import", "thread.bundle", "--to", "else", "--store", "s").code == 0
    (new,) = (home / "else").rglob(ROLLOUT)
    assert call("restore", new, "--store", "s").code == 0
    assert new.read_bytes() == whole


def test_what_lacks_its_pictures_is_said(call: Call, home: Path) -> None:
    log = codex_home(home)
    assert call("archive", log).code == 0
    named = call("export", log, "b", "--store", "none")
    assert named.code == 10
    assert not (home / "b").exists()
    (home / "xdg" / "data" / "assetstore" / "store").rename(home / "away")
    done = call("export", log, "b")
    assert (done.code, "12 placeholders stay" in done.out) == (0, True)
    assert call("export", "nobody", "c").code == 2
