"""The bytes of pictures in a conversation."""

from pathlib import Path

import pytest

from assetstore.agents.conversation import Gallery, Picture
from assetstore.agents.find import find_threads
from assetstore.agents.pictures import picture_bytes
from assetstore.agents.reading import Image, whole_thread
from assetstore.agents.transcript import events
from assetstore.archiver.run import archive_paths
from assetstore.errors import AssetstoreError
from assetstore.store.store import Store
from support.homes import claude_home, claude_session
from support.samples import picture
from support.sources import BytesSource
from support.stores import memory_store


def all_of(path: Path, store: Store | None) -> list[bytes]:
    with whole_thread(next(find_threads([path]))) as (source, reading):
        gallery = Gallery(reading, source)
        list(events(source, reading, gallery))
        return [picture_bytes(p, source, store) for p in gallery.pictures.values()]


def test_they_come_from_the_log_or_from_the_store(alone: Path) -> None:
    whole = [picture(60, 40, 100), picture(60, 40, 101)]
    log = claude_home(alone, claude_session(2))
    assert all_of(log, None) == whole
    with memory_store() as store:
        archive_paths(store, [log])
        assert b"iVBOR" not in log.read_bytes()
        assert all_of(log, store) == whole
        with pytest.raises(AssetstoreError, match="there is no store"):
            all_of(log, None)


def test_one_that_is_damaged_or_too_long_is_told() -> None:
    def of(text: bytes, length: int) -> bytes:
        image = Image(0, length, b"b", 1, "image/png", 1, 1)
        return picture_bytes(Picture(4, "x", image=image), BytesSource(text), None)

    assert of(b"YWI=", 4) == b"ab"
    assert of(b"DATA:image/png;base64,YWI=", 26) == b"ab"
    with pytest.raises(AssetstoreError, match="image 4 is damaged"):
        of(b"YWI", 3)
    with pytest.raises(AssetstoreError, match="image 4 is too long"):
        of(b"", (64 << 20) + 1)
