"""The stand-alone script of docs/recovery.md, over every sample."""

import re
import subprocess
import sys
from pathlib import Path

import platformdirs.unix
import pytest

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.store.format.blob import Kind, blob_id
from support.samples import every_sample
from support.stores import folder_store

SCRIPT = Path(__file__).parents[2] / "docs" / "recover.py"


def recover(*args: Path) -> str:
    """Run the script, which may use zstandard and nothing else that is installed."""
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, *args],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_restores_documents_from_packs_alone(tmp_path: Path) -> None:
    files = {tmp_path / name: data for name, data in every_sample().items()}
    for path, data in files.items():
        path.write_bytes(data)
    with folder_store(tmp_path) as store:
        report = archive_paths(
            store, list(files), ArchiveOptions(min_size=0, media="any")
        )
    assert [f.path for f in report.files if f.status != "archived"] == []
    for name in ("config", "index", "manifests"):
        (tmp_path / "store" / name).rename(tmp_path / f"lost-{name}")
    out = tmp_path / "out"
    told = recover(tmp_path / "store", out, *files)
    assert told.count(" 0 placeholders not found") == len(files)
    for path, data in files.items():
        assert (out / path.name).read_bytes() == data


def test_it_writes_every_picture(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(every_sample()["page.html"])
    with folder_store(tmp_path) as store:
        archive_paths(store, [tmp_path / "page.html"], ArchiveOptions())
        blobs = {e.record.id for e in store.entries() if e.record.kind is Kind.MEDIA}
    recover(tmp_path / "store", tmp_path / "out")
    found = list((tmp_path / "out").iterdir())
    assert {blob_id(Kind.MEDIA, p.read_bytes()).hex() for p in found} == {
        p.stem for p in found
    }
    assert {p.stem for p in found} == {b.hex() for b in blobs}
    assert any(p.suffix == ".png" for p in found)


def test_it_restores_the_golden_stores(tmp_path: Path) -> None:
    fixtures = Path(__file__).parents[2] / "fixtures"
    # What the version made of them that wrote the store.
    forms = {path.name: path for path in (fixtures / "archived").iterdir()}
    forms |= {path.name: path for path in (fixtures / "lists").iterdir()}
    slim = [forms[name] for name in sorted(forms)]
    for number, store in enumerate(sorted((fixtures / "stores").glob("format-*"))):
        out = tmp_path / str(number)
        assert recover(store, out, *slim).count(" 0 placeholders") == len(slim)
        for path in slim:
            whole = (fixtures / "documents" / path.name).read_bytes()
            assert (out / path.name).read_bytes() == whole


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_that_is_no_store_is_told(tmp_path: Path, name: str) -> None:
    wrong = tmp_path / name
    (tmp_path / "store" / "packs").mkdir(parents=True)  # it is one folder further down
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, wrong, tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("no packs there: STORE is the folder that")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["recovery.md", "codex.md"])
def test_the_docs_run_it_on_the_usual_store(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/home/ada/.local/share")
    text = (SCRIPT.parent / name).read_text("utf-8")
    commands = re.findall(r"python3 recover\.py (~\S+) ", text)
    assert commands
    usual = platformdirs.unix.Unix("assetstore", appauthor=False).user_data_path
    assert {each.replace("~", "/home/ada") for each in commands} == {
        (usual / "store").as_posix()
    }


def test_it_passes_over_damage(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(every_sample()["page.html"])
    with folder_store(tmp_path) as store:
        archive_paths(store, [page], ArchiveOptions())
    (pack,) = (p for p in (tmp_path / "store" / "packs").rglob("*") if p.is_file())
    data = bytearray(pack.read_bytes())
    data[16 + 30] ^= 1
    pack.write_bytes(data)
    assert "0 placeholders" not in recover(tmp_path / "store", tmp_path / "o", page)
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 100
