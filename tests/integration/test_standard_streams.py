"""Standard streams that are closed or full: an exit code, no file of the store."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.program import Program
from support.samples import picture, uri

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full, a shell")

PAGE = f"<img src={uri(picture(30, 20, 1))}>\n".encode()
CLOSED = 2


@pytest.fixture
def page(program: Program) -> Path:
    path = program.folder / "page.html"
    path.write_bytes(PAGE)
    return path


def shell(
    program: Program, redirected: str, *words: str | Path, stdin: bytes = b""
) -> tuple[int, bytes, str]:
    """Run the program with its streams redirected by a shell."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *program.words(*words)],
        cwd=program.folder,
        env=program.environment,
        input=stdin,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize("words", [["ls"], ["ls", "--json"], ["--help"]])
def test_what_cannot_be_written_is_a_failure(
    program: Program, page: Path, words: list[str]
) -> None:
    assert program("archive", page).code == 0
    code, _, said = shell(program, ">/dev/full", *words)
    assert code == 1
    assert said.startswith("error: ")
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert shell(program, ">/dev/full 2>&1", *words)[0] == 1


def test_an_error_that_cannot_be_told_has_its_exit_code(program: Program) -> None:
    for redirected in ("2>/dev/full", "2>&-", "<&- >&- 2>&-", ">/dev/full 2>&1"):
        for words, code in ((["stats"], 10), (["nothing"], 2)):
            assert shell(program, redirected, *words) == (code, b"", "")


def test_a_document_does_not_go_to_a_closed_stream(
    program: Program, page: Path
) -> None:
    assert program("archive", page).code == 0
    for words in (["archive", "-"], ["restore", "-"], ["restore", page, "-o", "-"]):
        code, _, said = shell(program, ">&-", *words, stdin=page.read_bytes())
        assert (code, said) == (CLOSED, "error: standard output is closed\n")
    code, _, said = shell(program, "<&-", "archive", "-")
    assert (code, said) == (CLOSED, "error: standard input is closed\n")


def test_no_file_takes_the_place_of_a_closed_stream(
    program: Program, page: Path
) -> None:
    """What somebody writes to number 2 would go into it."""
    code, _, _ = shell(program, "<&- >&- 2>&-", "archive", page)
    assert code == 0
    assert b"data:image" not in page.read_bytes()
    looks = (
        "import os, sys\n"
        "from assetstore.cli.standard import prepare\n"
        "prepare()\n"
        "here = [os.readlink(f'/proc/self/fd/{n}') for n in range(3)]\n"
        "other = os.open('page.html', os.O_RDONLY)\n"
        "sys.exit(here != ['/dev/null'] * 3 or other < 3)\n"
    )
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", looks],
        cwd=program.folder,
        check=False,
    )
    assert done.returncode == 0
    assert program("restore", page).code == 0
    assert page.read_bytes() == PAGE
