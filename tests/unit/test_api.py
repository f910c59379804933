"""The public names."""

import subprocess
import sys

import pytest

import assetstore


def test_every_public_name_is_there_and_documented() -> None:
    for name in assetstore.__all__:
        value = getattr(assetstore, name)
        assert name == "__version__" or value.__doc__, name
    assert set(assetstore.__all__) <= set(dir(assetstore))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        assetstore.nonsense  # noqa: B018


def test_the_api_brings_no_command_line() -> None:
    code = (
        "import sys, assetstore\n"
        "[getattr(assetstore, name) for name in assetstore.__all__]\n"
        "print(*{'click', 'tqdm'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
