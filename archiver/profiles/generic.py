"""Documents of no special kind: a placeholder stands where the payload was."""

from assetstore.archiver.profiles.base import IN_PLACE, Swap
from assetstore.archiver.scanner import Hit

# Bare base64 is decoded by many that read the document, a property list's <data>
# for one. With this behind a placeholder, those that pass over what is not of the
# alphabet find whole quanta, however many of its characters are.
_WHOLE_QUANTA = Swap(0, 0, b"", b"=AA==")


class Generic:
    """Any file: HTML, CSS, Markdown, JSON, anything."""

    name = "generic"
    typed = False
    looks_around = False

    def swap(self, hit: Hit, before: bytes, after: bytes, note: str) -> Swap | None:
        """Replace the payload alone."""
        return _WHOLE_QUANTA if hit.whole else IN_PLACE


class Typed(Generic):
    """JSON whose strings are media when a media type beside them says so.

    Jupyter notebooks (``"image/png": "..."``) and HAR files (``"mimeType":
    "image/png", "text": "..."``).
    """

    typed = True

    def __init__(self, name: str):
        self.name = name
