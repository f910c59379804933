"""What happens in a session of Claude Code."""

from collections.abc import Iterator
from typing import Any

from assetstore.agents.conversation import (
    Event,
    Gallery,
    Picture,
    call_facts,
    said,
    worth_saying,
)
from assetstore.agents.request import dict_of, list_of, string_of


def events(record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    """Yield the events that a record tells of."""
    kind = record.get("type")
    if kind == "summary":
        yield Event("summary", 0, text=string_of(record.get("summary")))
        return
    if kind == "attachment":
        yield from _attached(dict_of(record.get("attachment")), gallery)
        return
    if kind not in ("user", "assistant"):
        return
    words: list[str] = []
    if record.get("isApiErrorMessage"):
        parts = _parts(dict_of(record.get("message")).get("content"))
        words = [string_of(part.get("text")) for part in parts]
        yield Event("error", 0, text="\n".join(words))
        return
    facts = {
        "cwd": string_of(record.get("cwd")),
        "version": string_of(record.get("version")),
        "branch": string_of(record.get("gitBranch")),
    }
    yield Event("about", 0, facts=facts)
    content = dict_of(record.get("message")).get("content")
    pictures: list[Picture] = []
    for part in _parts(content):
        what = part.get("type")
        if what == "tool_use":
            name = string_of(part.get("name"))
            call = string_of(part.get("id"))
            about = call_facts(name, part.get("input"))
            yield Event("call", 0, name=name, call=call, facts=about)
        elif what == "tool_result":
            yield _result(part, gallery)
        else:
            _look(part, gallery, words, pictures)
    if record.get("isCompactSummary"):
        yield Event("summary", 0, text="\n".join(words))
    elif record.get("isMeta"):  # what the client says in the user's name
        if pictures:
            yield Event("result", 0, name="shown", pictures=pictures)
    elif kind == "user":
        yield from _asked(said(words), pictures)
    elif words or pictures:
        yield Event("agent", 0, text="\n".join(words), pictures=pictures)


def _asked(words: list[str], pictures: list[Picture]) -> Iterator[Event]:
    if words or pictures:
        yield Event("turn", 0)
        yield Event("user", 0, text="\n".join(words), pictures=pictures)


def _attached(attachment: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    """A prompt that waited for its turn, or a file that was named in one."""
    words: list[str] = []
    pictures: list[Picture] = []
    if attachment.get("type") == "queued_command":
        for part in _parts(attachment.get("prompt")):
            _look(part, gallery, words, pictures)
        yield from _asked(said(words), pictures)
        return
    held = dict_of(attachment.get("content"))
    name = string_of(attachment.get("filename"))
    for part in (held, *_parts(attachment.get("content")), *_outputs(held)):
        _look(part, gallery, words, pictures)
    if pictures or (name and attachment.get("type") == "file"):
        yield Event("result", 0, name="file", text=name, pictures=pictures)


def _outputs(held: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The outputs of a notebook's cells, each picture as a block of its own."""
    for cell in map(dict_of, list_of(dict_of(held.get("file")).get("cells"))):
        for output in map(dict_of, list_of(cell.get("outputs"))):
            yield {"text": output.get("text")}
            image = dict_of(output.get("image"))
            data, type = image.get("image_data"), image.get("media_type")
            yield {"source": {"data": data, "media_type": type}}


def _parts(content: object) -> list[dict[str, Any]]:
    """The blocks of a message, which may be words alone."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [part for part in list_of(content) if isinstance(part, dict)]


def _look(
    part: dict[str, Any], gallery: Gallery, words: list[str], pictures: list[Picture]
) -> None:
    """Note the words and the pictures of a block."""
    text = string_of(part.get("text"))
    found = _pictures(part, gallery)
    pictures += found
    if worth_saying(text, found):
        words.append(text)


def _pictures(part: dict[str, Any], gallery: Gallery) -> list[Picture]:
    if text := string_of(part.get("text")):
        return gallery.words(text)
    if isinstance(part.get("file"), dict):
        file = part["file"]
        if "base64" not in file:
            return gallery.words(string_of(file.get("content")))
        return gallery.bare(file.get("base64"), file.get("type"))
    source = dict_of(part.get("source"))
    return gallery.bare(source.get("data"), source.get("media_type"))


def _result(part: dict[str, Any], gallery: Gallery) -> Event:
    pictures: list[Picture] = []
    words: list[str] = []
    for piece in _parts(part.get("content")):
        _look(piece, gallery, words, pictures)
    return Event(
        "result",
        0,
        text="\n".join(words),
        call=string_of(part.get("tool_use_id")),
        ok=not part.get("is_error"),
        pictures=pictures,
    )
