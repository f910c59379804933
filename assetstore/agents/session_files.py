"""Sessions that are one value of JSON: Continue, Cline.

Parts of public APIs with a picture go as a whole, however short they are, and a text
stands in their place, which each of these clients sends as such (docs/clients.md says
which versions were run).
"""

import re
from dataclasses import replace
from pathlib import Path, PurePath

from assetstore.formats.base import Candidate, Treatment
from assetstore.formats.homes import HomeShape
from assetstore.formats.text import Json, is_json
from assetstore.patterns import later
from assetstore.results import Why

_HEAD = 4096
_COMPACTION = ".compaction.json"


class SessionFile(Json):
    """A session of a client that writes it whole each time."""

    def __init__(
        self, name: str, *, home: HomeShape | None, place: str, begin: re.Pattern[bytes]
    ):
        """A format.

        Args:
            name: Its name.
            home: Where its client keeps all it has; None: another format has it.
            place: The sessions in that, as a glob.
            begin: How one begins.
        """
        self.name = name
        self.home = home
        self._place = place
        self._begin = begin

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether it is where sessions are, or begins as one does."""
        if not is_json(head):
            return False
        begun = self._begin.match(head[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n"))
        return begun is not None or path.match(self._place)

    def treat(self, found: Candidate) -> Treatment | None:
        """Turn parts into texts, also short ones: the client sends them."""
        treatment = super().treat(found)
        if treatment is None or treatment.swap is None or treatment.why is not None:
            return treatment
        return replace(treatment, reader="model", any_size=True)


class Compacted(SessionFile):
    """A session of Cline whose first messages it has summed up.

    The summary lies beside it, with a hash of these messages; where that is another
    one, Cline sends all of them again.
    """

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether a summary lies beside a session."""
        name = path.name.removesuffix(".messages.json")
        if name == path.name or not super().claims(path, head):
            return False
        return Path(path).with_name(name + _COMPACTION).exists()

    def treat(self, found: Candidate) -> Treatment | None:
        """Leave every picture."""
        treatment = super().treat(found)
        return treatment and Treatment(why=treatment.why or Why.COVERED)


_OF_CLINE = HomeShape(
    title="Cline",
    name=".cline/data",
    variable="CLINE_DATA_DIR",
    logs=("sessions",),
    log="*.*.json",
    mixed=True,  # one that was summed up is of another format
    own=later(r"db|secrets\.json|globalState\.json"),
    beside=later(r"settings|tasks|teams|logs|cache|locks|workspace"),
    shape=later(r"\d{13}_.*"),
)
_CLINE_BEGINS = later(
    rb'\{\s*"version":\s*1,\s*"updated_at":\s*"[^"]*",'
    rb'\s*"(?:agent|source_message_count|conversation_id)"'
)

CLINE = SessionFile(
    "cline",
    home=_OF_CLINE,
    place="sessions/*/*.*.json",
    begin=_CLINE_BEGINS,
)
CLINE_COMPACTED = Compacted(
    "cline-compacted",
    home=None,
    place="sessions/*/*.messages.json",
    begin=_CLINE_BEGINS,
)

CONTINUE = SessionFile(
    "continue",
    home=HomeShape(
        title="Continue",
        name=".continue",
        variable="CONTINUE_GLOBAL_DIR",
        logs=("sessions",),
        log="????????-????-????-????-????????????.json",
        own=later(r"permissions\.yaml|sharedConfig\.json|\.continuerc\.json|dev_data"),
        beside=later(r"config\.(?:yaml|json|ts)|index|logs|\.migrations|\.utils"),
        shape=later(
            r"sessions\.json|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json"
        ),
    ),
    place=".continue/sessions/*-*.json",
    begin=later(
        rb'\{\s*"sessionId":\s*"[^"]*",\s*"title":\s*"(?:[^"\\]|\\.)*",'
        rb'\s*"workspaceDirectory":'
    ),
)
