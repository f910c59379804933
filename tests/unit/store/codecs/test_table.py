"""What is known of a codec without loading it is true of the codec."""

import sys
from importlib import import_module
from importlib.util import find_spec

import pytest

from assetstore.store.codecs import Decoders
from assetstore.store.codecs.table import FEATURES, PLAIN, RELATING, TABLE, CodecFacts

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
