"""Formats of other packages."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.samples import b64, lines, picture

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "example_format"
PNG = picture(16, 12, 1)
CARDS = lines(
    {"card": 1, "front": {"picture": b64(PNG)}, "back": {"stamp": b64(PNG)}},
    {"card": 2, "front": {"picture": b64(b"no picture")}, "back": {}},
)


def put(folder: Path, entry: str, code: str | None = None) -> None:
    """Lay down a package as an installer does, but for what nobody reads."""
    about = folder / "assetstore_postcards-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: assetstore-postcards\nVersion: 1.0\n"
    )
    (about / "entry_points.txt").write_text(
        f"[assetstore.formats]\npostcards = {entry}\n"
    )
    package = folder / "assetstore_postcards"
    package.mkdir()
    source = (EXAMPLE / "assetstore_postcards" / "__init__.py").read_text()
    (package / "__init__.py").write_text(source if code is None else code)


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")])
    environ = {**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)}
    return subprocess.run(
        [sys.executable, "-m", "assetstore", *words],
        env={**environ, "ASSETSTORE_STORE": str(tmp_path / "store")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_plug_in_s_format_reads_its_documents(tmp_path: Path) -> None:
    put(tmp_path / "site", "assetstore_postcards:POSTCARDS")
    log = tmp_path / "a.cards"
    log.write_bytes(CARDS)
    done = run(tmp_path, "archive", "--json", str(log))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"]["files"][0]["payloads"] == 3
    first, second = map(json.loads, log.read_text().splitlines())
    assert first["front"]["words"].startswith("[image 16x12 png archived as1:")
    assert first["back"]["stamp"].startswith("as1:")
    assert "archived as1:" in second["front"]["words"]
    listed = json.loads(run(tmp_path, "ls", "--json").stdout)
    assert listed["result"]["documents"][0]["profile"] == "postcards"
    assert run(tmp_path, "restore", str(log)).returncode == 0
    assert log.read_bytes() == CARDS


def test_a_plug_in_s_format_is_told_by_its_records_and_by_name(tmp_path: Path) -> None:
    put(tmp_path / "site", "assetstore_postcards:POSTCARDS")
    log = tmp_path / "a.jsonl"
    log.write_bytes(lines({"news": 1}) + CARDS)
    assert run(tmp_path, "archive", str(log)).returncode == 0
    assert "words" in json.loads(log.read_text().splitlines()[1])["front"]
    page = tmp_path / "a.txt"
    page.write_bytes(CARDS)
    done = run(tmp_path, "archive", "--profile", "postcards", str(page))
    assert done.returncode == 0, done.stderr
    assert "words" in json.loads(page.read_text().splitlines()[0])["front"]


@pytest.mark.parametrize(
    ("entry", "code", "said"),
    [
        ("assetstore_postcards:NOTHING", "", "NOTHING"),
        ("assetstore_postcards:FORMAT", "FORMAT = object()\n", "it has no name"),
        ("assetstore_postcards:FORMAT", "raise OSError('broken')\n", "broken"),
    ],
)
def test_a_plug_in_that_cannot_be_loaded_is_named(
    tmp_path: Path, entry: str, code: str, said: str
) -> None:
    put(tmp_path / "site", entry, code)
    log = tmp_path / "a.cards"
    log.write_bytes(CARDS)
    done = run(tmp_path, "archive", str(log))
    assert done.returncode == 2
    assert "postcards" in done.stderr
    assert said in done.stderr
    assert log.read_bytes() == CARDS


def test_what_a_plug_in_took_out_comes_back_without_it(tmp_path: Path) -> None:
    put(tmp_path / "site", "assetstore_postcards:POSTCARDS")
    log = tmp_path / "a.cards"
    log.write_bytes(CARDS)
    assert run(tmp_path, "archive", str(log)).returncode == 0
    broken = tmp_path / "site" / "assetstore_postcards" / "__init__.py"
    broken.write_text("raise OSError('broken')\n")
    out = tmp_path / "out"
    done = run(tmp_path, "restore", str(log), "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == CARDS


def test_a_plug_in_s_log_is_one_without_it(tmp_path: Path) -> None:
    """What was appended quotes; that it is a log, its manifest says."""
    code = """
from assetstore.formats.text import JsonLines
class Cards(JsonLines):
    name = "cards"
    def claims(self, path, head):
        return path.suffix == ".cards"
FORMAT = Cards()
"""
    put(tmp_path / "site", "assetstore_postcards:FORMAT", code)
    log = tmp_path / "a.cards"
    whole = lines({"image_url": f"data:image/png;base64,{b64(PNG)}"})
    log.write_bytes(whole)
    assert run(tmp_path, "archive", str(log)).returncode == 0
    mark = json.loads(log.read_text())["image_url"]
    quote = lines({"read": mark})
    with log.open("ab") as file:
        file.write(quote)
    shutil.rmtree(tmp_path / "site")
    assert run(tmp_path, "restore", str(log)).returncode == 0
    assert log.read_bytes() == whole + quote


def test_an_unknown_format_is_a_usage_error(tmp_path: Path) -> None:
    done = run(tmp_path, "archive", "--profile", "postcards", "x")
    assert done.returncode == 2
    assert "claude-code" in done.stderr


@pytest.mark.network
def test_the_example_package_is_built_and_installed(tmp_path: Path) -> None:
    words = ["-m", "pip", "install", "-q", "--no-deps", "--target"]
    done = subprocess.run(
        [sys.executable, *words, str(tmp_path / "site"), str(EXAMPLE)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("no package index is reachable")
    log = tmp_path / "a.cards"
    log.write_bytes(CARDS)
    assert run(tmp_path, "archive", str(log)).returncode == 0
    assert "words" in json.loads(log.read_text().splitlines()[0])["front"]
