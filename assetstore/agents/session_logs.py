"""Session logs with parts of public APIs: pi, Gemini CLI, Qwen Code, Kimi CLI.

A part with a picture goes as a whole, however short it is, and a text stands in its
place, which each of these clients sends as such (docs/clients.md says which versions
were run). What each does besides is in a module of its own.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.formats import shapes
from assetstore.formats.base import Candidate, Treatment
from assetstore.formats.beside import NOTHING, Beside, Nothing
from assetstore.formats.homes import HomeShape
from assetstore.formats.json_places import Container
from assetstore.formats.text import JsonLines, is_lines
from assetstore.patterns import later
from assetstore.store.format.placeholder import MARK

# What may stand for a picture in what a tool gave to Gemini: data with a name, since
# no text may. The data are words.
_NAMED = (
    b'{"inlineData":{"mimeType":"text/plain",'
    b'"data":"QSBwaWN0dXJlIHN0b29kIGhlcmUu","displayName":"',
    b'"}}',
)
_HEAD = 4096
# What stands where oh-my-pi keeps the picture in a file of its own.
ELSEWHERE = b"blob:"


class SessionLog(JsonLines):
    """A log of a client whose messages have parts of public APIs."""

    def __init__(
        self,
        name: str,
        *,
        home: HomeShape,
        places: tuple[str, ...],
        begin: re.Pattern[bytes],
        tells: tuple[bytes, ...],
        own: tuple[bytes, ...],
        appends: bool = True,
        in_tools: tuple[bytes, bytes] | None = None,
        beside: Beside = NOTHING,
    ):
        """A format.

        Args:
            name: Its name.
            home: Where its client keeps all it has.
            places: The logs, as globs.
            begin: What its first records have.
            tells: Strings of which each record that tells it has one.
            own: Members that such a record has.
            appends: As in `Format`.
            in_tools: What stands around the words for a picture in what a tool gave,
                if that is not a part of text.
            beside: The same.
        """
        self.name = name
        self.home: HomeShape | None = home
        self.tells = tells
        self.appends = appends
        self.beside = beside
        self._places = places
        self._begin = begin
        self._own = own
        self._in_tools = in_tools

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether it is where logs are, or begins as one does."""
        if path.suffix != ".json" and any(map(path.match, self._places)):
            return True
        return self._begin.search(head[:_HEAD]) is not None and is_lines(head)

    def told_by(self, get: Callable[[bytes], bytes | None]) -> bool:
        """Tell whether a record has what those of the client have."""
        return all(get(name) is not None for name in self._own)

    def treat(self, found: Candidate) -> Treatment | None:
        """Turn parts into texts, also short ones: the client sends them."""
        if found.begin.startswith(ELSEWHERE):
            return None
        treatment = super().treat(found)
        if treatment is None or treatment.swap is None or treatment.why is not None:
            return treatment
        place = found.place
        part = place.inner.parent if place is not None else None
        if self._in_tools is not None and part is not None and _is_of_tool(part):
            if place is not None and MARK in (place.inner.get(b"displayName") or b""):
                return None  # what stands for one
            swap = shapes.text_swap(part, *self._in_tools)
            treatment = replace(treatment, swap=swap)
        return replace(treatment, reader="model", any_size=True)


def _is_of_tool(part: Container) -> bool:
    """Tell whether a part stands in ``functionResponse.parts``."""
    array = part.parent
    around = array.parent if array is not None and array.key == b"parts" else None
    return around is not None and around.key == b"functionResponse"


class BesideQwen(Nothing):
    """The lock that Qwen Code leaves beside a session, in some ways to run it.

    What knows it is imported where a session comes: each archive of anything loads
    this module.
    """

    def owns(self, path: Path) -> bool:
        """Tell whether a file is where sessions are."""
        return path.suffix == ".jsonl" and "chats" in path.parts[-3:]

    def replace(self, draft: Draft, source: Source) -> None:
        """Replace a session that nobody holds."""
        from assetstore.agents.qwen_code import check_free

        check_free(draft.target)
        super().replace(draft, source)


PI = SessionLog(
    "pi",
    home=HomeShape(
        title="pi",
        name=".pi/agent",
        variable="PI_CODING_AGENT_DIR",
        logs=("sessions",),
        log="*.jsonl",
        own=later(r"auth\.json|models\.json|trust\.json"),
        beside=later(r"settings\.json|prompts|skills|extensions|themes|bin|tools|npm"),
        shape=later(r"--.*--"),
    ),
    places=("agent/sessions/*/*.jsonl", "sessions/--*--/*_*.jsonl"),
    begin=later(rb'^\s*\{"type":"session",(?=[^\n]*"cwd":)'),
    tells=(b'"parentId"',),
    own=(b"id", b"parentId", b"message"),
)

GEMINI_CLI = SessionLog(
    "gemini-cli",
    home=HomeShape(
        title="Gemini CLI",
        name=".gemini",
        variable="GEMINI_CLI_HOME",
        inside=".gemini",
        logs=("tmp",),
        log="session-*.json*",
        mixed=True,  # older versions wrote one value of JSON
        own=later(
            r"oauth_creds\.json|google_accounts\.json|trustedFolders\.json"
            r"|projects\.json|installation_id"
        ),
        beside=later(r"settings\.json|GEMINI\.md|history|policies|extensions|commands"),
        shape=later(r"[0-9a-f]{64}"),
    ),
    places=("tmp/*/chats/session-*.jsonl",),
    begin=later(rb'^\s*\{"sessionId":"[^"]*","projectHash":"'),
    tells=(b'"projectHash"',),
    own=(b"sessionId", b"projectHash"),
    # It writes the history anew with what stands for pictures in it: those are
    # pictures, wherever they stand.
    appends=False,
    in_tools=_NAMED,
)

QWEN_CODE = SessionLog(
    "qwen-code",
    home=HomeShape(
        title="Qwen Code",
        name=".qwen",
        variable="QWEN_HOME",
        logs=("projects",),
        log="*.jsonl",
        own=later(
            r"oauth_creds\.json|usage_record\.jsonl|extension-store|output-language\.md"
        ),
        beside=later(r"settings\.json|QWEN\.md|memories|extensions|skills|tmp|agents"),
        shape=later(r"-.*|[A-Za-z]--.*"),
        within="chats",  # Claude Code's have the logs themselves
    ),
    places=("projects/*/chats/*.jsonl", "projects/*/chats/archive/*.jsonl"),
    begin=later(rb'"parentUuid":[^\n]*"sessionId":[^\n]*(?:"provenance":|"parts":\[)'),
    tells=(b'"provenance"', b'"parts"'),
    own=(b"uuid", b"parentUuid", b"sessionId", b"provenance"),
    beside=BesideQwen(),
)


class KimiLog(SessionLog):
    """A log of Kimi CLI: the messages of a session, or what was shown of it."""

    def told_by(self, get: Callable[[bytes], bytes | None]) -> bool:
        """Tell whether a record is one that the client writes between messages."""
        return get(b"role") in (b"_system_prompt", b"_checkpoint", b"_usage")


KIMI_CLI = KimiLog(
    "kimi-cli",
    home=HomeShape(
        title="Kimi CLI",
        name=".kimi",
        variable="KIMI_SHARE_DIR",
        logs=("sessions",),
        log="*.jsonl",
        own=later(r"kimi\.json|device_id|credentials"),
        beside=later(r"config\.(?:toml|json)|mcp\.json|logs|user-history|plans|bin"),
        shape=later(r"(?:\w+_)?[0-9a-f]{32}"),
    ),
    places=(".kimi/sessions/*/*/*.jsonl",),
    begin=later(
        rb'^\s*\{"(?:role": ?"_(?:system_prompt|checkpoint|usage)"'
        rb'|type": ?"metadata", ?"protocol_version")'
    ),
    tells=(b'"_checkpoint"', b'"_usage"'),
    own=(),
)
