"""Logs of agents that are edited after they were archived."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.restore.run import RestoreOptions, restore_paths
from assetstore.results import FileResult
from assetstore.store.format.placeholder import format_placeholder
from assetstore.store.store import Store
from support.samples import picture, uri
from support.stores import folder_store

Edit = Callable[[list[bytes]], None]


def record(kind: str, payload: object) -> bytes:
    """A line; all have the same time."""
    whole = {"timestamp": "2026-01-01T00:00:01.000Z", "type": kind, "payload": payload}
    return json.dumps(whole, separators=(",", ":")).encode() + b"\n"


def shown(number: int) -> bytes:
    shot = uri(picture(40, 40, number))
    content = [
        {"type": "input_text", "text": f"m{number}"},
        {"type": "input_image", "image_url": shot},
    ]
    return record("response_item", {"type": "message", "content": content})


def noticed(number: int) -> bytes:
    shots = [uri(picture(40, 40, number)), uri(picture(40, 40, number + 10))]
    return record("event_msg", {"type": "user_message", "images": shots})


TEXT = record("event_msg", {"n": 1})


def swap(lines: list[bytes]) -> None:
    lines[1], lines[2] = lines[2], lines[1]


def swap_last(lines: list[bytes]) -> None:
    lines[2], lines[3] = lines[3], lines[2]


def move(lines: list[bytes]) -> None:
    del lines[1]
    lines.insert(len(lines) - 1, TEXT)


def insert(lines: list[bytes]) -> None:
    lines.insert(1, TEXT)


def cut(lines: list[bytes]) -> None:
    del lines[1]


def archive(store: Store, path: Path) -> FileResult:
    (file,) = archive_paths(store, [path], ArchiveOptions(min_size=0)).files
    assert file.code == 0, file.reason
    return file


def edited(path: Path, want: bytes, edit: Edit) -> bytes:
    """Edit a log; what it is to become."""
    lines = path.read_bytes().splitlines(keepends=True)
    whole = want.splitlines(keepends=True)
    edit(lines)
    edit(whole)
    path.write_bytes(b"".join(lines))
    return b"".join(whole)


def quotation(path: Path) -> bytes:
    """A line that quotes the second line of a log."""
    line = path.read_text().splitlines()[1]
    return record("response_item", {"type": "function_call_output", "output": line})


@pytest.mark.parametrize("shape", [shown, noticed])
@pytest.mark.parametrize("edit", [swap, swap_last, move, insert, cut])
def test_what_is_its_own_comes_back_wherever_it_is(
    tmp_path: Path, shape: Callable[[int], bytes], edit: Edit
) -> None:
    path = tmp_path / "log.jsonl"
    want = record("session_meta", {"id": "a"}) + b"".join(map(shape, (1, 2, 3)))
    path.write_bytes(want)
    with folder_store(tmp_path) as store:
        archive(store, path)
        want = edited(path, want, edit)
        (file,) = restore_paths(store, [path]).files
    assert path.read_bytes() == want
    assert (file.status, file.code) == ("restored", 0)


@pytest.mark.parametrize("again", [False, True])
def test_what_stays_since_it_was_edited_is_partly_done(
    tmp_path: Path, again: bool
) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(record("session_meta", {"id": "a"}) + shown(1) + noticed(2))
    with folder_store(tmp_path) as store:
        archive(store, path)
        lines = map(json.loads, path.read_bytes().splitlines())
        text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
        path.write_text(text)
        if again:
            archive(store, path)
        report = restore_paths(store, [path])
    (file,) = report.files
    assert (file.status, file.payloads, file.code) == ("restored", 2, 3)
    assert "1 of its own placeholders" in file.reason
    assert "--extract" in file.hint
    assert report.exit_code == 3


def test_a_page_that_writes_of_placeholders_is_left(tmp_path: Path) -> None:
    path, words = tmp_path / "log.jsonl", tmp_path / "README.md"
    path.write_bytes(record("session_meta", {"id": "a"}) + shown(1) + shown(2))
    with folder_store(tmp_path) as store:
        archive(store, path)
        names = re.findall(r"as1:[\w-]{27}", path.read_text())
        words.write_text(f"Instead of pictures stand {names[0]} and {names[1]}.\n")
        before = words.read_bytes()
        (file,) = (report := restore_paths(store, [words])).files
        assert (file.status, file.reason, report.exit_code) == ("unchanged", "", 0)
        assert words.read_bytes() == before
        (told,) = file.warnings
        assert told.startswith("2 placeholders stay: the store knows the name")
        # Beside a line that is restored, they may be what an edit left of pictures.
        words.write_bytes(before + path.read_bytes().splitlines(keepends=True)[1])
        (file,) = (report := restore_paths(store, [words])).files
        assert (file.status, file.payloads, report.exit_code) == ("restored", 1, 3)
        assert ("own" in file.reason, "--extract" in file.hint) == (False, True)
        assert words.read_bytes() == before + shown(1)


def test_a_copy_of_which_a_part_is_known_is_partly_done(tmp_path: Path) -> None:
    page, copy = tmp_path / "page.html", tmp_path / "copy.html"
    page.write_text(f"<img src='{uri(picture(40, 40, 1))}'>\n")
    with folder_store(tmp_path) as store:
        archive(store, page)
        copy.write_bytes(b"<h1>Both</h1>\n" + page.read_bytes())
        with copy.open("ab") as file:
            file.write(
                f"<img src='{format_placeholder(bytes(20)).decode()}'>\n".encode()
            )
        slim = copy.read_bytes()
        report = restore_paths(store, [copy])
        (file_,) = report.files
        assert (file_.status, file_.payloads, file_.unknown) == ("restored", 1, 1)
        assert (report.exit_code, "--store" in file_.hint) == (3, True)
        copy.write_bytes(slim)
        report = restore_paths(store, [copy], RestoreOptions(allow_missing=True))
        assert report.exit_code == 0
