"""Root works on a user's store: it stays the user's."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import assetstore
from support.program import Program
from support.samples import picture, uri

USER = 65534
pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, and a user"
)


def whole(seed: int) -> bytes:
    return f"<p>{seed}</p><img src={uri(picture(30, 20, seed))}>\n".encode()


def page(program: Program, seed: int) -> Path:
    path = program.folder / f"page-{seed}.html"
    path.write_bytes(whole(seed))
    os.chown(path, USER, USER)
    return path


@pytest.fixture
def home(program: Program, tmp_path: Path) -> Path:
    """A user's folder, in which the program is run by who calls sudo."""
    for path in (program.folder, *program.folder.rglob("*")):
        os.chown(path, USER, USER)
    program.environment["SUDO_UID"] = str(USER)
    return program.folder


def roots(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.lstat().st_uid == 0]


def test_every_file_is_the_users(program: Program, home: Path) -> None:
    """Also where the home is kept, as sudo does on some systems: state and cache."""
    document = page(program, 1)
    for words in (
        ["archive", document],
        ["optimize"],
        ["restore", document],
        ["archive", "--jobs", "2", document, page(program, 2)],
        ["forget", "--force", page(program, 2)],
        ["gc", "--grace", "0"],
        ["verify", "--read-data"],
        ["repair"],
        ["run"],
        ["doctor", home],
        ["writers", "list"],
    ):
        ran = program(*words)
        assert ran.code in (0, 4), (words, ran.err)
        assert roots(home) == [], words


def test_no_link_leads_what_root_remembers_out_of_the_users_folders(
    program: Program, home: Path, tmp_path: Path
) -> None:
    """Databases and the log of runs would be made, or written, where it leads."""
    target = tmp_path / "roots"
    words: list[list[str | Path]] = [["archive", page(program, 1)], ["run"]]
    words += [["doctor", home], ["gc", "--grace", "0", "--missing-for", "1d"]]
    for each in words:
        assert program(*each).code in (0, 4)
    names = ("*.sqlite", "log.jsonl", "tasks.json", "*.lock", "*.seen")
    planted = [path for name in names for path in home.rglob(name)]
    assert len({path.suffix for path in planted}) == len({".x", *names}) - 1
    for path in planted:
        path.unlink()
        path.symlink_to(target)
    for each in words:
        program(*each)
        assert not target.exists(), each


def as_user(program: Program, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as the user whose folder it is."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("there is no setpriv")
    for path in Path(assetstore.__file__).resolve().parents:
        if not path.stat().st_mode & 0o001:
            pytest.skip(f"another user cannot read the program: {path} is shut")
    for path in program.folder.parents:  # pytest's folders are root's alone
        if path.name.startswith(("pytest-", "popen-")):
            path.chmod(path.stat().st_mode | 0o011)
    who = ["--reuid", str(USER), "--regid", str(USER), "--clear-groups", "--"]
    environment = {**program.environment}
    del environment["SUDO_UID"]
    return subprocess.run(
        [setpriv, *who, *program.words(*words)],
        cwd=program.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_user_goes_on_with_it(program: Program, home: Path) -> None:
    document = page(program, 1)
    assert program("archive", document).code == 0
    for words in (["restore", document], ["archive", document], ["gc", "--grace", "0"]):
        done = as_user(program, *words)
        assert done.returncode == 0, done.stderr
    assert program("restore", document).code == 0
    assert document.read_bytes() == whole(1)


def test_root_alone_makes_a_store_of_its_own(program: Program, home: Path) -> None:
    """Nobody said that the folder's owner is to be trusted."""
    del program.environment["SUDO_UID"]
    document = page(program, 1)
    assert program("archive", document).code == 0
    assert program.store.stat().st_uid == 0
    assert program("restore", document).code == 0


def test_the_store_of_root_is_told(program: Program) -> None:
    """A home of its own, as most systems give root: the user will not find it."""
    del program.environment["ASSETSTORE_STORE"]
    document = page(program, 1)
    ran = program("archive", document, SUDO_USER="ada", SUDO_UID=str(USER))
    assert ran.code == 0
    assert "warning: made a new store at" in ran.err
    assert "without sudo, ada has another one" in ran.err
    other = page(program, 2)
    ran = program("archive", other, SUDO_USER="ada", SUDO_UID=str(USER))
    assert (ran.code, ran.err) == (0, "")


def test_what_was_made_roots_is_told_with_the_way_back(
    program: Program, home: Path
) -> None:
    """A version before this one, or another program, did so."""
    document = page(program, 1)
    assert program("archive", document).code == 0
    os.chown(program.store / "manifests", 0, 0)
    (program.store / "manifests").chmod(0o700)
    done = as_user(program, "restore", document)
    assert done.returncode == 1
    assert f"sudo chown -R {USER} {program.store / 'manifests'}" in done.stderr
