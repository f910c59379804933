"""What Cline, Roo and Kilo, in an editor, show of a task (``ui_messages.json``).

A message has a list of data URIs, which are shown, and sent if the message is sent
again: the first that goes ends the list, and begins another one of a name that they
do not know. What they send otherwise (``api_conversation_history.json``) has parts of
the Messages API. From their sources.
"""

from dataclasses import replace
from pathlib import PurePath

from assetstore.formats import shapes
from assetstore.formats.base import Candidate, Spelling, Treatment
from assetstore.formats.text import Json, is_json


class ClineUi(Json):
    """``tasks/*/ui_messages.json``."""

    name = "cline-tasks"

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell by its name."""
        return path.name == "ui_messages.json" and is_json(head)

    def treat(self, found: Candidate) -> Treatment | None:
        """End a list of pictures where the first one goes."""
        place = found.place
        listed = place is not None and place.inner.key == b"images"
        if place is None or not listed or place.escapes:
            return super().treat(found)
        if found.kind is Spelling.MEMBER or not isinstance(place.key, int):
            return super().treat(found)
        return replace(shapes.ended_list(place), any_size=False)


CLINE_UI = ClineUi()
