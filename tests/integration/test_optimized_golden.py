"""A store that an earlier version optimized is read by this one."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.errors import UnsupportedStore
from assetstore.restore.run import restore_paths
from assetstore.store.blob import Kind
from assetstore.store.codecs.png.picture import Picture
from assetstore.store.optimize import optimize
from assetstore.store.removal import stored_form
from assetstore.store.scrub import verify
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
        Picture.read(stored_form(store, e)) for e in entries if e.record.codec == 3
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


@pytest.mark.parametrize(
    ("package", "mime"),
    [
        ("numpy", b"\x89PNG"),
        ("cramjam", b"\x89PNG"),
        ("lepton_jpeg_python", b"\xff\xd8"),
    ],
)
def test_who_lacks_a_package_is_told_of_the_extra(
    store: Store, monkeypatch: pytest.MonkeyPatch, package: str, mime: bytes
) -> None:
    for name in [*sys.modules]:
        if name.startswith("assetstore.store.codecs.png."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    told = []
    for entry in list(store.entries()):
        if entry.record.kind is Kind.MEDIA:
            try:
                for _ in store.stream_copy(entry):
                    pass
            except UnsupportedStore as e:
                told.append(e.hint)
    assert told
    assert all("assetstore[codecs]" in hint for hint in told)
    assert len(told) < len(list(store.entries()))
