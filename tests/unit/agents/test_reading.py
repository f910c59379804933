"""Where the payloads of a request stand in a log."""

import sys
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from assetstore.agents import reading as module
from assetstore.agents.find import find_threads
from assetstore.agents.reading import Reading, read_thread
from support.samples import b64, lines, picture


def image(data: str) -> dict[str, Any]:
    source = {"type": "base64", "media_type": "image/png", "data": data}
    return {"type": "image", "source": source}


def said(number: int, *content: object) -> dict[str, Any]:
    return {
        "type": "user",
        "uuid": f"u{number}",
        "parentUuid": f"u{number - 1}" if number else None,
        "sessionId": "s",
        "message": {"role": "user", "content": list(content)},
    }


def read(folder: Path, *records: object) -> tuple[Reading, bytes]:
    path = folder / "log.jsonl"
    path.write_bytes(lines(*records))
    return read_thread(next(find_threads([path]))), path.read_bytes()


def test_short_pictures_are_found_where_they_stand(tmp_path: Path) -> None:
    long = b64(picture(60, 40, 1))
    data = ["YWI=", "YWM=", "YWI=", long, "YWI=", "YWM=", long]
    found, text = read(
        tmp_path,
        said(0, *map(image, data[:4])),
        said(1, *map(image, data[4:])),
    )
    payloads = [b.payload for b in found.request.blocks if b.payload is not None]
    places = [(p.offset, p.end) for p in payloads]
    assert [text[a:b].decode() for a, b in places] == data
    assert places == sorted(places)
    assert all(one[1] < other[0] for one, other in pairwise(places))
    assert [(i.offset, i.offset + i.length) for i in found.images] == places
    assert all(image.sent for image in found.images)


def test_a_short_picture_that_an_archiving_leaves_has_no_place(tmp_path: Path) -> None:
    found, _ = read(tmp_path, said(0, image("a*"), image("YWI=")))
    first, second = (b.payload for b in found.request.blocks)
    assert first is not None
    assert second is not None
    assert first.offset == -1
    assert second.end in {i.offset + i.length for i in found.images}


def _steps(folder: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many calls it takes to look into the pictures of a line."""
    calls = 0
    look = module._look_into

    def counted(*args: Any) -> None:
        def note(_frame: FrameType, event: str, _arg: object) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            look(*args)
        finally:
            sys.setprofile(before)

    with monkeypatch.context() as patch:
        patch.setattr(module, "_look_into", counted)
        found, _ = read(folder, said(0, *[image("YWI=")] * count))
    assert len(found.request.images) == count
    return calls


def test_twice_the_pictures_of_a_line_take_twice_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = (_steps(tmp_path, n, monkeypatch) for n in (200, 400))
    assert 0 < few < many < 2.2 * few
