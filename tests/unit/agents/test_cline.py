"""What Cline shows: a list of pictures ends where the first one goes."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.restore.run import restore_paths
from support.samples import b64, picture, uri
from support.stores import folder_store


def archived_messages(folder: Path, messages: list[Any], **options: Any) -> list[Any]:
    """Archive a task's file, restore it, and return what it was in between."""
    path = folder / "ui_messages.json"
    whole = json.dumps(messages, indent=2).encode()
    path.write_bytes(whole)
    with folder_store(folder) as store:
        report = archive_paths(store, [path], ArchiveOptions(**options))
        assert [file.status for file in report.files] == ["archived"]
        slim: list[Any] = json.loads(path.read_bytes())
        restore_paths(store, [path])
    assert path.read_bytes() == whole
    return slim


def test_no_placeholder_is_where_a_picture_is_read(tmp_path: Path) -> None:
    pictures = [uri(picture(9, 9, n)) for n in range(3)]
    (slim,) = archived_messages(
        tmp_path, [{"ts": 1, "type": "say", "images": pictures, "text": "look"}]
    )
    assert slim["images"] == []
    assert [p[:4] for p in slim["assetstore"]] == ["as1:"] * 3
    assert slim["text"] == "look"


def test_what_is_spared_stays_in_the_list(tmp_path: Path) -> None:
    small, large = uri(picture(2, 2, 1)), uri(picture(40, 40, 2))
    (slim,) = archived_messages(
        tmp_path, [{"images": [small, large]}], min_size=len(large) // 2
    )
    assert slim["images"] == [small]
    assert len(slim["assetstore"]) == 1


@pytest.mark.parametrize("key", ["files", "text"])
def test_elsewhere_a_placeholder_takes_its_place(tmp_path: Path, key: str) -> None:
    (slim,) = archived_messages(tmp_path, [{key: [uri(picture(9, 9, 1))]}])
    assert slim[key][0].startswith("as1:")


@pytest.mark.parametrize("name", ["ui_messages.json", "api_conversation_history.json"])
def test_a_file_that_its_client_writes_now_is_left(tmp_path: Path, name: str) -> None:
    path, lock = tmp_path / name, tmp_path / f"{name}.lock"
    part = {"type": "image", "data": b64(picture(9, 9, 1)), "mediaType": "image/png"}
    whole = json.dumps([{"role": "user", "content": [part]}])
    path.write_text(whole)
    lock.mkdir()
    with folder_store(tmp_path) as store:
        (file,) = archive_paths(store, [path]).files
        assert file.status == "failed"
        assert "is held by its client" in file.reason
        assert path.read_text() == whole
        then = time.time() - 60  # of a client that was killed
        os.utime(lock, (then, then))
        assert archive_paths(store, [path]).files[0].status == "archived"
        lock.rmdir()
        restore_paths(store, [path])
    assert path.read_text() == whole
    assert not lock.exists()
