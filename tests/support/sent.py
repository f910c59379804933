"""What a client sends, so put that requests around a rescue can be compared."""

import re
from collections.abc import Iterable
from typing import Any

from support.mock_api import Request

PICTURE = "(a picture)"
# In the place of one: our words, or the client's for what is none.
_ARCHIVED = re.compile(
    r"\[[^\[\]]*archived as1:[\w-]{27}\]|image content omitted because .*"
)
_TAGS = re.compile(r"</?image>")
# Names that clients give items and turns, and fields that follow the items' number.
_OWN = ("id", "status", "internal_chat_message_metadata_passthrough")


def spoken(request: Request, *, loosely: bool = False) -> list[tuple[str, ...]]:
    """The items of a request: kind, role, and all their words; pictures as such.

    Args:
        request: The request.
        loosely: Leave pictures out, and words that stand for them.
    """
    items = [tuple(_words(item)) for item in request.input]
    if loosely:
        items = [tuple(_left(words) for words in item) for item in items]
        items = [tuple(word for word in item if word) for item in items]
    return items


def _left(words: str) -> str:
    """What is left of words without those that stand for pictures."""
    return _TAGS.sub("", _ARCHIVED.sub("", words)).replace(PICTURE, "").strip()


def _words(value: Any, key: str = "") -> Iterable[str]:
    if isinstance(value, dict):
        if value.get("type") == "input_image":
            yield PICTURE
            return
        for name, inner in value.items():
            if name not in _OWN and name != "detail":
                yield from _words(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner, key)
    else:
        text = str(value)
        if _ARCHIVED.fullmatch(text):
            yield PICTURE
        elif (key, text) != ("type", "input_text"):
            yield text


def check_rescued(before: Request, after: Request, *, loosely: bool = False) -> None:
    """Hold a request of a rescued thread to what the thread sent before.

    The same items in the same order, with the same words, and what came since behind
    them; no picture; nothing that the API refuses.
    """
    was, now = (spoken(each, loosely=loosely) for each in (before, after))
    assert now[: len(was)] == was
    assert len(now) > len(was)
    assert (after.status, after.error) == (200, "")
    assert after.images == []


def check_undone(
    before: Request, after: Request, undone: Request, *, loosely: bool = False
) -> None:
    """Hold a request of a thread that was undone to what it sent before.

    What it sent while it was rescued is in it, too.
    """
    was, now = (spoken(each, loosely=loosely) for each in (after, undone))
    assert now[: len(was)] == was
    assert undone.images[: len(before.images)] == before.images
    assert undone.status == before.status
