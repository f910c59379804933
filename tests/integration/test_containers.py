"""What is no text stays as it is: in folders with a reason, by name with an error."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from support.containers import PAGE, REASONS, every_container
from support.homes import codex_home
from support.program import Program
from support.samples import claude_log, codex_log, html, picture, uri

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
SIGNED = (
    b"DKIM-Signature: v=1; a=rsa-sha256; b=x\r\nFrom: a@b\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html\r\n\r\n" + PAGE
)


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file below a folder: its bytes, its inode and its time."""
    return {
        str(p.relative_to(folder)): (
            p.read_bytes(),
            p.stat().st_ino,
            p.stat().st_mtime_ns,
        )
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def reasons(program: Program, *words: str | Path) -> dict[str, str]:
    """What a run passed over, by the name of the file."""
    files = program("archive", *words, "--json").result["files"]
    return {
        Path(f["path"]).name: f["reason"] for f in files if f["status"] == "skipped"
    }


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_folder_of_all_kinds_is_left_as_it_is(program: Program, jobs: str) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    files = every_container(docs)
    page = docs / "page.html"
    page.write_bytes(html())
    before = state(docs)

    ran = program(
        "archive", docs, "--json", "-j", jobs, "--min-size", "0", "--media", "any"
    )
    assert ran.code == 0, ran.err
    after = state(docs)
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {"page.html"}
    assert after.keys() == before.keys()

    told = {Path(f["path"]).name: f for f in ran.result["files"]}
    for file in files:
        result = told[file.name]
        assert result["status"] == "skipped", file.name
        assert result["reason"] == REASONS.get(file.name, result["reason"]) != ""
        assert (result["code"], result["lasting"]) == (0, True)
        assert result["before"] == result["after"] == file.stat().st_size
    assert ran.result["totals"]["skipped"] == len(files)
    assert ran.result["totals"]["archived"] == 1
    still_work(Path(shutil.copytree(docs, program.folder / "copy")))
    # What is remembered of them says the same.
    for file in files:
        os.utime(file, (1_700_000_000, 1_700_000_000))
    words = (docs, "--min-size", "0", "--media", "any")
    first, again = reasons(program, *words), reasons(program, *words)
    assert first == again
    assert set(again) == {file.name for file in files}


def still_work(docs: Path) -> None:
    """Whether readers read them."""
    for name in ("app.db", "w.db"):
        db = sqlite3.connect(docs / name)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT max(doc) FROM t").fetchone() == (PAGE.decode(),)
        db.close()
    for name in ("a.zip", "a.docx", "a.whl", "tool.pyz"):
        with zipfile.ZipFile(docs / name) as archive:
            assert archive.testzip() is None
            assert archive.read("page.html") == PAGE
    for name in ("ustar.tar", "gnu.tar", "pax.tar", "v7.tar"):
        with tarfile.open(docs / name) as files:
            assert all(files.extractfile(m).read() == PAGE for m in files)  # type: ignore[union-attr]
            assert len(files.getnames()) == (1 if name == "v7.tar" else 2)
    tool = subprocess.run(
        [sys.executable, docs / "tool.pyz"], capture_output=True, check=True
    )
    assert tool.stdout.strip() == b"still runs"
    if sys.platform == "linux":
        assert subprocess.run([docs / "program"], check=False).returncode == 0
    if shutil.which("git"):
        clone = docs.parent / "clone"
        subprocess.run(["git", "clone", "-q", docs / "all.bundle", clone], check=True)
        assert (clone / "page.html").read_bytes() == PAGE


def test_they_are_counted_and_named_on_request(program: Program) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    (docs / "page.html").write_bytes(html())
    (docs / "a.zip").write_bytes(b"PK\x05\x06" + bytes(18) + PAGE)
    (docs / "a.py").write_bytes(PAGE)
    few = program("archive", docs)
    assert b"zip" not in few.out
    assert b"1 file archived, 2 skipped (-v says why)" in few.out
    many = program("archive", docs, "-v").out.decode()
    assert f"skipped {docs / 'a.zip'}: a zip archive\n" in many
    assert f"skipped {docs / 'a.py'}: source code; --include takes it\n" in many


@pytest.mark.parametrize(
    "name", ["app.db", "a.zip", "a.png", "utf16.txt", "signed.eml"]
)
def test_one_that_is_named_is_refused(program: Program, name: str) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    every_container(docs, with_git=False)
    (docs / "signed.eml").write_bytes(SIGNED)
    file, before = docs / name, state(docs)

    ran = program("archive", file)
    assert ran.code == 15
    assert ran.err.startswith(f"error: {file} is left as it is: ")
    assert "hint: " in ran.err
    (problem,) = program("archive", file, "--json").json["errors"]
    assert (problem["type"], problem["exit_code"]) == ("ContainerRefused", 15)
    assert Path(problem["path"]) == file

    target = program.folder / "out"
    assert program("archive", file, "-o", target).code == 15
    piped = program("archive", "-", stdin=file.read_bytes())
    assert (piped.code, piped.out) == (15, b"")
    assert program("archive", file, "-o", "-").code == 15
    assert not target.exists()
    # A dry run says the same, and so does one that met it in its folder before.
    assert program("archive", "-n", file).code == 15
    program("archive", docs)
    assert program("archive", file).code == 15
    for words in ((docs, file), (file, docs)):
        assert program("archive", *words).code == 3
    assert state(docs) == before
    page = docs / "page.html"
    page.write_bytes(html())
    both = program("archive", file, page, "--json")
    assert both.code == 3
    assert both.result["totals"]["archived"] == 1


@pytest.mark.parametrize("name", ["app.db", "a.zip", "a.warc", "signed.eml"])
def test_who_knows_gets_a_copy_and_restores_it(program: Program, name: str) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    every_container(docs, with_git=False)
    (docs / "signed.eml").write_bytes(SIGNED)
    file, before = docs / name, state(docs)
    data = file.read_bytes()

    refused = program("archive", "--binary", file)
    assert refused.code == 2
    assert state(docs) == before
    small = program.folder / f"small-{name}"
    assert program("archive", "--binary", file, "-o", small).code == 0
    # In a database, a payload of several pages stands in pieces: it stays.
    assert (len(small.read_bytes()) < len(data)) == (name != "app.db")
    piped = program("archive", "--binary", "-", stdin=data)
    assert (piped.code, piped.out) == (0, small.read_bytes())
    assert program("restore", "-", stdin=piped.out).out == data
    # As an earlier version left it, in its place: restore is not stopped by what it is.
    shutil.copyfile(small, file)
    assert program("restore", docs).code == 0
    assert file.read_bytes() == data


@posix
def test_what_is_read_only_or_linked_is_told_for_what_it_is(program: Program) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    (docs / "a.pack").write_bytes(b"PACK\0\0\0\x02\0\0\0\x01" + PAGE)
    (docs / "a.pack").chmod(0o444)
    (docs / "a.png").write_bytes(picture(8, 8, 1))
    os.link(docs / "a.png", docs / "b.png")
    assert reasons(program, docs) == {
        "a.pack": "a pack of git",
        "a.png": "a PNG image",
        "b.png": "a PNG image",
    }


def test_what_is_covered_is_passed_over(program: Program) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    (docs / "signed.eml").write_bytes(SIGNED)
    (docs / "plain.eml").write_bytes(SIGNED.partition(b"\r\n")[2])
    (docs / "dump.http").write_bytes(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE
    )
    assert reasons(program, docs) == {
        "signed.eml": "a length, checksum or signature covers it: signed mail (DKIM)",
        "dump.http": "a length, checksum or signature covers it: an HTTP message with "
        "the length of its body",
    }
    assert uri(b"")[:11].encode() not in (docs / "plain.eml").read_bytes()
    assert (docs / "signed.eml").read_bytes() == SIGNED


@pytest.mark.parametrize("front", [bytes(600) + b"\n", b"\xef\xbb\xbf", b"\n\n"])
def test_a_damaged_session_is_not_refused_and_comes_back(
    program: Program, front: bytes
) -> None:
    path = program.folder / "session.jsonl"
    data = front + claude_log()
    path.write_bytes(data)
    ran = program("archive", path, "--json")
    assert ran.code == 0
    assert ran.result["files"][0]["status"] in ("archived", "unchanged")
    assert path.read_bytes().startswith(front)
    assert program("restore", path).code == 0
    assert path.read_bytes() == data


def test_a_folder_is_walked_as_its_owner_means_it(program: Program) -> None:
    docs = program.folder / "docs"
    names = (
        "a.html",
        "a.out",
        "build/b.html",
        "node_modules/x/c.html",
        "d.ts",
        ".git/e.html",
    )
    for name in names:
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_bytes(html())
    (docs / ".gitignore").write_text("*.out\n/build\n")
    before = state(docs)

    def small() -> set[str]:
        after = state(docs)
        return {
            name.replace(os.sep, "/") for name in before if before[name] != after[name]
        }

    ran = program("archive", docs, "--json")
    assert small() == {"a.html"}
    ignored = f"ignored by {docs / '.gitignore'}"
    assert {
        Path(f["path"]).name: f["reason"]
        for f in ran.result["files"]
        if f["status"] == "skipped"
    } == {
        "a.out": ignored,
        "build": ignored,
        "node_modules": "dependencies",
        "d.ts": "source code; --include takes it",
    }
    assert program("archive", docs, "--include", "*.ts").code == 0
    assert small() == {"a.html", "d.ts"}
    assert program("archive", docs / "build").code == 0  # it is named
    assert small() == {"a.html", "d.ts", "build/b.html"}
    assert program("archive", docs, "--no-ignore").code == 0
    assert small() == {*names} - {".git/e.html"}

    # What looks for placeholders heeds no ignore file.
    scanned = program("gc", "-n", "--grace", "0", "--scan", docs, "--json")
    assert scanned.code == 0, scanned.err
    assert scanned.result["freed"] == 0
    assert program("restore", docs).code == 0
    assert {name: data for name, (data, *_) in state(docs).items()} == {
        name: data for name, (data, *_) in before.items()
    }


def test_the_configuration_may_say_that_all_is_seen(program: Program) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    config = program.folder / "xdg" / "config" / "assetstore" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[archive]\nignore = false\n")
    (docs / "a.py").write_bytes(PAGE)
    assert reasons(program, docs, "-n", "--ignore").keys() == {"a.py"}
    assert reasons(program, docs, "-n") == {}
    assert program("archive", docs).code == 0
    assert (docs / "a.py").read_bytes() != PAGE


@pytest.mark.parametrize("above", ["home/.codex", "home", "."])
def test_of_an_agents_home_only_session_logs_are_touched(
    program: Program, above: str
) -> None:
    home = program.folder / "home"
    home.mkdir()
    codex, claude = agents(home)
    before = state(home)
    ran = program("archive", program.folder / above, "--json")
    assert ran.code == 0, ran.err
    changed = of_its_own(before, state(home))
    logs = {codex} if above.endswith(".codex") else {codex, claude}
    assert changed == {str(log.relative_to(home)) for log in logs}
    skipped = [f["path"] for f in ran.result["files"] if f["status"] == "skipped"]
    assert len(skipped) == len(set(skipped))
    told = [
        f["reason"] for f in ran.result["files"] if f["path"] == str(home / ".codex")
    ]
    assert told == ["Codex's own files: only its session logs are touched"]


def of_its_own(
    before: dict[str, tuple[bytes, int, int]], after: dict[str, tuple[bytes, int, int]]
) -> set[str]:
    """What changed, but for the client's byte offsets, which move with its logs."""
    changed = {name for name, was in before.items() if was != after[name]}
    return {name for name in changed if not name.endswith("thread_history_1.sqlite")}


def agents(home: Path) -> tuple[Path, Path]:
    """Homes of both agents, with pictures in logs and everywhere else."""
    codex = codex_home(home)
    claude = home / ".claude" / "projects" / "-home-a" / "1.jsonl"
    for name in (
        ".codex/history.jsonl",
        ".codex/log/codex-tui.log",
        ".codex/sessions/2026/export.jsonl",
        ".codex/memories/a.md",
        ".claude/history.jsonl",
        ".claude/todos/a.json",
        ".claude/projects/-home-a/memory/a.md",
        ".claude/file-history/1/a@v1",
    ):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(codex_log())
    claude.write_bytes(claude_log())
    return codex, claude


@pytest.mark.parametrize("paths", ["~", "~/.codex", "~/.codex/sessions", ""])
def test_a_job_touches_session_logs_alone(program: Program, paths: str) -> None:
    home = program.folder / "home"
    home.mkdir()
    codex, claude = agents(home)
    for path in home.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    config = program.folder / "xdg" / "config" / "assetstore" / "config.toml"
    config.parent.mkdir(parents=True)
    if paths:
        config.write_text(
            "[jobs.codex]\nenabled = false\n[jobs.claude-code]\nenabled = false\n"
            f"[jobs.mine]\npaths = [{json.dumps(paths)}]\n"
        )
    before = state(home)
    ran = program("run")
    assert (ran.code, ran.err) == (0, "")
    changed = of_its_own(before, state(home))
    logs = {codex} if "codex" in paths else {codex, claude}
    assert changed == {str(log.relative_to(home)) for log in logs}
    tasks = program("log", "--json").result["runs"][0]["tasks"]
    assert sum(task["later"] for task in tasks) == 0
