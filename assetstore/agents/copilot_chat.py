"""Sessions of Visual Studio Code's chat (JSON, or a log of changes), left as they are.

A pasted picture is bytes (``{"$base64": ...}``, or an object of numbers), and what a
tool gave is base64 that is decoded where it is shown: words there would be no bytes.
What may stand there instead was not tried, as the editor cannot be run here. From its
source (``src/vs/workbench/contrib/chat/common``).
"""

from pathlib import PurePath

from assetstore.formats.base import Candidate, Treatment
from assetstore.formats.text import Text
from assetstore.patterns import later
from assetstore.results import Why

_FOLDERS = ("chatSessions", "emptyWindowChatSessions", "transferredChatSessions")
_BEGIN = later(
    rb'\s*\{\s*(?:"kind"\s*:\s*0\s*,\s*"v"\s*:\s*\{\s*)?"version"\s*:\s*\d+\s*,\s*'
    rb'"(?:creationDate|requesterUsername|responderUsername)"'
)


class CopilotChat(Text):
    """``chatSessions/*.json`` and ``*.jsonl``."""

    name = "copilot-chat"
    members: tuple[bytes, ...] = ()

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether it is where sessions are, or begins as one does."""
        if path.parent.name in _FOLDERS and path.suffix in (".json", ".jsonl"):
            return True
        return _BEGIN.match(head[:4096]) is not None

    def treat(self, found: Candidate) -> Treatment | None:
        """Leave every picture."""
        treatment = super().treat(found)
        return treatment and Treatment(why=treatment.why or Why.NOT_UNDERSTOOD)


COPILOT_CHAT = CopilotChat()
