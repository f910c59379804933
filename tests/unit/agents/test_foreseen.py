"""What a rescue would make of a log is what it makes."""

from pathlib import Path

from assetstore.agents.find import log_at
from assetstore.agents.foreseen import foresee
from assetstore.agents.reading import read_thread
from assetstore.archiver.options import ArchiveOptions
from assetstore.archiver.run import archive_paths
from assetstore.progress import SILENT
from support.homes import claude_home, codex_home
from support.stores import folder_store

HOW = ArchiveOptions(media="any")


def test_it_is_read_as_it_will_be_and_nothing_changes(tmp_path: Path) -> None:
    path = claude_home(tmp_path)
    whole, store = path.read_bytes(), folder_store(tmp_path)
    found = foresee(store, log_at(path), HOW, None, SILENT)
    assert found is not None
    said, reading = found
    assert path.read_bytes() == whole
    assert list(path.parent.iterdir()) == [path]
    assert store.packs() == {}
    (done,) = archive_paths(store, [path], HOW).files
    assert (said.after, said.stored) == (done.after, done.stored)
    now = read_thread(log_at(path))
    assert (reading.request.size, reading.size) == (now.request.size, now.size)
    again = foresee(store, log_at(path), HOW, None, SILENT)
    assert again is not None
    assert (again[0].status, again[1].request.size) == ("unchanged", now.request.size)


def test_what_is_read_only_in_its_place_is_not(tmp_path: Path) -> None:
    path = codex_home(tmp_path)
    store = folder_store(tmp_path)
    assert foresee(store, log_at(path), HOW, 100, SILENT) is None
    assert foresee(store, log_at(path), HOW, None, SILENT) is not None
