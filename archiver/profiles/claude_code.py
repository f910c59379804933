"""Claude Code sessions (JSON Lines).

An image block whose data is not a picture is sent to the API as it stands and
rejected, so the whole block becomes a text block. Copies that only the client
shows (``toolUseResult.file.base64``) keep their shape.
"""

import re

from assetstore.archiver.profiles.base import IN_PLACE, Swap, enclosing
from assetstore.archiver.scanner import Hit

_DATA = re.compile(rb"\"(?:data|url)\"\s*:\s*\"$")


class ClaudeCode:
    """``~/.claude/projects/*/*.jsonl``."""

    name = "claude-code"
    typed = False
    looks_around = True

    def swap(self, hit: Hit, before: bytes, after: bytes, note: str) -> Swap | None:
        """Turn image blocks into text blocks."""
        if hit.closer != b'"' or hit.escapes or not _DATA.search(before):
            return IN_PLACE
        source = enclosing(before, after, in_string=True)
        if source is None:
            return None
        if source.value.get("type") not in ("base64", "url"):
            return IN_PLACE
        front, behind = before[: source.start], after[source.end :]
        block = enclosing(front, behind, in_string=False)
        if block is None:
            return None
        if block.value.get("type") not in ("image", "document"):
            return IN_PLACE
        words = f"[{note} archived ".encode("ascii")
        return Swap(
            len(before) - block.start,
            source.end + block.end,
            b'{"type":"text","text":"' + words,
            b']"}',
        )
