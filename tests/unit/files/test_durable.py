"""What is asked of the system so that a file's bytes are on the medium."""

import os
import sys
import types
from pathlib import Path

import pytest

from assetstore.files import durable
from assetstore.files.replace import Draft
from assetstore.files.source import Source


def replaced(path: Path) -> None:
    path.write_bytes(b"old")
    with Source.open(path) as source, Draft(path) as draft:
        draft.write(b"new")
        draft.replace(source)
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no fdatasync")
def test_a_document_is_synced_with_its_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: calls.append("fsync"))
    replaced(tmp_path / "a")
    assert "fsync" in calls


def test_a_mac_s_disk_is_asked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fsync ends at the disk's own memory there."""
    asked: list[tuple[int, int]] = []
    module = types.ModuleType("fcntl")
    module.F_FULLFSYNC = 51  # type: ignore[attr-defined]
    module.fcntl = lambda fd, what: asked.append((fd, what))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fcntl", module)
    monkeypatch.setattr(sys, "platform", "darwin")
    durable.sync_file(7, metadata=True)
    durable.sync_file(8)
    assert asked == [(7, 51), (8, 51)]


def test_one_that_cannot_be_asked_is_synced_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, what: int) -> None:
        raise OSError(45, "Operation not supported")

    module = types.ModuleType("fcntl")
    module.F_FULLFSYNC = 51  # type: ignore[attr-defined]
    module.fcntl = refuse  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fcntl", module)
    monkeypatch.setattr(sys, "platform", "darwin")
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    durable.sync_file(7, metadata=True)
    assert synced == [7]
