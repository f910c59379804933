"""The site of the pages: every link leads somewhere, and it builds."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def build(*words: str | Path, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, root / "docs" / "build_site.py", *words],
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_link_leads_somewhere() -> None:
    done = build("--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "build_site.py", tmp_path / "docs")
    (tmp_path / "zensical.toml").write_text(
        '[project]\nnav = [{"One" = [{"Two" = "README.md"}, {"Three" = "gone.md"}]}]\n'
    )
    (tmp_path / "README.md").write_text(
        "# A `b` c: d!\n\n[1](docs/b.md#x-y) [2](#a-b-c-d) [3](docs/b.md#no) [4](no.md)"
        "\n[5](zensical.toml) [6](docs/no.py) [7](https://example.org/no.md)\n"
    )
    (tmp_path / "docs" / "b.md").write_text("## X-Y\n\n```\n## No\n[8](no.md)\n```\n")
    done = build("--check", root=tmp_path)
    assert done.returncode == 1
    assert sorted(done.stderr.replace(f"{tmp_path}/", "").splitlines()) == [
        "README.md: there is no docs/b.md#no",
        "README.md: there is no docs/no.py",
        "README.md: there is no no.md",
        "docs/b.md is not in the navigation",
        "gone.md is in the navigation only",
    ]


def test_it_builds(tmp_path: Path) -> None:
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("the dependency group docs is not installed")
    for version in ("0.9", "0.10"):
        done = build("--version", version, tmp_path)
        assert done.returncode == 0, done.stderr
    listed = json.loads((tmp_path / "versions.json").read_bytes())
    assert [each["version"] for each in listed] == ["0.10", "0.9"]
    assert "url=0.10/index.html" in (tmp_path / "index.html").read_text()
    searched = json.loads((tmp_path / "0.9" / "search.json").read_bytes())
    assert any("stuck.html" in item["location"] for item in searched["items"])
    assert (tmp_path / "0.9" / "docs" / "recover.py").exists()
