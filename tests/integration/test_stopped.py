"""Signals and closed pipes: an exit code as other programs have, and nothing left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.program import Program
from support.samples import picture, uri

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends signals")


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """What is started hears these signals, also where 'nohup' started the tests."""
    numbers = (signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def page() -> bytes:
    part = f'<img src="{uri(picture(300, 300, 1))}">\n'.encode()
    return b"".join(
        part + uri(picture(60, 60, seed)).encode() + b"\n" for seed in range(60)
    )


def left_over(folder: Path) -> list[str]:
    """Drafts beside documents, and what a store's writers leave who are killed."""
    tmp = folder / "store" / "tmp"
    found = [*folder.glob(".*"), *folder.glob("*.assetstore*")]
    return [str(path) for path in [*found, *(tmp.iterdir() if tmp.exists() else ())]]


@pytest.mark.parametrize(
    ("number", "code", "jobs"),
    [(signal.SIGTERM, 143, 1), (signal.SIGHUP, 129, 2), (signal.SIGTERM, 143, 2)],
)
def test_a_signal_cleans_up(
    program: Program, page: bytes, number: signal.Signals, code: int, jobs: int
) -> None:
    pages = [program.folder / f"{n}.html" for n in range(3)]
    for path in pages:
        path.write_bytes(page)
    # Not with "-W error": between an 'open' and its 'with', a signal leaves a warning.
    words = ["-m", "assetstore", "archive", "-j", str(jobs), *map(str, pages)]
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=program.folder,
        env=program.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while process.poll() is None and not (program.store / "locks").exists():
        time.sleep(0.005)
    process.send_signal(number)
    _, said = process.communicate()
    assert process.returncode == code, said
    assert said.startswith(b"error: stopped by SIG"), said
    assert b"Traceback" not in said
    assert left_over(program.folder) == []
    assert program("archive", *pages).code == 0
    assert program("restore", *pages).code == 0
    assert {path.read_bytes() for path in pages} == {page}


def test_nohup_keeps_it_at_work(program: Program, page: bytes) -> None:
    path = program.folder / "page.html"
    path.write_bytes(page)
    words = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"]
    process = subprocess.Popen(
        [*words, *program.words("archive", path)],
        cwd=program.folder,
        env=program.environment,
        stdout=subprocess.PIPE,
    )
    while process.poll() is None and not (program.store / "locks").exists():
        time.sleep(0.005)
    process.send_signal(signal.SIGHUP)
    process.communicate()
    assert process.returncode == 0
    assert len(path.read_bytes()) < len(page)


@pytest.mark.skipif(sys.platform != "linux", reason="a pipe of one page")
@pytest.mark.parametrize(
    "words", [["--help"], ["config", "schema"], ["config", "show", "--all", "--json"]]
)
def test_a_pipe_that_nobody_reads_is_no_news(
    program: Program, words: list[str]
) -> None:
    there, here = os.pipe()
    os.close(there)
    done = subprocess.run(
        program.words(*words),
        cwd=program.folder,
        env=program.environment,
        stdout=here,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(here)
    assert (done.returncode, done.stderr) == (141, b"")
