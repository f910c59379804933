"""A store that an earlier version optimized is read by this one."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.errors import UnsupportedStore
from assetstore.installation import how_to_get
from assetstore.restore.run import restore_paths
from assetstore.store.check.verify import verify
from assetstore.store.codecs.png.picture import StoredPicture
from assetstore.store.codecs.table import wanted_packages
from assetstore.store.format.blob import Kind
from assetstore.store.gc.remove import stored_form
from assetstore.store.optimize.optimize import optimize
from assetstore.store.store import Store

FIXTURES = Path(__file__).parents[2] / "fixtures" / "optimized"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(FIXTURES / "store", tmp_path / "store")
    with Store.open(
        tmp_path / "store", cache_dir=tmp_path / "cache", state_dir=tmp_path / "state"
    ) as opened:
        yield opened


def test_it_restores(store: Store, tmp_path: Path) -> None:
    page = tmp_path / "pictures.jsonl"
    shutil.copy(FIXTURES / "archived.jsonl", page)
    assert restore_paths(store, [page]).exit_code == 0
    assert page.read_bytes() == (FIXTURES / "pictures.jsonl").read_bytes()
    assert verify(store, read_data=True).findings == ()


def test_it_has_one_of_each_codec_and_encoder(store: Store) -> None:
    entries = list(store.entries())
    codecs = Counter(e.record.codec for e in entries if e.record.kind is Kind.MEDIA)
    assert set(codecs) == {0, 2, 3, 4}  # 0: the dictionary
    pictures = [
        StoredPicture.read(stored_form(store, e))
        for e in entries
        if e.record.codec == 3
    ]
    assert {picture.recipe.encoder for picture in pictures} == {1, 2, 3, 4, 5}
    assert any(p.layout and p.layout.sources for p in pictures)
    assert any(p.layout and p.layout.opaque for p in pictures)
    assert {p.layout.channels for p in pictures if p.layout} == {1, 2, 3}


def test_there_is_nothing_left_to_do(store: Store) -> None:
    before = sorted(store.packs())
    report = optimize(store)
    assert (report.packs, report.left) == (0, 0)
    assert sorted(store.packs()) == before


def test_an_unknown_feature_is_refused_by_name(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "store", tmp_path / "store")
    config = tmp_path / "store" / "config"
    record = json.loads(config.read_bytes())
    record["features"]["read"].append("holograms")
    config.chmod(0o600)
    config.write_text(json.dumps(record))
    with pytest.raises(UnsupportedStore, match="holograms"):
        Store.open(tmp_path / "store", cache_dir=tmp_path, state_dir=tmp_path)


READ_ALL = """
import sys
sys.modules[sys.argv[2]] = None
from pathlib import Path
from assetstore.errors import UnsupportedStore
from assetstore.store.store import Store

root = Path(sys.argv[1])
with Store.open(root, cache_dir=root.parent / "c", state_dir=root.parent) as s:
    for entry in list(s.entries()):
        try:
            for _ in s.stream_copy(entry):
                pass
            print("read")
        except UnsupportedStore as e:
            print(e.hint)
"""


def read_all(store: Path, package: str) -> list[str]:
    """What becomes of each blob where a package is not installed."""
    words = [sys.executable, "-c", READ_ALL, str(store), package]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("package", ["numpy", "zlib_ng", "lepton_jpeg_python"])
def test_who_lacks_a_package_is_told_of_the_extra(tmp_path: Path, package: str) -> None:
    shutil.copytree(FIXTURES / "store", tmp_path / "store")
    told = read_all(tmp_path / "store", package)
    assert "read" in told
    others = [line for line in told if line != "read"]
    assert others
    codec = "jpeg" if package.startswith("lepton") else "png"
    assert all(how_to_get("codecs", *wanted_packages(codec)) in o for o in others)


def test_miniz_has_a_way_back_without_its_package(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "store", tmp_path / "store")
    assert set(read_all(tmp_path / "store", "cramjam")) == {"read"}
