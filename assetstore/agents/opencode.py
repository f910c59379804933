"""Parts of messages as opencode keeps them: rows of JSON, a part a value.

A file part of a message is sent as it stands, so it becomes a text part, with the
names of what it belongs to. What a tool gave back has a list of files beside its
words; a picture goes out of that list, and a line of the words says which it was.
Anything else that a part holds is left. Kilo and MiMoCode write the same. Measured on
opencode 1.18.33.
"""

from collections.abc import Iterator
from pathlib import PurePath

from assetstore.formats import shapes
from assetstore.formats.base import Candidate, Spelling, Swap, Treatment
from assetstore.formats.json_places import Container, Place
from assetstore.formats.text import JsonLines
from assetstore.results import Why
from assetstore.store.format.placeholder import MARK

# Files that are sent as words already, and not themselves.
_NOT_SENT = (b"text/plain", b"application/x-directory")
# What a part of any kind has.
_KEPT = (b"id", b"sessionID", b"messageID", b"synthetic")
_LONGEST_KEPT = 1 << 10
_LIST = b"attachments"
# What stands between a tool's words and its files is copied; longer text is not.
_MOST_BETWEEN = 1 << 16
_SIGNS = (MARK, b"data:", b"base64")


class OpenCode(JsonLines):
    """Values of ``part.data`` and ``event.data``."""

    name = "opencode"
    members: tuple[bytes, ...] = (b"url",)

    def claims(self, path: PurePath, head: bytes) -> bool:
        """It is for columns of databases, which say that they are of this format."""
        return False

    def treat(self, found: Candidate) -> Treatment | None:
        """Turn file parts into text parts, and take files out of tools' lists."""
        place = found.place
        if place is None or place.escapes:
            return None if found.kind is Spelling.MEMBER else Treatment("model")
        part, mime = place.inner, place.inner.get(b"mime")
        if place.key == b"url" and part.get(b"type") == b"file" and mime:
            if mime in _NOT_SENT:
                return None
            around = part.parent
            if around is None or part.key == b"part":
                return _as_text(part)
            if around.key == _LIST and not around.is_object:
                return _out_of_list(place, part, around)
        if found.kind is Spelling.MEMBER:
            return None
        words = place.key == b"text" and part.get(b"type") in (b"text", b"reasoning")
        if words or any(key == b"state" for _, key in place.way()):
            return Treatment("model")
        return Treatment("model", why=Why.NOT_UNDERSTOOD)


def _as_text(part: Container) -> Treatment:
    """Make a text part of a file part."""
    kept = list(_kept(part))
    if not all(kept):
        return Treatment("model", why=Why.NOT_UNDERSTOOD)
    before = b"{" + b",".join((*kept, b'"type":"text","text":"'))
    swap = shapes.text_swap(part, before, b'"}')
    return Treatment("model", swap, any_data=True, any_size=True)


def _kept(part: Container) -> Iterator[bytes]:
    """The members that stay, as they are written; b"": one is as none ever is."""
    for name in _KEPT:
        if part.get(name) is None:
            continue
        at = part.written(name)
        if at is None or at[1] - at[0] > _LONGEST_KEPT:
            yield b""
            continue
        value = part.read(*at).strip()
        scalar = value[:1] not in (b"{", b"[", b"")
        yield b'"%b":%b' % (name, value) if scalar and MARK not in value else b""


def _out_of_list(place: Place, part: Container, files: Container) -> Treatment:
    """Take a file out of the list beside a tool's words."""
    alone = part.key == 0 and 0 < part.end < files.end
    if alone and not files.read(part.end, files.end - 1).strip():
        swap = _told(files)
        if swap is not None:
            return Treatment("model", swap, any_data=True, any_size=True)
    # Of several, or where nothing can be said: the list ends where the first one goes,
    # and another begins that nobody reads.
    if part.key == 0:
        start, before = files.key_start, b'"%b":[],"assetstore":[' % _LIST
    else:
        start, before = part.sign, b'],"assetstore":['
    if start < 0 or not 0 < place.start - part.start <= _MOST_BETWEEN:
        return Treatment("model", why=Why.NOT_UNDERSTOOD)
    before += part.read(part.start, place.start)
    swap = Swap(start, place, before, b'"')
    return Treatment("client", swap, any_data=True, any_size=True, joins=files.start)


def _told(files: Container) -> Swap | None:
    """Say in a tool's words which file goes; the list goes, too."""
    state = files.parent
    output = state.written(b"output") if state is not None else None
    if output is None or not 0 < output[1] < files.key_start:
        return None
    start, end = output
    if files.read(start, end).strip()[:1] != b'"':
        return None
    closing = start + len(files.read(start, end).rstrip()) - 1
    if files.key_start - closing > _MOST_BETWEEN:
        return None
    between = files.read(closing, files.key_start).rstrip()
    if not between.endswith(b",") or any(sign in between for sign in _SIGNS):
        return None
    return Swap(closing, files, b"\\n[", b"]" + between[:-1], worded=True)


OPENCODE = OpenCode()
