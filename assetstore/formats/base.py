"""The seam for formats of documents, and what they say of a payload."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import Literal, Protocol

from assetstore.formats.beside import Beside
from assetstore.formats.homes import HomeShape
from assetstore.formats.json_places import Place
from assetstore.results import Why

# Who reads a payload: the model that a thread is sent to, or nobody but its client;
# "anyone" where that is not known.
Reader = Literal["model", "client", "anyone"]


class Spelling(Enum):
    """How a payload is written."""

    URI_BASE64 = 1  # a data URI, base64
    URI_TEXT = 2  # a data URI, percent-encoded or plain text
    BARE = 3  # base64 that is media by its own bytes, or by a media type beside it
    MEMBER = 4  # the value of a member that parts of an API have, whatever it holds


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a payload.

    Attributes:
        kind: How it is written.
        start: Offset of its first byte: a head's, or its own.
        mime: The media type that its head says, lower case, or "".
        begin: Its first bytes (a few dozen, fewer where its string ends).
        place: Where in JSON its string stands; None where it is none, or is a part of
            a longer one.
        unannounced: Whether nothing around it says that it is base64 text, or what
            says so makes its readers decode it at once: a property of a calendar.
    """

    kind: Spelling
    start: int
    mime: str
    begin: bytes
    place: Place | None
    unannounced: bool = False


class Ended(Protocol):
    """What ends somewhere: a container or a string of JSON, a span."""

    @property
    def end(self) -> int:
        """Offset behind its last byte; -1: it is not closed."""
        ...


@dataclass(frozen=True, slots=True)
class Swap:
    """What takes the place of a payload and of what stands around it.

    Attributes:
        start: Offset of the first byte that goes.
        ends_with: What the last byte that goes is the last one of.
        before: What stands in front of the placeholder instead.
        after: What stands behind it instead.
        worded: Whether words on the payload stand in front of the placeholder.
    """

    start: int
    ends_with: Ended
    before: bytes
    after: bytes
    worded: bool = False

    @property
    def end(self) -> int:
        """Offset behind the last byte that goes; -1: the record is torn."""
        return self.ends_with.end


@dataclass(frozen=True, slots=True)
class Treatment:
    """What becomes of a payload.

    Attributes:
        reader: Who reads it.
        swap: What takes its place; None: the placeholder alone.
        tail: What stands behind the placeholder alone, for readers that decode it.
        why: Why it stays, or None.
        any_data: Whether it goes whatever it holds: nothing, or what is no picture.
        any_size: Whether it goes however short it is.
        joins: Offset of an array whose first payload that goes moves all that stand
            behind it, with ``swap``; these have no swap then. -1: of none.
    """

    reader: Reader = "anyone"
    swap: Swap | None = None
    tail: bytes = b""
    why: Why | None = None
    any_data: bool = False
    any_size: bool = False
    joins: int = -1


# The placeholder stands where the payload was.
IN_PLACE = Treatment()


class Format(Protocol):
    """A format of documents: a plug-in gives one as an entry point.

    Attributes:
        name: What ``--profile`` calls it, and manifests.
        lines: Whether each line is a JSON value of its own.
        appends: Whether documents of it only grow: what stands behind what was
            archived was written by a program, and nothing in it is a placeholder.
        typed: Whether a media type in front of a string says that it is media.
        members: Members of JSON objects whose values are asked about, whatever they
            hold; the names as they are written in a document.
        tells: Strings of which each record that tells it has one; none: the
            beginning of a document tells it, or nothing does.
        beside: Knows what lies beside its documents (`NOTHING`, for most).
        home: What the folders look like in which its client keeps all it has; nothing
            in them is touched but its documents. None where there is no such folder.
    """

    name: str
    lines: bool
    appends: bool
    typed: bool
    members: tuple[bytes, ...]
    tells: tuple[bytes, ...]
    beside: Beside
    home: HomeShape | None

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether a document is of this format, by its place or its beginning.

        Args:
            path: Where it is.
            head: Its first bytes (up to 64 KiB).
        """
        ...

    def told_by(self, get: Callable[[bytes], bytes | None]) -> bool:
        """Tell whether a record is one that documents of this format alone have.

        Args:
            get: Gives the value of one of its members: a short string; `OTHER` for any
                other value; None where there is no such member.
        """
        ...

    def treat(self, found: Candidate) -> Treatment | None:
        """Decide what becomes of a payload.

        Returns:
            None where it is no payload after all.
        """
        ...
