"""Checksums, a signature, and what is not built."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from release import build
from release.versions import Version


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "b.whl").write_bytes(b"wheel")
    (folder / "a.tar.gz").write_bytes(b"")
    return folder


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A key of gpg's, in a home of its own, whose path a socket's name can hold."""
    if shutil.which("gpg") is None or os.name != "posix":
        pytest.skip("gpg is not installed")
    with tempfile.TemporaryDirectory(prefix="gpg-") as home:
        monkeypatch.setenv("GNUPGHOME", home)
        who = "release@example.org"
        made = ["--pinentry-mode", "loopback", "--passphrase", ""]
        words = ["gpg", "--batch", "--quiet", *made, "--quick-gen-key", who, "ed25519"]
        subprocess.run(words, check=True, capture_output=True)
        try:
            yield who
        finally:
            subprocess.run(["gpgconf", "--kill", "all"], check=True)


def test_sums_are_as_sha256sum_reads_them(files: Path) -> None:
    (files / "SHA256SUMS.asc").write_text("of an earlier one")
    sums = build.write_sums(files)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    lines = sums.read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["a.tar.gz", "b.whl"]
    assert lines[0] == f"{empty}  a.tar.gz"
    assert build.write_sums(files).read_text().splitlines() == lines


def test_they_are_signed_and_a_change_is_seen(files: Path, key: str) -> None:
    sums = build.write_sums(files)
    signature = build.sign_sums(sums, key)
    assert signature.name == "SHA256SUMS.asc"
    check = ["gpg", "--batch", "--verify", str(signature), str(sums)]
    assert subprocess.run(check, capture_output=True, check=False).returncode == 0
    sums.write_text(sums.read_text().replace("e3b0", "e3b1"))
    assert subprocess.run(check, capture_output=True, check=False).returncode == 1


def test_a_folder_that_holds_something_is_left(files: Path) -> None:
    with pytest.raises(ValueError, match="not empty"):
        build.build(Path(__file__).parents[3], files)
    assert len(list(files.iterdir())) == 2


def test_only_a_release_that_is_committed_is_built(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)

    git("init", "-q")
    version = Version.read("0.2.0")
    with pytest.raises(ValueError, match=r"no notes of 0\.2\.0"):
        build.check_clean(tmp_path, version)
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 0.2.0 (2026-01-31)\n")
    with pytest.raises(ValueError, match="not committed"):
        build.check_clean(tmp_path, version)
    git("add", "-A")
    git("commit", "-q", "-m", "a release")
    build.check_clean(tmp_path, version)
    with pytest.raises(ValueError, match="no release"):
        build.check_clean(tmp_path, Version.read("0.2.0.dev0"))
