"""Runs of the program by the server of forks are as runs of an interpreter's own."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support import forked
from support.program import Program, Ran

pytestmark = pytest.mark.skipif(
    not forked.can_fork(), reason="runs are processes of their own here"
)

RUNS = {
    "words, output": (["--version"], b""),
    "standard input": (["archive", "-"], b"<p>no picture</p>"),
    "an error": (["restore", "none.html"], b""),
    "usage": (["archive", "--no-such-option"], b""),
    "JSON": (["stats", "--json"], b""),
    "files": (["archive", "page.html"], b""),
}


def in_process(program: Program, *words: str, stdin: bytes = b"") -> Ran:
    # What Python reads when it starts, a process of its own alone has.
    return program(*words, stdin=stdin, PYTHONUNBUFFERED="1")


@pytest.mark.parametrize("name", RUNS)
def test_a_run_is_the_same(name: str, program: Program) -> None:
    words, stdin = RUNS[name]
    program("init")
    (program.folder / "page.html").write_text("<p>no picture</p>")
    forked_run = program(*words, stdin=stdin)
    assert forked_run == in_process(program, *words, stdin=stdin)
    assert forked_run.code in (0, 1, 2)


def test_another_environment_starts_a_process() -> None:
    assert forked.starts_alike({**os.environ, "HOME": "/elsewhere"})
    assert not forked.starts_alike({**os.environ, "PYTHONUTF8": "0"})


def test_runs_do_not_meet(tmp_path: Path) -> None:
    def text_of(number: int) -> bytes:
        return f"<p>{number}</p>".encode() * 50_000

    def run(number: int) -> Ran:
        folder = tmp_path / str(number)
        folder.mkdir()
        return Program(folder)("archive", "-", stdin=text_of(number))

    with ThreadPoolExecutor(8) as threads:
        runs = list(threads.map(run, range(8)))
    assert [ran.out for ran in runs] == [text_of(number) for number in range(8)]
    assert {ran.code for ran in runs} == {0}
