"""What is forgotten or purged is nowhere on the disk: every byte of it is searched."""

import os
import sys
from pathlib import Path

import pytest

from support.homes import THREAD, codex_home, rollout
from support.periodic import configured
from support.program import Program
from support.purged import pieces
from support.samples import picture
from support.searched import everything, holders
from support.shelf_of_kinds import NAME, ShelfOfKinds

pytestmark = pytest.mark.skipif(
    not hasattr(os, "getuid") or sys.platform == "darwin",
    reason="looks where Linux has these files",
)


@pytest.fixture
def shelf(program: Program) -> ShelfOfKinds:
    spools = program.folder / "spools"
    spools.mkdir()
    program.environment["TMPDIR"] = str(spools)
    shelf = ShelfOfKinds(program)
    shelf.fill()
    configured(program, paths=[program.folder / "docs"])
    assert program("run").code == 0
    shelf.leave_pieces(spools)
    return shelf


def check_whole(shelf: ShelfOfKinds) -> None:
    program = shelf.program
    assert program("verify", "--read-data").code == 0
    for path, data in shelf.kept.items():
        assert program("restore", path).code == 0
        assert path.read_bytes() == data


def test_it_is_found_as_long_as_it_is_there(shelf: ShelfOfKinds) -> None:
    """The search sees each place in which something may stay."""
    found = shelf.found([*shelf.marks(), NAME.encode()])
    for kind in (
        "packs/", "quarantine/", "tmp/", "spools/", ".tmp, base64", ".swap, base64",
        "pixels", "deflate", "as stored", NAME, "hunter2",
    ):  # fmt: skip
        assert any(kind in each for each in found), kind


def test_what_is_forgotten_is_nowhere(shelf: ShelfOfKinds) -> None:
    program = shelf.program
    marks = [*shelf.marks(), NAME.encode()]
    for path in shelf.gone:
        path.unlink()
        assert program("forget", path).code == 0
    ran = program("gc", "--grace", "0", "--max-unused", "0")
    assert ran.code == 0, ran.err
    assert "packs in the quarantine were removed" in ran.err
    assert "blobs were coded from what went" in ran.err
    assert shelf.found(marks) == []

    # It is done: coded again nothing more is to do, and all else is there.
    assert program("optimize", "--max-effort", "3").code == 0
    assert program("gc", "--grace", "0", "--max-unused", "0").code == 0
    ran = program("gc", "--grace", "0", "--max-unused", "0", "--json")
    assert (ran.result["rewritten"]["packs"], ran.result["freed"]) == (0, 0)
    assert shelf.found(marks) == []
    check_whole(shelf)


def test_what_is_purged_is_nowhere(shelf: ShelfOfKinds) -> None:
    program, marks = shelf.program, shelf.marks()
    ran = program("purge", *shelf.gone, "--yes")
    assert ran.code == 0, ran.err
    assert shelf.found(marks) == []
    check_whole(shelf)


def test_of_a_thread_the_files_stay_that_the_user_made(agents: Program) -> None:
    log = codex_home(agents.folder, rollout(6, 1))
    marks = [piece for n in range(6) for piece in pieces(picture(60, 40, n))]
    assert agents("rescue", THREAD, "--now").code == 0
    assert agents("handoff", THREAD, "-o", "handoff.md").code == 0
    log.unlink()
    found = holders(everything(agents.folder), marks)
    assert any("/store/packs/" in each for each in found)
    for known in agents("ls", "--json").result["documents"]:
        assert agents("forget", known["path"], "--force").code == 0
    assert agents("gc", "--grace", "0", "--max-unused", "0").code == 0
    found = holders(everything(agents.folder), marks)
    images = f"{agents.folder / 'handoff-images'}{os.sep}"
    assert [each for each in found if not each.startswith(images)] == []
    assert Path(images).is_dir()
