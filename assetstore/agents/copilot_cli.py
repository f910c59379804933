"""Sessions of GitHub's Copilot CLI (JSON Lines), which are left as they are.

An asset is called by the SHA-256 of its bytes, and other records name it; what the
client does with words in a picture's place was not tried. From the types of its SDK.
"""

import re
from collections.abc import Callable
from pathlib import PurePath

from assetstore.formats.base import Candidate, Treatment
from assetstore.formats.text import JsonLines, begins_with
from assetstore.results import Why

_BEGIN = re.compile(rb'"type"\s*:\s*"session\.(?:start|binary_asset)"')
_KINDS = (b"session.start", b"session.binary_asset")


class CopilotCli(JsonLines):
    """``~/.copilot/session-state/*/events.jsonl``."""

    name = "copilot-cli"
    tells = (b'"session.start"', b'"session.binary_asset"')

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether it is where sessions are, or begins as one does."""
        if path.name == "events.jsonl" and "session-state" in path.parts:
            return True
        first = head[:4096].partition(b"\n")[0]
        return begins_with(first, b"{") and _BEGIN.search(first) is not None

    def told_by(self, get: Callable[[bytes], bytes | None]) -> bool:
        """Tell whether a record is a session's."""
        return get(b"type") in _KINDS and get(b"data") is not None

    def treat(self, found: Candidate) -> Treatment | None:
        """Leave every picture."""
        treatment = super().treat(found)
        return treatment and Treatment(why=treatment.why or Why.NOT_UNDERSTOOD)


COPILOT_CLI = CopilotCli()
