"""The steps of docs/releasing.md, on a checkout's few files that they change."""

import importlib.util
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from release import notes, versions
from release.__main__ import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "assetstore").mkdir()
    shutil.copy(ROOT / versions.PLACE, tmp_path / versions.PLACE)
    (tmp_path / "changelog.d").mkdir()
    fragment(tmp_path, "one.added.md")
    return tmp_path


def fragment(root: Path, name: str) -> None:
    (root / "changelog.d" / name).write_text("It is so.\n")


def test_one_release_after_the_other(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def step(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(words, root)
        told = capsys.readouterr()
        return code, f"{versions.current(root)} {told.out}{told.err}"

    code, told = step("prepare", "--date", "2026-01-31")
    assert (code, told[:14]) == (0, "0.1.0 0.1.0: 1")
    assert notes.read_fragments(root) == []
    assert step("reopen") == (0, "0.2.0.dev0 0.2.0.dev0: commit it\n")
    assert step("reopen")[0] == 1
    assert "0.1.0 is not above 0.1.0" in step("prepare", "0.1.0")[1]
    fragment(root, "two.changed.md")
    fragment(root, "three.fixed.md")
    code, told = step("prepare", "0.1.1")
    assert code == 1
    assert "0.1.1 is below 0.2.0; there is changed, fixed" in told
    assert len(notes.read_fragments(root)) == 2
    assert step("prepare", "0.2.0rc1")[0] == 0
    assert step("prepare", "0.2.0")[0] == 0
    assert [str(notes.last_release(root)), step("prepare", "2")[0]] == ["0.2.0", 1]
    assert step("prepare")[1].startswith("0.2.1 ")


def test_nothing_is_built_of_what_is_no_release(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "assetstore").mkdir()
    (tmp_path / versions.PLACE).write_text('__version__ = "0.2.0.dev0"\n')
    assert main(["build", str(tmp_path / "dist")], tmp_path) == 1
    assert "not committed" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()


@pytest.mark.skipif(
    not os.environ.get("ASSETSTORE_TEST_RELEASE"),
    reason="builds in a fresh environment; ASSETSTORE_TEST_RELEASE=1",
)
def test_a_whole_release(tmp_path: Path) -> None:
    """From a clone, twice: the same files, of which each is what it says."""
    assert importlib.util.find_spec("cyclonedx_py"), "pip install --group release"
    clone = tmp_path / "clone"

    def git(*words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(clone), *who, *words], check=True)

    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    assert main(["prepare", "0.9.0", "--date", "2026-01-31"], clone) == 0
    git("add", "-A")
    git("commit", "-q", "-m", "Release 0.9.0")
    for out in ("one", "two"):
        assert main(["build", str(tmp_path / out)], clone) == 0
    made = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert made == [
        "SHA256SUMS",
        "assetstore-0.9.0-py3-none-any.whl",
        "assetstore-0.9.0.cdx.json",
        "assetstore-0.9.0.notes.md",
        "assetstore-0.9.0.tar.gz",
    ]
    sums = [(tmp_path / out / "SHA256SUMS").read_text() for out in ("one", "two")]
    assert sums[0] == sums[1]
    assert sums[0].count("\n") == 4
    with zipfile.ZipFile(tmp_path / "one" / made[1]) as wheel:
        assert b'"0.9.0"' in wheel.read("assetstore/version.py")
        assert "assetstore/docs/recover.py" in wheel.namelist()
