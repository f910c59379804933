"""What is known of a codec without loading it is true of the codec."""

import platform
import re
import sys
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from assetstore.store.codecs import Decoders
from assetstore.store.codecs.table import (
    FEATURES,
    PLAIN,
    RELATING,
    TABLE,
    CodecFacts,
    is_made_here,
    missing_packages,
    wanted_packages,
)

BY_NAME = {codec.name: codec for codec in TABLE}


def test_numbers_and_names_are_one_codec_each() -> None:
    """Both are in packs or on the screen for good: these never change."""
    assert {codec.number: codec.name for codec in TABLE} == {
        0: "raw",
        1: "zstd",
        2: "dictionary",
        3: "png",
        4: "jpeg",
    }
    features = [codec.feature for codec in TABLE if codec.feature]
    assert len(set(features)) == len(features)


@pytest.mark.parametrize("codec", TABLE, ids=lambda codec: codec.name)
def test_the_home_of_a_codec_is_its_class(codec: CodecFacts) -> None:
    module, name = codec.home.split(":")
    kind = getattr(import_module(f"assetstore.store.codecs.{module}"), name)
    assert (kind.number, kind.name) == (codec.number, codec.name)
    assert isinstance(Decoders()[codec.number], kind)


def test_what_every_version_reads_needs_no_package_and_no_other_record() -> None:
    assert {0, 1} == PLAIN
    assert {"dictionary", "png", "jpeg"} == FEATURES
    assert {2, 3} == RELATING
    for codec in TABLE:
        if codec.number in PLAIN:
            assert not codec.packages
            assert not codec.relates


def test_packages_are_named_as_they_are_imported() -> None:
    pytest.importorskip("numpy")
    for codec in TABLE:
        for package in codec.packages:
            assert package in sys.modules or find_spec(package) is not None


def test_facts_do_not_change() -> None:
    with pytest.raises(AttributeError):
        BY_NAME["png"].number = 9  # type: ignore[misc]


@pytest.mark.parametrize(
    ("system", "machine", "there"),
    [
        ("linux", "x86_64", True),
        ("linux", "aarch64", False),
        ("freebsd14", "amd64", True),
        ("darwin", "arm64", True),
        ("darwin", "x86_64", False),
        ("win32", "AMD64", True),
        ("win32", "ARM64", False),
    ],
)
def test_what_cannot_be_had_is_not_missed(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, there: bool
) -> None:
    """As pyproject.toml has it: the extra is installed there without that package."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    lepton = ["lepton_jpeg_python"] if there else []
    assert wanted_packages("jpeg") == lepton
    assert wanted_packages("png") == ["cramjam", "numpy", "zlib_ng"]
    assert wanted_packages() == ["cramjam", *lepton, "numpy", "zlib_ng"]
    assert is_made_here("numpy")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert missing_packages() == wanted_packages()
    text = (Path(__file__).parents[4] / "pyproject.toml").read_text("utf-8")
    (line,) = (
        each
        for each in tomllib.loads(text)["project"]["optional-dependencies"]["codecs"]
        if each.startswith("lepton")
    )
    marker = line.partition(";")[2]
    assert set(re.findall(r"[a-z_]+(?= [!=]=)", marker)) == {
        "sys_platform",
        "platform_machine",
    }
    known = {"sys_platform": system, "platform_machine": machine}
    assert eval(marker, {"__builtins__": {}}, known) is there  # noqa: S307 our own
