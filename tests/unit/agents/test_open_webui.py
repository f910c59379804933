"""Pictures among the files of Open WebUI's messages are files that it does not send."""

import json
from pathlib import PurePath
from typing import Any

from assetstore.archiver.options import ArchiveOptions
from assetstore.formats.registry import choose
from assetstore.results import Why
from support.samples import b64, picture, uri
from support.stores import archived, memory_store, restored

OPTIONS = ArchiveOptions(profile="open-webui")


def there_and_back(value: Any) -> tuple[Any, list[str]]:
    """What a value is archived, and why pictures stayed; it comes back."""
    line, store = json.dumps(value, separators=(",", ":")).encode(), memory_store()
    slim, result = archived(store, line, OPTIONS)
    assert restored(store, slim) == line
    assert archived(store, slim, OPTIONS)[0] == slim
    return json.loads(slim), sorted(result.stays.reasons)


def test_it_is_told_by_its_column_alone() -> None:
    chat = b'{"history":{"messages":{}},"title":"x"}\n'
    assert choose("auto", PurePath("chat.json"), chat).name != "open-webui"


def test_a_picture_becomes_a_file_that_is_not_sent() -> None:
    image = {"type": "image", "url": uri(picture(9, 9, 1)), "content_type": "image/png"}
    document = {"type": "file", "name": "a.txt", "url": "1"}
    message = {"role": "user", "content": "look", "files": [image, document]}
    slim, _ = there_and_back({"history": {"messages": {"1": message}}})
    picture_, other = slim["history"]["messages"]["1"]["files"]
    assert picture_.pop("name").startswith("[image 9x9 png archived as1:")
    assert picture_ == {"type": "picture", "url": ""}
    assert other == document


def test_the_files_of_a_row_are_the_value() -> None:
    first, second = (
        {"type": "image", "url": uri(picture(9, 9, seed))} for seed in (2, 3)
    )
    slim, _ = there_and_back([first, second])
    assert [file["type"] for file in slim] == ["picture", "picture"]


def test_a_picture_in_a_text_is_text() -> None:
    words = f"here: ![it]({uri(picture(9, 9, 4))})"
    slim, why = there_and_back({"messages": [{"role": "assistant", "content": words}]})
    assert slim["messages"][0]["content"].startswith("here: ![it](as1:")
    assert why == []


def test_every_other_picture_stays_and_is_told() -> None:
    chat = {
        "profile_image_url": uri(picture(9, 9, 5)),
        "sources": [{"type": "image", "url": uri(picture(9, 9, 6))}],
        "output": [{"data": b64(picture(9, 9, 7))}],
    }
    slim, why = there_and_back(chat)
    assert slim == chat
    assert why == [Why.NOT_UNDERSTOOD.value]
