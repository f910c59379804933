"""Logs that their client keeps compressed."""

from pathlib import Path

import pytest
import zstandard

from assetstore.agents.compressed_log import archive, restore
from assetstore.agents.find import log_at
from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import ArchiveOptions
from assetstore.errors import SourceRefused
from assetstore.restore.restore import RestoreOptions, Restorer
from support.homes import ROLLOUT, codex_home, rollout, text_of
from support.stores import memory_store


def packed(folder: Path, text: bytes) -> Path:
    log = codex_home(folder, text)
    path = log.with_name(f"{ROLLOUT}.zst")
    path.write_bytes(zstandard.compress(text))
    log.unlink()
    return path


def test_its_text_comes_back_byte_for_byte(alone: Path) -> None:
    text = rollout(3, 1)
    path = packed(alone, text)
    with memory_store() as store:
        archiver = Archiver(store, ArchiveOptions())
        done = archive(store, archiver, log_at(path))
        assert (done.status, done.payloads) == ("archived", 9)
        small = text_of(path)
        assert len(small) < len(text) / 5
        assert b"data:image" not in small
        restorer = Restorer(store, RestoreOptions())
        back = restore(store, restorer, log_at(path))
        assert (back.status, back.payloads) == ("restored", 9)
    assert text_of(path) == text
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_one_without_pictures_stays_as_it_is(alone: Path) -> None:
    path = packed(alone, b'{"payload":{}}\n')
    before = path.read_bytes(), path.stat().st_mtime_ns
    with memory_store() as store:
        done = archive(store, Archiver(store, ArchiveOptions()), log_at(path))
    assert done.status == "unchanged"
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.parametrize("cut", [1, 1000])
def test_one_that_is_torn_is_refused_and_stays(alone: Path, cut: int) -> None:
    """What is there of it could be read; the rest would be gone."""
    text = rollout(10, 1)
    path = packed(alone, text)
    torn = path.read_bytes()[:-cut]
    path.write_bytes(torn)
    assert text.startswith(unpacked := text_of(path))
    assert unpacked
    with memory_store() as store:
        with pytest.raises(SourceRefused, match="ends in the middle"):
            archive(store, Archiver(store, ArchiveOptions()), log_at(path))
        with pytest.raises(SourceRefused, match="ends in the middle"):
            restore(store, Restorer(store, RestoreOptions()), log_at(path))
    assert path.read_bytes() == torn


def test_one_that_is_not_what_its_name_says_is_refused(alone: Path) -> None:
    path = packed(alone, b"")
    path.write_bytes(b"no zstd at all")
    with memory_store() as store, pytest.raises(SourceRefused):
        archive(store, Archiver(store, ArchiveOptions()), log_at(path))
    assert path.read_bytes() == b"no zstd at all"


def test_a_link_is_refused(alone: Path) -> None:
    path = packed(alone, rollout(1, 0))
    path.with_name("another name").hardlink_to(path)
    before = path.read_bytes()
    with memory_store() as store, pytest.raises(SourceRefused):
        archive(store, Archiver(store, ArchiveOptions()), log_at(path))
    assert path.read_bytes() == before
