"""`assetstore archive`: what becomes of documents, and what is left alone."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from support.pages import files_of, page
from support.program import Program
from support.samples import every_sample, picture, uri


def test_every_sample_leaves_small_and_comes_back(program: Program) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    for name, data in every_sample().items():
        (docs / name).write_bytes(data)
    before = files_of(docs)

    archived = program("archive", docs)
    assert archived.code == 0, archived.err
    small = files_of(docs)
    assert all(len(small[name]) < len(data) for name, data in before.items())
    assert sum(map(len, small.values())) < sum(map(len, before.values())) / 20
    assert program("verify", "--read-data").code == 0

    restored = program("restore", docs)
    assert restored.code == 0, restored.err
    assert files_of(docs) == before


@pytest.mark.parametrize("name", ["rollout.jsonl", "session.jsonl"])
def test_session_lines_still_parse(program: Program, name: str) -> None:
    data = every_sample()[name]
    path = program.folder / name
    path.write_bytes(data)
    assert program("archive", path).code == 0
    old, new = data.split(b"\n"), path.read_bytes().split(b"\n")
    assert len(old) == len(new)
    assert b"data:image" not in path.read_bytes()
    for before, after in zip(old, new, strict=True):
        try:
            parsed = json.loads(before)
        except ValueError:
            assert after == before
        else:
            assert json.loads(after).keys() == parsed.keys()


def test_a_second_run_finds_nothing_to_do(program: Program) -> None:
    path, _ = page(program)
    assert program("archive", path).code == 0
    small, times = path.read_bytes(), path.stat().st_mtime_ns
    again = program("archive", path, "--json")
    assert again.code == 0
    assert again.result["totals"]["unchanged"] == 1
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (small, times)


def test_dry_run_changes_nothing(program: Program) -> None:
    path, data = page(program)
    ran = program("archive", "-n", path, "--json")
    assert ran.code == 0
    assert ran.result["dry_run"] is True
    assert ran.result["totals"]["archived"] == 1
    assert path.read_bytes() == data
    assert not program.store.exists()


def test_output_leaves_the_source(program: Program) -> None:
    path, data = page(program)
    target = program.folder / "small.html"
    assert program("archive", path, "-o", target).code == 0
    assert path.read_bytes() == data
    assert len(target.read_bytes()) < 100
    back = program.folder / "back.html"
    assert program("restore", target, "-o", back).code == 0
    assert back.read_bytes() == data


def test_partly_done_is_3_and_a_missing_file_is_1(program: Program) -> None:
    path, _ = page(program)
    missing = program.folder / "missing.html"
    assert program("archive", missing).code == 1
    ran = program("archive", missing, path, "--json")
    assert ran.code == 3
    assert ran.result["totals"]["archived"] == 1
    assert ran.json["errors"][0]["path"] == str(missing)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_file_open_for_writing_is_13(program: Program) -> None:
    path, data = page(program)
    with path.open("ab"):
        ran = program("archive", path)
    assert ran.code == 13
    assert path.read_bytes() == data


def test_links_and_odd_files_are_refused(program: Program) -> None:
    path, data = page(program)
    link = program.folder / "link.html"
    link.symlink_to(path)
    assert program("archive", link).code == 1
    assert link.is_symlink()
    hard = program.folder / "hard.html"
    os.link(path, hard)
    assert program("archive", path).code == 1
    hard.unlink()
    if hasattr(os, "mkfifo"):
        fifo = program.folder / "fifo"
        os.mkfifo(fifo)
        assert program("archive", fifo).code == 1
    path.chmod(0o400)
    ran = program("archive", path)
    assert ran.code == 1
    assert "hint" in ran.err
    assert path.read_bytes() == data


def test_attributes_stay(program: Program) -> None:
    path, _ = page(program)
    path.chmod(0o640)
    os.utime(path, ns=(1_600_000_000_123456789, 1_600_000_000_987654321))
    assert program("archive", path).code == 0
    state = path.stat()
    assert state.st_mode & 0o777 == 0o640
    assert state.st_mtime_ns == 1_600_000_000_987654321


def test_a_young_file_is_left_alone(program: Program) -> None:
    path, data = page(program)
    ran = program("archive", "--min-age", "1h", path, "--json")
    assert ran.code == 0
    assert ran.result["files"][0]["status"] == "skipped"
    assert ran.result["files"][0]["reason"]
    assert path.read_bytes() == data


def test_interrupted_is_130_and_leaves_the_file(program: Program) -> None:
    path = program.folder / "big.html"
    part = f'<img src="{uri(picture(300, 300, 1))}">\n'.encode()
    with path.open("wb") as file:
        for seed in range(200):
            file.write(part)
            file.write(uri(picture(200, 200, seed)).encode() + b"\n")
    data = path.read_bytes()
    process = program.start("archive", path)
    while process.poll() is None and not (program.store / "config").exists():
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    process.communicate()
    if process.returncode == 0:  # it was faster
        assert len(path.read_bytes()) < len(data)
    else:
        assert process.returncode == 130
        assert path.read_bytes() == data
    assert program("archive", path).code == 0
    assert [p.name for p in program.folder.glob("*big*")] == ["big.html"]
    assert program("restore", path).code == 0
    assert path.read_bytes() == data


@pytest.mark.skipif(os.name == "nt", reason="kills with SIGKILL")
def test_killed_at_any_time_the_file_is_whole(program: Program) -> None:
    path = program.folder / "big.html"
    data = b"".join(uri(picture(250, 250, n)).encode() + b"\n" for n in range(60))
    path.write_bytes(data)
    for delay in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        process = program.start("archive", path)
        time.sleep(delay)
        process.kill()
        process.communicate()
        if path.read_bytes() != data:
            assert program("restore", path).code == 0
        assert path.read_bytes() == data
    assert program("archive", path).code == 0
    assert program("gc", "--grace", "0").code == 0
    assert program("verify", "--read-data").code == 0
    assert [p.name for p in program.folder.glob("*big*")] == ["big.html"]
    assert program("restore", path).code == 0
    assert path.read_bytes() == data


def test_jobs_with_nothing_to_do(program: Program) -> None:
    empty = program.folder / "empty"
    empty.mkdir()
    assert program("archive", "-j", "2", empty).code == 0
    assert program("archive", "-j", "2", "nowhere.html").code == 1
    page = program.folder / "page.html"
    page.write_text(f"<img src='{uri(picture(30, 20, 1))}'>")
    assert program("archive", "-j", "2", page).code == 0
    ran = program("archive", "-j", "2", page)
    assert (ran.code, "nothing to do" in ran.out.decode()) == (0, True)
