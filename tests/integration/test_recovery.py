"""The stand-alone script of docs/recovery.md, over every sample."""

import re
import subprocess
import sys
from pathlib import Path

import platformdirs.unix
import pytest

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.store.format.blob import Kind, blob_id
from support.samples import every_sample, uri
from support.stores import folder_store

SCRIPT = Path(__file__).parents[2] / "docs" / "recover.py"


def run(*args: Path | str, flags: str = "-I") -> subprocess.CompletedProcess[str]:
    """Run the script, which may use zstandard and nothing else that is installed."""
    return subprocess.run(
        [sys.executable, flags, SCRIPT, *args],
        capture_output=True,
        text=True,
        check=False,
    )


def recover(*args: Path, code: int = 0) -> str:
    done = run(*args)
    assert done.returncode == code, done.stderr
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
    done = run(wrong, tmp_path / "out")
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
    told = recover(tmp_path / "store", tmp_path / "o", page, code=1)
    assert " 0 placeholders" not in told
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 103


@pytest.mark.parametrize("args", [[], ["--help"]])
def test_how_it_is_called_is_told(args: list[str]) -> None:
    done = run(*args)
    assert done.returncode == 1
    assert "python3 recover.py STORE OUT FILE..." in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    log = tmp_path / "log.html"
    log.write_text(f"<img src='{uri(b'BM' + bytes(50_000), 'image/bmp')}'>")
    with folder_store(tmp_path) as store:
        archive_paths(store, [log], ArchiveOptions())
    done = run(tmp_path / "store", tmp_path / "o", tmp_path / "gone.html")
    assert (done.returncode, "gone.html" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr
    if sys.version_info < (3, 14):
        done = run(tmp_path / "store", tmp_path / "o", log, flags="-IS")
        assert (done.returncode, done.stderr) == (
            1,
            "No module named 'zstandard': pip install zstandard\n",
        )
