"""The version is written down once, and is what the package says of itself."""

import re
from importlib import metadata
from pathlib import Path

import assetstore
from assetstore.version import __version__


def test_it_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+|\.dev\d+)?", __version__)


def test_it_is_the_one_version_there_is() -> None:
    assert assetstore.__version__ == __version__
    assert metadata.version("assetstore") == __version__


def test_the_build_takes_it_from_here() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert 'path = "assetstore/version.py"' in text
    assert 'dynamic = ["version"]' in text
    assert not re.search(r'^version = "', text, re.MULTILINE)
