"""What happens in a thread, in one form for all clients: events, and pictures."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import orjson

from assetstore.agents import sent_payloads
from assetstore.agents.records import Line, first_of, in_words
from assetstore.agents.request import dict_of, list_of, string_of
from assetstore.agents.request_json import compact
from assetstore.agents.sent_payloads import SentPayload
from assetstore.files.source import RandomAccess
from assetstore.store.format.placeholder import IN_WORDS
from assetstore.store.media import describe

if TYPE_CHECKING:
    from assetstore.agents.reading import Image, Reading

Kind = Literal["about", "user", "agent", "call", "result", "summary", "error", "turn"]

_STOOD = re.compile(
    rf"\[?((?:image|file) [^\[\]]{{1,60}}?) archived ({IN_WORDS.pattern})\]?"
)
# What clients say in a user's name.
_NOT_SAID = re.compile(
    r"\s*(?:<environment_context|<user_instructions|<permissions|<turn_aborted|"
    r"# AGENTS\.md|</?image\b|<local-command|<command-(?:name|message|args)|"
    r"<system-reminder|Caveat: The messages below)"
)
_PATCH = re.compile(r"^\*\*\* (Add|Update|Delete) File: (.+)$", re.M)
_WRITES = {
    "Write": "written",
    "Edit": "changed",
    "MultiEdit": "changed",
    "write": "written",
    "edit": "changed",
    "write_file": "written",
    "replace": "changed",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a conversation.

    Attributes:
        number: From 1, in the order in which different pictures first stand there.
        name: In words: ``image 60x40 png``.
        size: Its own bytes; 0: not known.
        image: Where it stands in the log, if it is one that can be archived.
        placeholder: What stands there instead, or "".
        payload: Where it stands, if it is another one.
    """

    number: int
    name: str
    size: int = 0
    image: "Image | None" = None
    placeholder: str = ""
    payload: SentPayload | None = None


@dataclass(slots=True)
class Event:
    """Something that happened in a thread.

    Attributes:
        kind: What: "about" (facts of the thread, in ``facts``), "user", "agent" and
            "summary" (of a compaction) have ``text``; "call" has a tool's ``name``
            and ``facts``, "result" its output; "error" ended a turn; "turn" began
            one.
        line: The number of its line, from 1.
        time: As the line says it.
        text: The words.
        name: The tool's name.
        call: What joins a call and its result.
        ok: Whether it succeeded, as far as that can be told.
        facts: ``command``, ``files`` (pairs of what and where), ``plan`` (pairs of
            status and step), or of a thread ``cwd``, ``version``, ``branch`` and
            ``base``, the thread that it goes on from.
        pictures: Those in it.
    """

    kind: Kind
    line: int
    time: str = ""
    text: str = ""
    name: str = ""
    call: str = ""
    ok: bool | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)


class Gallery:
    """The pictures of a conversation, numbered.

    Args:
        reading: What `read_thread` found in its log.
        source: The log.

    Attributes:
        pictures: By what tells one from another.
    """

    def __init__(self, reading: "Reading", source: RandomAccess):
        self._images = {i.offset + i.length: i for i in reading.images}
        self._source = source
        self._line = Line(0, 0)
        self.pictures: dict[bytes | str, Picture] = {}

    def turn_to(self, line: Line) -> None:
        """Turn to a line: what follows is of it."""
        self._line = line

    def bare(self, value: object, type: object = "") -> list[Picture]:
        """The picture of a field with base64, or with what stands in its place."""
        return self._of(sent_payloads.bare(value, self._line, type), value)

    def uri(self, value: object) -> list[Picture]:
        """The picture of a field with a data URI."""
        return self._of(sent_payloads.uri(value, self._line), value)

    def words(self, text: str) -> list[Picture]:
        """The pictures that stood where a text is now."""
        return [
            self._known(match[2], match[1], 0, None) for match in _STOOD.finditer(text)
        ]

    def restored(self, text: str) -> str:
        """A text with what was cut out of it, as far as that is short."""
        return in_words(text, self._line, self._source)

    def _of(self, payload: SentPayload | None, value: object) -> list[Picture]:
        if payload is None or payload.address or not payload.length:
            return []
        if found := IN_WORDS.fullmatch(payload.text):
            return [self._known(found[0], "image", 0, None)]
        image = self._images.get(payload.end)
        if image is None:
            held = sent_payloads.content(payload, self._source)
            if not held.blob:
                return []
            name = describe(b"", held.type or payload.claimed)
            size = f" {held.width}x{held.height} " if held.width else " "
            name = name.replace(" ", size, 1)
            return [self._known(held.blob, name, held.size, None, payload)]
        size = f" {image.width}x{image.height}" if image.width else ""
        kind, _, form = image.type.partition("/")
        kind = "file" if kind == "application" else kind
        return [self._known(image.blob, f"{kind}{size} {form}", image.size, image)]

    def _known(
        self,
        key: bytes | str,
        name: str,
        size: int,
        image: "Image | None",
        payload: SentPayload | None = None,
    ) -> Picture:
        if key not in self.pictures:
            placeholder = key if isinstance(key, str) else ""
            number = len(self.pictures) + 1
            self.pictures[key] = Picture(
                number, name, size, image, placeholder, payload
            )
        return self.pictures[key]


def said(words: list[str]) -> list[str]:
    """Pick what a user really said out of what stands in the user's name."""
    return [word for word in words if not _NOT_SAID.match(word)]


def worth_saying(text: str, found: list[Picture]) -> bool:
    """Tell whether a text is more than the words in a picture's place."""
    return bool(text) and not (found and _STOOD.fullmatch(text))


def call_facts(name: str, raw: object) -> dict[str, Any]:
    """Collect what a call is about."""
    given: dict[str, Any] = {}
    if isinstance(raw, dict):
        given = raw
    elif isinstance(raw, str):  # JSON, or a tool's own language
        try:
            given = dict_of(orjson.loads(raw))
        except ValueError:
            given = {"input": raw}
    facts: dict[str, Any] = {}
    command = given.get("cmd") or given.get("command")
    if isinstance(command, list):  # of ["bash", "-lc", words], the words
        words = [_as_words(word) for word in command]
        command = words[-1] if words[1:2] in (["-lc"], ["-c"]) else " ".join(words)
    text = string_of(command) or string_of(given.get("input"))
    # A patch is told by the files that it names.
    if patched := _PATCH.findall(text):
        done = {"Add": "created", "Update": "changed", "Delete": "deleted"}
        facts["files"] = [(done[what], path.strip()) for what, path in patched]
    elif command:
        facts["command"] = _as_words(command)
    written = given.get("file_path") or given.get("path")
    if name in _WRITES and written:
        facts["files"] = [(_WRITES[name], _as_words(written))]
    steps = list_of(given.get("plan") or given.get("todos"))
    if steps:
        facts["plan"] = [
            (
                string_of(step.get("status")),
                string_of(step.get("step") or step.get("content")),
            )
            for step in map(dict_of, steps)
        ]
    if not facts:
        facts["arguments"] = first_of(_as_words(given), 500)
    return facts


def _as_words(value: object) -> str:
    """A value of a call, which should be a string, as text."""
    return value if isinstance(value, str) else compact(value).decode()
