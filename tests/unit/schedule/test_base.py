"""What schedulers share: programs that are run, and files that are ours."""

from pathlib import Path

import pytest

from assetstore.errors import ScheduleError
from assetstore.schedule.base import (
    MADE_BY,
    NOT_FOUND,
    Completed,
    check_free,
    put_back,
    read_ours,
    runner,
    write,
)
from support.fakes import put


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (Completed(code=1, out=b"out", err=b"first\nlast\n\n"), "last"),
        (Completed(code=1, out=b"all is said here\n", err=b" \n"), "all is said here"),
        (Completed(code=5), "exit code 5"),
        (Completed(code=1, err=b"caf\xff"), "caf\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_the_last_line_is_what_a_program_said(done: Completed, said: str) -> None:
    assert done.said == said


def test_a_program_is_run_in_english_with_its_input(tmp_path: Path) -> None:
    program = put(tmp_path, "p", '#!/bin/sh\necho "$LC_ALL $MINE"\ncat >&2\nexit 3\n')
    run = runner({"LC_ALL": "de_DE", "MINE": "yes", "PATH": "/bin:/usr/bin"})
    assert run([str(program)], b"in") == Completed(code=3, out=b"C yes\n", err=b"in")


def test_a_program_that_is_not_there_has_a_code(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.write_text("#!/bin/sh\n")
    for path in (tmp_path / "none", closed):
        done = runner({})([str(path)], b"")
        assert done.code == NOT_FOUND
        assert done.said.startswith(f"{path}: ")


def test_only_what_an_installation_wrote_is_ours(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "unit"
    assert read_ours(path) is None
    check_free(path)
    write(path, f"# {MADE_BY}\n")
    assert read_ours(path) == f"# {MADE_BY}\n"
    check_free(path)
    assert read_ours(path / "below a file") is None


def test_what_is_not_ours_is_not_overwritten(tmp_path: Path) -> None:
    theirs = tmp_path / "unit"
    theirs.write_bytes(b"\xff[Unit]")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    for path in (theirs, link):
        assert read_ours(path) is None
        with pytest.raises(ScheduleError, match="was not made by assetstore") as error:
            check_free(path)
        assert (error.value.path, error.value.hint[:6]) == (str(path), "Rename")


def test_a_file_is_put_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "unit"
    write(path, "new")
    put_back(path, "öld")
    assert path.read_text("utf-8") == "öld"
    put_back(path, None)
    put_back(path, None)
    assert list(tmp_path.iterdir()) == []
