"""What Claude Code sends, in turns."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.claude import SESSION, Claude
from support.compared import PICTURE, Sent, Turn
from support.mock_messages import MockMessages, Request

# A picture that was named with @ is words of a tool's result after an archive.
_READ = re.compile(
    r"(?:<system-reminder>\n)?Result of calling the Read tool:\s*\"? *1(?:\t|→)"
    r"(\[image [^\[\]]+\])(?:\\n.*?\"|\n.*?)?\s*(?:</system-reminder>\n?|$)",
    re.S,
)
# Of a notebook without pictures, the blocks are one text.
_BLOCKS = re.compile(r"Result of calling the Read tool:\s(\[\{.*\}\])")
# One that waited for its turn has the archived pictures among its words.
_WAITED = re.compile(
    r"<system-reminder>\nThe user sent (?:a new message|the following message)"
)
_AMONG = re.compile(r"\n+(\[image [^\[\]]+ archived as1:[\w-]{27}\])")


class ClaudeSender:
    """Claude Code, with a session.

    Attributes:
        home: All that it keeps.
        thread: The session's id.
        copies: Whether it writes the session down anew when it goes on with it.
    """

    def __init__(self, claude: Claude, api: MockMessages, thread: str = SESSION):
        self._claude = claude
        self._api = api
        self.home = claude.home
        self.thread = thread
        self.copies = claude.version < (2, 1)

    @property
    def log(self) -> Path:
        """The session's log."""
        return self._claude.session(self.thread)

    def ask(self, words: str) -> list[Sent]:
        """Go on with the session; the requests that this makes, in order."""
        self._api.requests.clear()
        self._claude.resume(words, self.thread)
        return [sent(request) for request in self._api.requests]


def sent(request: Request) -> Sent:
    """A request in turns; messages of one role that follow each other are one."""
    turns: list[Turn] = []
    for message in request.messages:
        role, parts = message["role"], tuple(_parts(message["content"]))
        if turns and turns[-1][0] == role:
            turns[-1] = (role, (*turns[-1][1], *parts))
        else:
            turns.append((role, parts))
    return Sent(turns=tuple(turns), refused=request.error)


def _parts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    for block in content:
        kind = block["type"]
        if kind in ("image", "document"):
            yield PICTURE + block["source"]["data"]
        elif kind == "text" and _WAITED.match(block["text"]):
            yield _AMONG.sub("", block["text"])
            yield from _AMONG.findall(block["text"])
        elif kind == "text":
            words = _READ.sub(r"\1", block["text"])
            joined = _BLOCKS.sub(lambda found: json.loads(found[1])[0]["text"], words)
            if joined == words:
                yield words
                continue
            yield _AMONG.sub("", joined)
            yield from _AMONG.findall(joined)
        elif kind == "tool_result":
            yield f"result of {block['tool_use_id']}"
            yield from _parts(block.get("content") or [])
        else:
            known = {k: v for k, v in block.items() if k != "cache_control"}
            yield json.dumps(known, sort_keys=True)
