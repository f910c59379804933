"""Every codec is tried."""

import importlib.util
from typing import Any

import pytest

from assetstore.errors import UnsupportedStore
from assetstore.store.codecs.table import TABLE
from assetstore.store.optimize import try_codecs as module
from assetstore.store.optimize.try_codecs import try_codecs


def test_all_work_here() -> None:
    assert try_codecs() == {codec.name: "" for codec in TABLE}


def test_what_is_not_there_or_does_not_work_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails() -> bool:
        raise UnsupportedStore("no such symbol")

    real = importlib.util.find_spec

    def find(name: str) -> Any:
        return None if name == "lepton_jpeg_python" else real(name)

    monkeypatch.setitem(module._TRIALS, "png", fails)
    monkeypatch.setitem(module._TRIALS, "zstd", lambda: False)
    monkeypatch.setattr(importlib.util, "find_spec", find)
    found = try_codecs()
    assert found["png"] == "it fails: no such symbol"
    assert found["zstd"] == "what comes back is another picture"
    assert found["jpeg"] == "not installed: lepton_jpeg_python"
    assert found["raw"] == ""
