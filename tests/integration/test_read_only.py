"""What cannot be written: a store, as on a read-only medium, and the user's state."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.program import Program, Ran
from support.samples import picture, uri

# Root writes everywhere unless it gives up what it may do more than others.
_AS_OTHERS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]

pytestmark = pytest.mark.skipif(
    os.name == "nt" or (os.geteuid() == 0 and shutil.which("setpriv") is None),
    reason="modes are POSIX', and root needs setpriv to be bound by them",
)


def bound(program: Program, *words: str | Path, stdin: bytes = b"") -> Ran:
    """Run a command that modes bind."""
    start = _AS_OTHERS if os.geteuid() == 0 else []
    done = subprocess.run(
        [*start, *program.words(*words)],
        cwd=program.folder,
        env=program.environment,
        input=stdin,
        capture_output=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr.decode())


def closed(folder: Path) -> None:
    """Let nobody write to a folder, and what is in it."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(path.stat().st_mode & ~0o222)


def whole(seed: int = 1) -> bytes:
    return f"<p>{seed}</p><img src={uri(picture(30, 20, seed))}>\n".encode()


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def page(program: Program) -> Iterator[Path]:
    """An archived page; what a test closes is opened again for pytest to remove."""
    path = program.folder / "page.html"
    path.write_bytes(whole())
    assert program("archive", path).code == 0
    yield path
    for folder in (program.store, program.folder / "xdg"):
        for each in [folder, *folder.rglob("*")]:
            each.chmod(0o700)


# --- a store


def test_a_restore_in_place_needs_no_store_that_can_be_written(
    program: Program, page: Path
) -> None:
    slim = page.read_bytes()
    closed(program.store)
    before = tree(program.store)
    ran = bound(program, "restore", page)
    assert ran.code == 0, ran.err
    assert f"the store at {program.store} cannot be written" in ran.err
    assert page.read_bytes() == whole()
    assert tree(program.store) == before
    for each in [program.store, *program.store.rglob("*")]:
        each.chmod(0o700)
    assert program("gc", "--grace", "0").code == 0  # it keeps all of it
    page.write_bytes(slim)
    assert program("restore", page).code == 0
    assert page.read_bytes() == whole()


def test_a_restore_says_that_the_store_cannot_be_written(
    program: Program, page: Path
) -> None:
    """Something stays that looks like a placeholder, which the store has to note."""
    (name, *_) = re.findall(rb"as1:[\w-]{27}", page.read_bytes())
    quoting = program.folder / "quoting.html"
    text = whole(2) + b"<p>it is called %b</p>" % name
    quoting.write_bytes(text)
    assert program("archive", quoting).code == 0
    slim = quoting.read_bytes()
    closed(program.store)
    ran = bound(program, "restore", "--as-archived", quoting, "--json")
    assert ran.code == 1
    (error,) = ran.json["errors"]
    assert error["type"] == "StoreWriteError"
    assert f"the store at {program.store} cannot be written" in error["message"]
    assert "restore -o FILE" in error["hint"]
    assert quoting.read_bytes() == slim
    for words in (["-o", "out.html"], ["-n"]):
        ran = bound(program, "restore", "--as-archived", quoting, *words)
        assert ran.code == 0
    assert (program.folder / "out.html").read_bytes() == text


@pytest.mark.parametrize(
    "words",
    [
        ["gc"],
        ["repair"],
        ["optimize"],
        ["purge", "page.html"],
        ["archive", "other.html"],
    ],
    ids=lambda words: words[0],
)
def test_a_dry_run_looks_at_a_store_that_cannot_be_written(
    program: Program, page: Path, words: list[str]
) -> None:
    (program.folder / "other.html").write_bytes(whole(2))
    shutil.rmtree(program.store / "locks")
    closed(program.store)
    before = tree(program.store)
    ran = bound(program, *words, "-n")
    assert (ran.code, ran.err) == (0, "")
    if words[0] == "purge":
        words = [*words, "--yes"]
    ran = bound(program, *words)
    assert ran.code == 1
    assert f"the store at {program.store} cannot be written" in ran.err
    assert tree(program.store) == before


def test_a_forgotten_document_of_a_store_that_cannot_be_written(
    program: Program, page: Path
) -> None:
    closed(program.store)
    ran = bound(program, "forget", page, "--force")
    assert ran.code == 1
    assert "cannot be written" in ran.err
    assert "locks" not in ran.err


# --- the user's state


def lost(program: Program, mode: int = 0o555) -> Path:
    """A state folder that is empty, and stays so."""
    state = program.folder / "xdg" / "state"
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    state.chmod(mode)
    return state


@pytest.mark.parametrize(
    "words",
    [
        ["restore", "page.html", "-o", "out.html"],
        ["restore", "page.html", "-n"],
        ["restore", "-"],
        ["verify"],
        ["ls"],
        ["stats"],
        ["gc"],
        ["repair"],
    ],
    ids=" ".join,
)
def test_what_makes_no_store_goes_on_without_a_state(
    program: Program, page: Path, words: list[str]
) -> None:
    # Which store is at a place is asked of the state by who repairs it.
    for mode in (0o555,) if words == ["repair"] else (0o555, 0o000):
        state = lost(program, mode)
        ran = bound(program, *words, stdin=page.read_bytes())
        assert ran.code == 0, ran.err
        assert "warning: nothing can be remembered" in ran.err
        state.chmod(0o755)
        assert list(state.iterdir()) == []
        if "-" in words:
            assert ran.out == whole()


def test_a_restore_in_place_and_an_archive_go_on_without_a_state(
    program: Program, page: Path
) -> None:
    slim = page.read_bytes()
    lost(program)
    assert bound(program, "restore", page).code == 0
    assert page.read_bytes() == whole()
    ran = bound(program, "archive", page, "-j", "2")
    assert ran.code == 0
    assert "counts as another user's" in ran.err
    assert page.read_bytes() == slim
    assert bound(program, "verify", "--read-data").code == 0


def test_no_store_is_made_without_a_state(program: Program, page: Path) -> None:
    shutil.rmtree(program.store)
    page.write_bytes(whole())
    lost(program)
    ran = bound(program, "archive", page)
    assert ran.code == 1
    assert "Permission denied" in ran.err
    assert page.read_bytes() == whole()
    assert not program.store.exists()
    program.store.mkdir()


def test_a_state_that_is_kept_is_used(program: Program, page: Path) -> None:
    """Nothing is to be written: no word is said."""
    closed(program.folder / "xdg" / "state")
    ran = bound(program, "restore", page)
    assert (ran.code, ran.err) == (0, "")
    (known,) = (program.folder / "xdg/state/assetstore/writers").iterdir()
    client = known.read_text().strip()
    clients = {path.parents[1].name for path in program.store.rglob("manifests/*/*/*")}
    assert clients == {client}
