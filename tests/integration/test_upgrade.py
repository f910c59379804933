"""A store of an earlier version is used, changed and collected, and goes back to it.

By default the store is the golden one, which an earlier version wrote. The long form
installs earlier versions from git, and lets them and this one work on a store in turn:
``ASSETSTORE_TEST_UPGRADE=last``, or tags and commits with commas between them.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.program import Program
from support.samples import picture, uri

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
ALL = ("--min-size", "0", "--media", "any")
COMPACT = ("--max-unused", "0")  # every pack that holds anything dead is written anew
PINNED = "3396471"  # what counts as the last release until there is a tag
FIRST = "675dcb0"  # wrote the golden store, and knows no feature of a store
# Documents that need no feature of a store: no logs, and no payload stays in them.
PLAIN = ["book.ipynb", "page.har", "page.html", "page.mhtml", "style.css", "text.md"]
Run = Callable[..., None]


def documents() -> dict[str, bytes]:
    """Documents of every kind, whole."""
    return {p.name: p.read_bytes() for p in sorted((FIXTURES / "documents").iterdir())}


class Shelf:
    """Documents in a folder, as they are to be when they are whole."""

    def __init__(self, folder: Path, whole: dict[str, bytes]):
        folder.mkdir()
        self.folder = folder
        self.whole = dict(whole)

    @property
    def paths(self) -> list[Path]:
        return [self.folder / name for name in self.whole]

    def put(self, forms: dict[str, bytes]) -> None:
        for name, data in forms.items():
            (self.folder / name).write_bytes(data)

    def add(self, name: str, seed: int) -> Path:
        """A page with a picture of its own, or one more picture at its end."""
        more = f"<p>{seed}<img src='{uri(picture(40, 30, seed))}'></p>\n".encode()
        path = self.folder / name
        with path.open("ab") as file:
            file.write(more)
        self.whole[name] = self.whole.get(name, b"") + more
        return path

    def lose(self, name: str) -> Path:
        self.whole.pop(name)
        path = self.folder / name
        path.unlink()
        return path

    def check(self) -> None:
        for name, data in self.whole.items():
            assert (self.folder / name).read_bytes() == data, name


def use(run: Run, shelf: Shelf, seed: int, *collect: str) -> None:
    """Let a version do with archived documents what its users do; they are so again.

    Args:
        run: Runs one of its commands, which must succeed.
        shelf: The documents.
        seed: Another one each time.
        collect: Options for its gc.
    """
    run("verify", "--read-data")
    run("restore", *shelf.paths)
    shelf.check()
    run("archive", *ALL, *shelf.paths)
    run("archive", *ALL, shelf.add("page.html", seed))  # it grew since
    run("archive", *ALL, shelf.add(f"new-{seed}.html", seed + 1))
    run("archive", *ALL, shelf.add("given-up.html", seed + 2))
    run("forget", shelf.lose("given-up.html"))
    run("gc", "--grace", "0", *collect)
    run("verify", "--read-data")
    run("restore", *shelf.paths)
    shelf.check()
    run("archive", *ALL, *shelf.paths)


def call(
    program: Program, python: Path, *words: str | Path
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [python, "-m", "assetstore", *words],
        cwd=program.folder,
        env=program.environment,
        capture_output=True,
        check=False,
    )


def running(program: Program, python: Path | None = None) -> Run:
    """Run commands of this version, or of the one of an environment."""

    def run(*words: str | Path) -> None:
        if python is None:
            done = program(*words)
            assert done.code == 0, (words, done.err)
            return
        ran = call(program, python, *words)
        assert ran.returncode == 0, (words, ran.stderr)

    return run


def test_the_golden_store_is_used_changed_and_collected(program: Program) -> None:
    shutil.copytree(FIXTURES / "stores" / "format-1", program.store)
    whole = documents()
    slim = {name: (FIXTURES / "archived" / name).read_bytes() for name in whole}
    slim |= {p.name: p.read_bytes() for p in (FIXTURES / "lists").iterdir()}
    shelf = Shelf(program.folder / "documents", whole)
    shelf.put(slim)
    use(running(program), shelf, 1, *COMPACT)
    # What was archived then, and lies elsewhere, is needed by manifests of then.
    other = Shelf(program.folder / "elsewhere", whole)
    other.put(slim)
    running(program)("restore", *other.paths)
    other.check()


def git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, check=False)


def earlier() -> list[str]:
    said = os.environ.get("ASSETSTORE_TEST_UPGRADE", "")
    if said != "last":
        return [name for name in said.split(",") if name]
    tags = git("tag", "--list", "v*", "--sort=-version:refname").stdout.decode().split()
    return tags[:1] or [PINNED]


@pytest.fixture(scope="module")
def then_python(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The Python of an environment with an earlier version."""
    source = git("archive", "--format=tar", request.param)
    assert source.returncode == 0, source.stderr
    tree = tmp_path_factory.mktemp("tree")
    subprocess.run(["tar", "-x", "-C", tree], input=source.stdout, check=True)
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", tree], check=True)
    return python


def features(program: Program) -> set[str]:
    config = json.loads((program.store / "config").read_bytes())
    named = config.get("features", {})
    return {*named.get("read", ()), *named.get("write", ())}


def files(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("then_python", earlier(), indirect=True)
def test_where_nothing_new_is_used_versions_take_turns(
    then_python: Path, program: Program
) -> None:
    """The earlier one made the store; this one uses it; the earlier one again."""
    then, now = running(program, then_python), running(program)
    every = documents()
    shelf = Shelf(program.folder / "documents", {name: every[name] for name in PLAIN})
    shelf.put(shelf.whole)
    then("archive", *ALL, *shelf.paths)
    before = features(program)
    use(then, shelf, 1)
    use(now, shelf, 11, *COMPACT)
    assert features(program) == before
    use(then, shelf, 21)
    use(now, shelf, 31, *COMPACT)
    then("restore", *shelf.paths)
    shelf.check()


@pytest.mark.parametrize(
    "then_python", [*earlier(), *([FIRST] if earlier() else [])], indirect=True
)
def test_of_what_is_new_an_earlier_version_takes_its_hands(
    then_python: Path, program: Program
) -> None:
    """It refuses a store whose features it does not know, and changes nothing."""
    then, now = running(program, then_python), running(program)
    shelf = Shelf(program.folder / "documents", documents())
    shelf.put(shelf.whole)
    then("archive", *ALL, *shelf.paths)
    before = features(program)
    use(then, shelf, 1)
    use(now, shelf, 11, *COMPACT)
    if features(program) == before:
        use(then, shelf, 21)
    else:
        state = files(program.store), files(shelf.folder)
        tried: list[list[str | Path]] = [
            ["verify"],
            ["restore", *shelf.paths],
            ["gc", "--grace", "0"],
        ]
        for words in tried:
            ran = call(program, then_python, *words)
            assert ran.returncode != 0
            assert b"needs notes, which this version lacks" in ran.stderr
        assert (files(program.store), files(shelf.folder)) == state
    use(now, shelf, 31, *COMPACT)
    now("restore", *shelf.paths)
    shelf.check()
