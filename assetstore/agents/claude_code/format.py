"""Claude Code sessions (JSON Lines).

An image block whose data is not a picture is sent to the API as it stands and
rejected, so the whole block becomes a text block. Copies that only the client
shows (``toolUseResult.file.base64``) keep their shape. docs/claude-code.md.
"""

import re
from collections.abc import Callable
from pathlib import PurePath

from assetstore.formats import shapes
from assetstore.formats.base import Candidate, Reader, Spelling, Swap, Treatment
from assetstore.formats.beside import NOTHING, Beside
from assetstore.formats.homes import HomeShape
from assetstore.formats.json_places import Place
from assetstore.formats.text import is_lines, is_pretty, top_members
from assetstore.patterns import later
from assetstore.results import Why

_TELLING = frozenset((b"sessionId", b"parentUuid", b"leafUuid"))
# Others write such records, too, with the parts of another API.
_ANOTHERS = re.compile(rb"\"parts\"\s*:\s*\[")
_OWN = re.compile(rb"\"(?:isSidechain|leafUuid)\"\s*:")
_NAME = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl|agent-\w+\.jsonl"
)
_SENT = (b"user", b"assistant", b"attachment")
# A file that was read as text: the client sends its words, behind a line's number.
_READ = b'{"type":"text","file":{"filePath":"","content":"'
_NEXT_OUTPUT = b'"assetstore":""},{"output_type":"display_data","text":"'
_READ_END = b'","numLines":1,"startLine":1,"totalLines":1}}'


_HOME = HomeShape(
    title="Claude Code",
    name=".claude",
    variable="CLAUDE_CONFIG_DIR",
    logs=("projects",),
    log="*.jsonl",
    own=later(
        r"\.?credentials\.json|\.claude\.json|history\.jsonl|todos|statsig"
        r"|shell-snapshots|file-history|session-env|paste-cache|stats-cache\.json"
    ),
    beside=later(
        r"settings(?:\.local)?\.json|tasks|plans|sessions|debug|plugins|ide|skills"
        r"|agents|commands|CLAUDE\.md"
    ),
    shape=later(r"-.*|[A-Za-z]--.*"),
)


class ClaudeCode:
    """``~/.claude/projects/*/*.jsonl``."""

    name = "claude-code"
    lines = True
    appends = True
    typed = False
    members: tuple[bytes, ...] = (b"data", b"blob", b"base64", b"image_data")
    tells: tuple[bytes, ...] = (b'"isSidechain"', b'"sessionId"', b'"leafUuid"')
    beside: Beside = NOTHING
    home: HomeShape | None = _HOME

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether it is where sessions are, or begins as one does."""
        another = _ANOTHERS.search(head) and not _OWN.search(head)
        if another or is_pretty(head):
            return False
        if "projects" in path.parts and _NAME.fullmatch(path.name):
            return True
        if path.suffix == ".json" or not is_lines(head):
            return False
        if not any(b'"%b"' % name in head for name in _TELLING):
            return False
        # Its own members: others have a session's id further inside.
        return any(map(_TELLING.intersection, map(top_members, head.split(b"\n"))))

    def told_by(self, get: Callable[[bytes], bytes | None]) -> bool:
        """Tell whether a record is a session's."""
        if get(b"isSidechain") is not None and get(b"sessionId") is not None:
            return True
        return get(b"type") == b"summary" and get(b"leafUuid") is not None

    def treat(self, found: Candidate) -> Treatment | None:
        """Turn image blocks into text blocks."""
        place = found.place
        if place is None:
            return None if found.kind is Spelling.MEMBER else Treatment()
        top, member = place.record
        sent = top.get(b"type") in _SENT and member in (b"message", b"attachment")
        reader: Reader = "model" if sent else "client"
        part = shapes.treated(place, reader=reader, any_size=sent)
        if part is not None:
            return part
        if member == b"attachment":
            return _attached(found, place, reader)
        return None if found.kind is Spelling.MEMBER else Treatment(reader)


def _attached(found: Candidate, place: Place, reader: Reader) -> Treatment | None:
    """Decide what becomes of a file that was mentioned."""
    if place.key == b"image_data":
        return _shown_by_notebook(place, reader)
    content = place.inner.parent
    mentioned = place.key == b"base64" and place.inner.key == b"file"
    if not mentioned or content is None or content.get(b"type") != b"image":
        # Of other files the client sends the name, or words.
        return None if found.kind is Spelling.MEMBER else Treatment("client")
    swap = shapes.text_swap(content, _READ, _READ_END)
    return Treatment(reader, swap, any_data=True, any_size=True)


def _shown_by_notebook(place: Place, reader: Reader) -> Treatment:
    """Decide what becomes of a picture in a notebook's output.

    It is sent. The output ends where the picture begins, and one that is words takes
    its place; a member that the client does not know is not sent.
    """
    image = place.inner
    if image.key != b"image" or image.key_start < 0 or place.escapes:
        return Treatment(reader, why=Why.REFUSED)
    swap = Swap(image.key_start, image, _NEXT_OUTPUT + b"[", b']"', worded=True)
    return Treatment(reader, swap, any_data=True, any_size=True)


CLAUDE_CODE = ClaudeCode()
