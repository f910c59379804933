"""Every command in a folder in which somebody crafted everything.

Nothing there is executed, nothing outside is written, and what the program writes of
documents is for nobody but its owner.
"""

import os
import re
import sqlite3
import stat
import subprocess
import sys
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.files.draft_names import NameSwap
from support.homes import THREAD, codex_home, rollout
from support.program import Program, Ran
from support.samples import b64, picture, uri

# What Python imports at its start, in a child, or in a command.
MODULES: tuple[str, ...] = (
    "multiprocessing",
    "signal",
    "random",
    "zstandard",
    "json",
    "PIL",
    "blake3",
)
MODULES = (*MODULES, "sitecustomize", "usercustomize", "assetstore", "encodings")


class Folder:
    """The folder, and what would tell that something in it was executed."""

    def __init__(self, program: Program):
        self.program = program
        self.path = program.folder / "crafted"
        self.path.mkdir()
        self.told = program.folder / "executed"
        code = f"open({str(self.told)!r}, 'a').write(__name__)\n"
        for name in MODULES:
            (self.path / name).mkdir()
            (self.path / name / "__init__.py").write_text(code)
            (self.path / f"{name}.py").write_text(code)
        for name in ("gs", "git", "sh", "python3", "assetstore"):
            script = self.path / name
            if not script.exists():
                script.write_text(f"#!/bin/sh\necho {name} >> {self.told}\n")
                script.chmod(0o755)

    def __call__(self, *words: str | Path) -> Ran:
        """Run the installed command in it."""
        program = Path(sys.executable).with_name("assetstore")
        done = subprocess.run(
            [str(program), *map(str, words)],
            cwd=self.path,
            env=self.program.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        said = done.stderr.decode("utf-8", "replace")
        assert not self.told.exists(), (words, self.told.read_text())
        return Ran(done.returncode, done.stdout, said)


@pytest.fixture
def crafted(agents: Program) -> Folder:
    return Folder(agents)


@pytest.fixture
def agents(program: Program) -> Program:
    program.environment["CODEX_HOME"] = str(program.folder / "crafted" / ".codex")
    return program


def test_nothing_in_it_is_executed(crafted: Folder) -> None:
    for i in range(40):
        page = f"<img src='{uri(picture(60, 40, i))}'>" + "<p>words</p>" * 400
        (crafted.path / f"page-{i}.html").write_text(page)
    project = crafted.path / ".assetstore.toml"
    project.write_text("jobs = 4\n")
    assert crafted("archive", ".").code == 14  # it may start no processes
    project.unlink()
    path = codex_home(crafted.path)
    ran = crafted("archive", ".", "--jobs", "3", "-v")
    assert ran.code == 0, ran.err
    assert "data:image" not in (crafted.path / "page-7.html").read_text()
    for words in (
        ("ls",),
        ("stats",),
        ("doctor", "--all"),
        ("show", path),
        ("handoff", path, "-o", "../h.md"),
        ("rescue", THREAD, "--now"),
        ("export", THREAD, "b.bundle"),
        ("verify", "--read-data"),
        ("optimize",),
        ("gc", "-n"),
        ("restore", ".", "--jobs", "3"),
        ("config", "show"),
        ("schedule", "--help"),
    ):
        ran = crafted(*words)
        assert ran.code in (0, 1, 4), (words, ran.err)


POSTSCRIPT = b"%%!PS-Adobe-3.0 EPSF-3.0\n%%%%BoundingBox: 0 0 40 30\n%%%%EndComments\n"
POSTSCRIPT += b"(%s) (w) file (ran) writestring\nshowpage\n%%%%EOF\n"


def test_a_picture_is_opened_as_nothing_but_a_picture(crafted: Folder) -> None:
    """Pillow starts Ghostscript for an EPS, whatever the document calls it."""
    crafted.program.environment["PATH"] = f"{crafted.path}:/usr/bin:/bin"
    data = POSTSCRIPT % str(crafted.told).encode()
    shots = [
        f"data:image/png;base64,{b64(data)}",
        f"data:image/x-eps;base64,{b64(data)}",
        uri(picture(60, 40, 1)),
    ]
    log = rollout(1)
    for shot in shots:
        turn = rollout(1, 0, start=9).replace(
            uri(picture(60, 40, 9)).encode(), shot.encode()
        )
        log += turn
    path = codex_home(crafted.path, log)
    for words in (
        ("archive", path),
        ("show", path),
        ("handoff", path, "-o", "h.md"),
        ("stats",),
        ("optimize",),
    ):
        assert crafted(*words).code == 0


def bomb(side: int) -> bytes:
    """A PNG of few bytes and many pixels, all black."""
    head = side.to_bytes(4, "big") * 2 + b"\x01\0\0\0\0"
    row = zlib.compress(bytes(1 + side // 8) * side, 9)
    chunks = ((b"IHDR", head), (b"IDAT", row), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big")
        + name
        + body
        + zlib.crc32(name + body).to_bytes(4, "big")
        for name, body in chunks
    )


def test_a_picture_of_many_pixels_is_not_decoded(crafted: Folder) -> None:
    shot = uri(picture(60, 40, 0))
    many = f"data:image/png;base64,{b64(bomb(9000))}"
    log = rollout(1, 0).replace(shot.encode(), many.encode())
    path = codex_home(crafted.path, log)
    assert crafted("handoff", path, "-o", "h.md").code == 0
    assert not (crafted.path / "h-images").exists()
    assert "has more than 50,000,000 pixels" in (crafted.path / "h.md").read_text()


@pytest.mark.skipif(os.name == "nt", reason="modes of files")
def test_what_is_written_of_documents_is_its_owners_alone(crafted: Folder) -> None:
    path = codex_home(crafted.path)
    copy = crafted.path / "copy.jsonl"
    copy.write_bytes(path.read_bytes())
    was = os.umask(0)
    try:
        for words in (
            ("handoff", path, "-o", "h.md"),
            ("show", path, "--image", "1", "-o", "1.png"),
            ("archive", copy, "-o", "small.jsonl"),
            ("restore", "small.jsonl", "-o", "whole.jsonl"),
            ("restore", "small.jsonl", "--extract", "pictures"),
            ("export", path, "b.bundle"),
            ("rescue", THREAD, "--now"),
            ("import", "b.bundle", "--to", "elsewhere"),
        ):
            ran = crafted(*words)
            assert ran.code == 0, (words, ran.err)
    finally:
        os.umask(was)
    made = [crafted.path / name for name in ("h.md", "1.png", "b.bundle")]
    made += [crafted.path / name for name in ("small.jsonl", "whole.jsonl")]
    for folder in ("h-images", "pictures", "elsewhere"):
        made += (crafted.path / folder).rglob("*")
        made.append(crafted.path / folder)
    made += (crafted.program.folder / "xdg" / "data").rglob("*.md")
    assert len(made) > 15
    wide = [p for p in made if stat.S_IMODE(p.stat().st_mode) & 0o077]
    assert wide == []


@pytest.mark.parametrize("name", ["log.jsonl", "link", "hard"])
@pytest.mark.parametrize(
    "words",
    [
        ("handoff", "log.jsonl", "-o"),
        ("show", "log.jsonl", "--image", "1", "-o"),
        ("export", "log.jsonl"),
        ("archive", "log.jsonl", "-o"),
        ("restore", "log.jsonl", "-o"),
        ("run", "--metrics"),
    ],
)
def test_no_output_is_written_over_its_input(
    crafted: Folder, words: tuple[str, ...], name: str
) -> None:
    log = crafted.path / "log.jsonl"
    log.write_bytes(rollout())
    (crafted.path / "link").symlink_to(log)
    if name == "hard":
        (crafted.path / "hard").hardlink_to(log)
    assert crafted("init").code == 0
    ran = crafted(*words, name)
    assert ran.code in (2, 3), ran.err
    assert "hint:" in ran.err
    assert log.read_bytes() == rollout()
    assert (crafted.path / "link").is_symlink()


@pytest.mark.parametrize("data", [b"<html><script>run()</script>", b"<svg xmlns='x'/>"])
def test_what_a_desktop_would_run_is_not_opened(crafted: Folder, data: bytes) -> None:
    """xdg-open, open and start decide by the name's ending what to do."""
    for name in ("xdg-open", "open", "gs"):
        script = crafted.path / name
        script.write_text(f"#!/bin/sh\necho {name} >> {crafted.told}\n")
        script.chmod(0o755)
    crafted.program.environment["PATH"] = f"{crafted.path}:/usr/bin:/bin"
    shot = f"data:image/svg+xml;base64,{b64(data + b' ' * 200)}".encode()
    path = codex_home(
        crafted.path, rollout(1, 0).replace(uri(picture(60, 40, 0)).encode(), shot)
    )
    ran = crafted("show", path, "--image", "1")
    assert ran.code == 2, ran.err
    assert "hint:" in ran.err
    assert crafted("show", path, "--image", "1", "-o", "1.svg").code == 0
    assert (crafted.path / "1.svg").read_bytes().startswith(data)


def test_a_restore_changes_no_file_that_no_archive_takes(crafted: Folder) -> None:
    """A database, an archive, a program: they may quote a placeholder, and stay."""
    log = codex_home(crafted.path)
    assert crafted("rescue", THREAD, "--now").code == 0
    (name, *_) = re.findall(rb"as1:[\w-]{27}", log.read_bytes())
    database = crafted.path / "notes.sqlite"
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("CREATE TABLE notes(text)")
        db.execute("INSERT INTO notes VALUES(?)", (f"see {name.decode()} there",))
    packed = crafted.path / "quoting.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a.txt", b"see %b there" % name)
    binary = crafted.path / "some.bin"
    binary.write_bytes(bytes(range(256)) + name + bytes(range(256)))
    mine = [database, packed, binary]
    history = log.parents[4] / "thread_history_1.sqlite"
    before = {path: path.read_bytes() for path in mine}
    for words in (("restore", "."), ("restore", ".", "--jobs", "2")):
        crafted(*words)
        assert {path: path.read_bytes() for path in mine} == before
        with closing(sqlite3.connect(history)) as db:  # its offsets moved, no more
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            rows = db.execute("SELECT item_json FROM thread_items").fetchall()
        assert "as1:" in str(rows)
        assert "data:image" not in str(rows)
    ran = crafted("restore", "notes.sqlite")
    assert (ran.code, "SQLite" in ran.err) == (15, True), ran.err
    assert {path: path.read_bytes() for path in mine} == before
    assert b"data:image" in log.read_bytes()


@pytest.mark.parametrize("document", ["page.html", "x" * 200 + ".html"])
def test_what_looks_like_a_leftover_stops_nothing(
    crafted: Folder, document: str
) -> None:
    page = crafted.path / document
    text = f"<img src='{uri(picture(60, 40, 1))}'>"
    page.write_text(text)
    found = page.stat()
    numbers = (1, found.st_size, found.st_mtime_ns)
    for old in ((2, 3, 4), numbers):
        evil = page.with_name(NameSwap(numbers, old).name(page))
        evil.write_text("evil")
    before = sorted(os.listdir(crafted.path))
    for command in ("archive", "restore"):
        ran = crafted(command, page)
        assert ran.code == 0, ran.err
    assert page.read_text() == text
    assert sorted(os.listdir(crafted.path)) == before
    assert evil.read_text() == "evil"
