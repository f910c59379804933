"""Which pictures go and which stay."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.choose_pictures import chosen
from assetstore.agents.find import log_at
from assetstore.agents.reading import Image, Reading
from assetstore.agents.request import Block, Request
from assetstore.agents.rescue_options import RescueOptions
from assetstore.agents.sent_payloads import SentPayload


def image(offset: int, blob: int, **more: Any) -> Image:
    values = {"picture": True, "sent": True, **more}
    return Image(offset, 10, bytes([blob]) * 32, 5, "image/png", 1, 1, **values)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "log.jsonl").touch()
    return tmp_path


def stay(
    folder: Path, *images: Image, request: Request | None = None, **options: Any
) -> list[int]:
    within = options.pop("within", None)
    reading = Reading(
        thread=log_at(folder / "log.jsonl"),
        client="codex",
        size=100,
        images=list(images),
        request=request or Request(),
    )
    taken, left = chosen(reading, RescueOptions(**options), within)
    assert sorted(i.offset for i in (*taken, *left)) == [i.offset for i in images]
    return [i.offset for i in left]


def test_all_go_unless_something_is_said(folder: Path) -> None:
    assert stay(folder, image(0, 1), image(20, 2)) == []


def test_the_newest_different_ones_stay_where_the_model_sees_them(
    folder: Path,
) -> None:
    images = (
        image(0, 1),
        image(20, 2),
        image(40, 3),
        image(60, 2, sent=False),  # a copy that only the client shows
    )
    assert stay(folder, *images, keep_pictures=1) == [40]
    assert stay(folder, *images, keep_pictures=2) == [20, 40]
    assert stay(folder, *images, keep_pictures=9) == [0, 20, 40]


def test_what_the_model_sees_no_more_is_not_among_them(folder: Path) -> None:
    images = (image(0, 1), image(20, 2), image(40, 3))
    assert stay(folder, *images, keep_pictures=1, within=40) == [20]


def test_documents_stay_where_only_pictures_are_wanted(folder: Path) -> None:
    images = (image(0, 1, picture=False), image(20, 2))
    assert stay(folder, *images, media="image") == [0]
    assert stay(folder, *images, media="any") == []


def test_one_is_named_by_its_hash(folder: Path) -> None:
    images = (image(0, 0xAB), image(20, 0xCD), image(40, 0xAB))
    assert stay(folder, *images, image="ABab") == [20]


def test_only_copies_in_compactions(folder: Path) -> None:
    images = (image(0, 1), image(20, 1, compacted=True))
    assert stay(folder, *images, only="compacted") == [0]


def test_the_young_ones_stay_and_without_a_time_all_are(folder: Path) -> None:
    now = datetime.now(UTC)
    times = [
        (now - timedelta(days=3)).isoformat(),
        (now - timedelta(hours=1)).isoformat(),
        (now - timedelta(days=3)).replace(tzinfo=None).isoformat(),
        "",
        "no time",
    ]
    images = [image(20 * n, n, time=time) for n, time in enumerate(times)]
    assert stay(folder, *images, older_than=86400.0) == [20, 60, 80]


def block(offset: int, message: int, content: int, **more: Any) -> Block:
    payload = SentPayload(line=1, offset=offset, written=10, length=10)
    return Block(
        kind="image", message=message, content=content, payload=payload, **more
    )


def test_a_message_or_a_block_names_them(folder: Path) -> None:
    images = (image(0, 1), image(20, 2), image(40, 3), image(60, 4))
    blocks = [
        block(0, 3, 0),
        block(20, 3, 1, inner=0),
        block(40, 3, 1, inner=2),
        block(60, 3, 0, origin=0),  # of a thread that it goes on from
    ]
    request = Request(blocks=blocks)
    assert stay(folder, *images, request=request, message=(3, None, None)) == [60]
    assert stay(folder, *images, request=request, message=(3, 1, None)) == [0, 60]
    assert stay(folder, *images, request=request, message=(3, 1, 2)) == [0, 20, 60]
    assert len(stay(folder, *images, request=request, message=(4, None, None))) == 4
