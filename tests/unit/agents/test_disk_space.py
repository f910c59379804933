"""What space a rescue needs, and that there is enough."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from assetstore.agents.choose_pictures import chosen
from assetstore.agents.disk_space import STANDS_IN, check_space, needs
from assetstore.agents.find import log_at
from assetstore.agents.reading import read_thread
from assetstore.agents.rescue_options import RescueOptions
from assetstore.errors import SourceRefused
from support.homes import claude_home
from support.stores import folder_store, memory_store

MARGIN = 8 << 20
Usage = namedtuple("Usage", "total used free")


def test_each_place_needs_what_is_put_there(alone: Path) -> None:
    thread = log_at(claude_home(alone))
    reading = read_thread(thread)
    options = RescueOptions(backup=alone / "backup")
    taken, _ = chosen(reading, options)
    with folder_store(alone) as store:
        beside, forks, kept, backup = needs(store, thread, reading, taken, options)
        assert kept[0] == store.root
    less = sum(image.length - STANDS_IN for image in taken)
    assert beside == (thread.path.parent, thread.size - less + MARGIN)
    assert forks[1] == 0
    blobs = {image.blob: image.size for image in taken}  # each once
    assert len(blobs) * 2 == len(taken)
    assert kept[1] == sum(blobs.values()) + MARGIN
    assert backup == (alone / "backup", thread.size)


def test_too_little_is_refused_before_anything_is_done(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = log_at(claude_home(alone))
    reading = read_thread(thread)
    options = RescueOptions(backup=alone / "not" / "there")
    taken, _ = chosen(reading, options)
    with memory_store() as store:
        wanted = sum(n for _, n in needs(store, thread, reading, taken, options))
        asked: list[Path] = []

        def usage(free: int) -> None:
            def of(path: Path) -> Usage:
                asked.append(path)
                return Usage(0, 0, free)

            monkeypatch.setattr(shutil, "disk_usage", of)

        usage(wanted)
        check_space(store, thread, reading, taken, options)
        assert len(asked) == 1  # one disk is asked for the sum of all
        usage(wanted - 1)
        with pytest.raises(SourceRefused, match="the rescue needs 16 MiB"):
            check_space(store, thread, reading, taken, options)
    assert not (alone / "not").exists()
