"""Chats as Open WebUI keeps them: columns of JSON, in two tables.

A message has a list of files; one of type ``image`` is shown, and sent, whatever its
address is. One of a type that it does not know is shown by its name, and not sent: so
a picture becomes such a file, and its name says which it was. A picture in a longer
text is text. Anything else is left. Tried with Open WebUI 0.12.4 (its server; what
the browser shows follows from the code that comes with it).
"""

from pathlib import PurePath

from assetstore.formats import shapes
from assetstore.formats.base import IN_PLACE, Candidate, Spelling, Treatment
from assetstore.formats.text import JsonLines
from assetstore.results import Why

_BEFORE = b'{"type":"picture","url":"","name":"'
_AFTER = b'"}'


class OpenWebUi(JsonLines):
    """Values of ``chat.chat`` and of ``chat_message.files``."""

    name = "open-webui"
    members: tuple[bytes, ...] = ()

    def claims(self, path: PurePath, head: bytes) -> bool:
        """It is for columns of databases, which say that they are of this format."""
        return False

    def treat(self, found: Candidate) -> Treatment | None:
        """Rename pictures among a message's files, and take those in its text."""
        place = found.place
        if place is None:
            is_uri = found.kind in (Spelling.URI_BASE64, Spelling.URI_TEXT)
            return IN_PLACE if is_uri else Treatment(why=Why.NOT_UNDERSTOOD)
        file, files = place.inner, place.inner.parent
        listed = (
            place.key == b"url"
            and not place.escapes
            and file.get(b"type") == b"image"
            and files is not None
            and not files.is_object
            and (files.parent is None or files.key == b"files")
        )
        if listed:
            swap = shapes.text_swap(file, _BEFORE, _AFTER)
            return Treatment("model", swap, any_data=True, any_size=True)
        return Treatment("model", why=Why.NOT_UNDERSTOOD)


OPEN_WEBUI = OpenWebUi()
