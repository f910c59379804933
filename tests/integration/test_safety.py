"""Killed, out of room, two at once, hostile input: files stay whole."""

import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.program import Program
from support.samples import picture, uri

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals, limits")


def folder_of(program: Program, count: int = 30) -> dict[Path, bytes]:
    """Pages with pictures, some of them shared."""
    folder = program.folder / "docs"
    folder.mkdir()
    files = {}
    for i in range(count):
        uris = [uri(picture(40, 40, seed)) for seed in (i, i % 4)]
        data = "".join(f'<img src="{u}">\n' for u in uris).encode()
        path = folder / f"{i:02}.html"
        path.write_bytes(data)
        files[path] = data
    return files


def old_or_new(program: Program, files: dict[Path, bytes]) -> int:
    """How many files are archived; all of them are whole.

    The files themselves are moved and restored, and copies go on in their place: what
    a killed replacement left is called after the inodes of both files.
    """
    copies = program.folder / "copies"
    shutil.rmtree(copies, ignore_errors=True)
    (program.folder / "docs").rename(copies)
    (program.folder / "docs").mkdir()
    for path in files:
        shutil.copy2(copies / path.name, path)
    if (program.store / "config").is_file():
        back = program("restore", copies)
        assert back.code == 0, back.err
    for path, data in files.items():
        assert (copies / path.name).read_bytes() == data
    return sum(path.read_bytes() != data for path, data in files.items())


def test_killed_at_any_moment(program: Program) -> None:
    files = folder_of(program)
    moments = random.Random(1)
    for _ in range(12):
        process = subprocess.Popen(
            program.words("archive", program.folder / "docs"),
            env=program.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moments.uniform(0.1, 0.5))
        process.kill()
        process.wait()
        old_or_new(program, files)
        for path, data in files.items():
            path.write_bytes(data)
    assert program("archive", program.folder / "docs").code == 0
    assert old_or_new(program, files) == len(files)
    assert sorted(p.name for p in (program.folder / "docs").iterdir()) == sorted(
        p.name for p in files
    )
    assert program("verify", "--read-data").code == 0
    assert program("gc", "--grace", "0").code == 0
    assert old_or_new(program, files) == len(files)
    assert program("restore", program.folder / "docs").code == 0
    assert {p: p.read_bytes() for p in files} == files


@pytest.mark.parametrize("limit", [0, 100, 5_000, 40_000, 100_000])
def test_a_disk_that_is_full(program: Program, limit: int) -> None:
    """A limit on file sizes stands in for it: writes fail half-way."""
    files = folder_of(program, 6)
    big = program.folder / "docs" / "big.html"
    files[big] = b"text " * 30_000 + next(iter(files.values()))
    big.write_bytes(files[big])
    done = subprocess.run(
        program.words("archive", program.folder / "docs", "--no-progress"),
        env=program.environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode in (1, 3), done.stderr
    assert "error: " in done.stderr
    assert "defect" not in done.stderr
    left = [p.name for p in (program.folder / "docs").iterdir()]
    assert sorted(left) == sorted(p.name for p in files)
    old_or_new(program, files)
    if (program.store / "config").is_file():
        assert program("verify", "--read-data").code == 0
    assert program("archive", program.folder / "docs").code == 0
    assert old_or_new(program, files) == len(files)


def test_restore_on_a_full_disk_leaves_the_archived_file(program: Program) -> None:
    files = folder_of(program, 2)
    assert program("archive", program.folder / "docs").code == 0
    slim = {path: path.read_bytes() for path in files}
    done = subprocess.run(
        program.words("restore", program.folder / "docs", "--no-progress"),
        env=program.environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)),
    )
    assert done.returncode == 1, done.stderr
    assert "defect" not in done.stderr
    assert {path: path.read_bytes() for path in files} == slim


def test_two_at_once_in_one_store(program: Program) -> None:
    files = folder_of(program)
    for command in (["archive"], ["archive", "--jobs", "2"]):
        both = [
            subprocess.Popen(
                program.words(*command, program.folder / "docs"),
                env=program.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        ended = [(p.communicate()[1], p.returncode) for p in both]
        assert all(code in (0, 3, 11, 13) for _, code in ended), ended
        assert program("archive", program.folder / "docs").code == 0
        assert old_or_new(program, files) == len(files)
        assert program("verify", "--read-data").code == 0
        assert program("restore", program.folder / "docs").code == 0
        assert {p: p.read_bytes() for p in files} == files


def test_gc_beside_archives(program: Program) -> None:
    files = folder_of(program, 12)
    collector = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time, assetstore\n"
            "end = time.time() + 6\n"
            "while time.time() < end:\n"
            "    with assetstore.Store.open(sys.argv[1], create=True) as store:\n"
            "        store.collect(grace=0)\n",
            program.store,
        ],
        env=program.environment,
    )
    while collector.poll() is None:
        archived = program("archive", program.folder / "docs")
        assert archived.code == 0, archived.err
        assert old_or_new(program, files) == len(files)
        assert program("restore", program.folder / "docs").code == 0
        assert {p: p.read_bytes() for p in files} == files
    assert collector.returncode == 0


def test_a_crafted_placeholder_names_nothing_but_recipes(program: Program) -> None:
    picture_page = program.folder / "a.html"
    picture_page.write_text(f"<img src={uri(picture(40, 40, 1))}>")
    assert program("archive", picture_page).code == 0
    crafted = program.folder / "b.html"
    for name in (b"A" * 27, b"../" * 9, b"/etc/passwd" + b"A" * 16, b"-" * 27):
        text = b"as1:" + name
        crafted.write_bytes(text)
        ran = program("restore", crafted)
        assert ran.code in (0, 12), ran.err
        assert crafted.read_bytes() == text


@pytest.mark.parametrize(
    "text",
    [
        b"data:image/" * 60_000,
        b"data:image/png;base64," * 30_000,
        b'"data:image/svg+xml,' * 30_000,
        b"url(data:image/svg+xml," + b"(" * 40_000,
        b'{"image_url":"data:image/png;base64,' * 20_000,
        b"as1:" * 100_000,
        b"\\" * 400_000 + b'"data:image/png;base64,iVBORw0KGgo',
        b'"iVBORw0KGgo' * 40_000,
        b"data:image/png;base64,AAAA=\r\n" * 12_000,
        b"[" * 400_000,
    ],
    ids=range(10),
)
def test_hostile_text_ends_and_comes_back(program: Program, text: bytes) -> None:
    """The suite's timeout is what a loop or a square would meet."""
    path = program.folder / "hostile.json"
    path.write_bytes(text)
    ran = program("archive", path, "--min-size", "0")
    assert ran.code == 0, ran.err
    ran = program("restore", path)
    assert ran.code == 0, ran.err
    assert path.read_bytes() == text
