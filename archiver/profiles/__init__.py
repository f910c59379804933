"""What each kind of document wants in a picture's place."""

import re
from pathlib import PurePath

from assetstore.archiver.profiles.base import Profile
from assetstore.archiver.profiles.claude_code import ClaudeCode
from assetstore.archiver.profiles.codex import Codex
from assetstore.archiver.profiles.generic import Generic, Typed

PROFILES: dict[str, Profile] = {
    "generic": Generic(),
    "codex": Codex(),
    "claude-code": ClaudeCode(),
    "notebook": Typed("notebook"),
    "har": Typed("har"),
}

_CODEX = re.compile(
    rb"\s*\{\s*\"timestamp\"\s*:\s*\"[^\"]{1,64}\"\s*,\s*(?:\"ordinal\"\s*:\s*\d+\s*,\s*)?"
    rb"\"type\"\s*:\s*\"(?:session_meta|response_item|event_msg|turn_context|compacted"
    rb"|world_state|token_usage_record)\""
)
_CLAUDE = re.compile(rb"\"(?:sessionId|parentUuid|leafUuid)\"\s*:")


def choose(name: str, path: PurePath, head: bytes) -> Profile:
    """The profile to read a document with.

    Args:
        name: A profile's name, or "auto".
        path: The document's path; only its name's ending counts.
        head: The document's first bytes (64 KiB do).
    """
    if name != "auto":
        return PROFILES[name]
    if _CODEX.match(head):
        return PROFILES["codex"]
    if path.suffix == ".ipynb":
        return PROFILES["notebook"]
    if path.suffix == ".har":
        return PROFILES["har"]
    if head.lstrip()[:1] == b"{" and _CLAUDE.search(head) and path.suffix != ".json":
        return PROFILES["claude-code"]
    return PROFILES["generic"]
