"""What messages of chats tell of, where a client keeps them as it sends them."""

from collections.abc import Iterable, Iterator
from typing import Any

from assetstore.agents.conversation import Event, Gallery, call_facts, said
from assetstore.agents.media_parts import look
from assetstore.agents.request import dict_of, list_of, string_of

# What clients wrap a user's words in.
_AROUND = ("<user_input", "</user_input>")


def user(
    parts: Iterable[dict[str, Any]], gallery: Gallery, time: str = ""
) -> Iterator[Event]:
    """Yield what a user says, if that is not all the client's own words."""
    words, pictures = look(parts, gallery)
    text = "\n".join(said([_unwrapped(word) for word in words]))
    if text or pictures:
        yield Event("turn", 0, time)
        yield Event("user", 0, time, text, pictures=pictures)


def agent(
    parts: Iterable[dict[str, Any]], gallery: Gallery, time: str = ""
) -> Iterator[Event]:
    """Yield what a model says."""
    words, pictures = look(parts, gallery)
    if words or pictures:
        yield Event("agent", 0, time, "\n".join(words), pictures=pictures)


def calls(found: object, time: str = "") -> Iterator[Event]:
    """Yield the tools that a message of Chat Completions calls."""
    for call in map(dict_of, list_of(found)):
        function = dict_of(call.get("function"))
        name = string_of(function.get("name"))
        facts = call_facts(name, _arguments(function.get("arguments")))
        id = string_of(call.get("id"))
        yield Event("call", 0, time, name=name, call=id, facts=facts)


def result(
    id: object,
    parts: Iterable[dict[str, Any]],
    gallery: Gallery,
    time: str = "",
    *,
    ok: bool | None = None,
) -> Event:
    """Say what a tool gave."""
    words, pictures = look(parts, gallery)
    text = "\n".join(words)
    return Event("result", 0, time, text, call=string_of(id), ok=ok, pictures=pictures)


def _arguments(written: object) -> object:
    """A call's arguments, which are JSON in a string."""
    import orjson

    if not isinstance(written, str):
        return written
    try:
        return orjson.loads(written)
    except ValueError:
        return written


def _unwrapped(word: str) -> str:
    """A user's words, without what a client wraps them in."""
    first, last = _AROUND
    if word.startswith(first) and word.endswith(last):
        return word.partition(">")[2].removesuffix(last)
    return word
