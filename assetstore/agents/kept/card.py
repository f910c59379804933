"""What a store says of a thread that is kept: its card. Layout in docs/format.md.

A kept thread is a document of a store like any other, but for its form: that is not
in a file. It is the card, a small JSON text with placeholders for what the thread's
files held, and is itself a blob, whose id is the hash that the manifest has of it.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assetstore.errors import IntegrityError, MissingBlob, PurgedBlob
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.manifest import THREAD, Manifest
from assetstore.store.store import Store

_FORMAT, VERSION = "assetstore-thread", 1
_LONGEST = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptText:
    """What a file held, when it was kept.

    Attributes:
        text: The placeholder of its text, without the payloads that were taken out.
        size: Bytes that come back.
        hash: Their BLAKE3, in hexadecimal.
        slim_size: Bytes of the text.
        slim_hash: Its BLAKE3, in hexadecimal.
        changed: Whether payloads were taken out.
        stays: If so: where in the text placeholders stand that were in the file.
        purged: How many payloads stay away, since they had been purged from the store.
    """

    text: str
    size: int
    hash: str
    slim_size: int
    slim_hash: str
    changed: bool = False
    stays: tuple[int, ...] = ()
    purged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of a thread.

    Attributes:
        place: Where it was, from its client's home on, with slashes.
        now: What it held when it was last kept.
        modified: When it was modified then, in nanoseconds since 1970.
        seen: By what is told that it is still the same: size, time, inode.
        archived: The placeholder of the manifest that tells which placeholders in it
            are its own; "": none in it is.
        before: What it held earlier, where something wrote it anew, the newest first.
    """

    place: str
    now: KeptText
    modified: int
    seen: tuple[int, ...] = ()
    archived: str = ""
    before: tuple[KeptText, ...] = ()

    @property
    def texts(self) -> tuple[KeptText, ...]:
        """All that is kept of it."""
        return (self.now, *self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A thread that is kept.

    Attributes:
        client: Whose it is, by its short name, or "".
        thread: Its id.
        home: Its client's home, or the folder that it was in.
        first: The beginning of its first request.
        began: When it began, as its log says it, or "".
        files: Its files, the log that its client goes on with first.
    """

    client: str
    thread: str
    home: str
    first: str = ""
    began: str = ""
    files: tuple[KeptFile, ...]

    @property
    def document(self) -> str:
        """Its name in manifests."""
        return document_name(self.home, self.thread)

    @property
    def size(self) -> int:
        """Bytes of its files as they come back."""
        return sum(file.now.size for file in self.files)

    def pack(self) -> bytes:
        """Its bytes."""
        record = {"format": _FORMAT, "v": VERSION, **asdict(self)}
        return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def unpack(cls, data: bytes) -> "Card":
        """Parse `pack`'s bytes.

        Raises:
            IntegrityError: They are no card that this version understands.
        """
        try:
            record: dict[str, Any] = json.loads(data)
            if record.pop("format") != _FORMAT or record.pop("v") != VERSION:
                raise ValueError("it is of another version; update assetstore")
            files = tuple(_file(**file) for file in record.pop("files"))
            card = cls(**record, files=files)
            if not files or not all(
                isinstance(v, str)
                for v in (card.client, card.thread, card.home, card.first, card.began)
            ):
                raise ValueError("a part of it is missing")
            _check_names(card.home, card.thread, *(file.place for file in files))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
            raise IntegrityError(f"what is kept of a thread cannot be read: {e}") from e
        return card

    def first_is(self, place: str) -> "Card":
        """The same with another file as the one that its client goes on with."""
        files = sorted(self.files, key=lambda file: file.place != place)
        return replace(self, files=tuple(files))


def _file(**record: Any) -> KeptFile:
    now, before = record.pop("now"), record.pop("before")
    seen = tuple(map(int, record.pop("seen")))
    if not all(isinstance(record[name], str) for name in ("place", "archived")):
        raise TypeError("a file has no place")
    if not 0 <= record["modified"] < 1 << 63:
        raise ValueError("a file has no time")
    earlier = tuple(_text(**text) for text in before)
    return KeptFile(**record, seen=seen, now=_text(**now), before=earlier)


def _check_names(*names: str) -> None:
    """Refuse what no file can be called (os.fsencode raises ValueErrors, too)."""
    for name in names:
        if b"\0" in os.fsencode(name):
            raise ValueError(f"{name!r} is no name of a file")


def _text(**record: Any) -> KeptText:
    stays = tuple(map(int, record.pop("stays")))
    if not isinstance(record["text"], str) or not record["text"].isascii():
        raise ValueError(f"{record['text']!r} is no placeholder")
    text = KeptText(**record, stays=stays)
    for number in (text.size, text.slim_size, text.purged, *stays):
        if type(number) is not int or not 0 <= number < 1 << 63:
            raise ValueError(f"{number!r} is no number")
    for digest in (text.hash, text.slim_hash):
        if len(bytes.fromhex(digest)) != 32:
            raise ValueError(f"{digest!r} is no hash")
    return text


def document_name(home: str, thread: str) -> str:
    """Return what manifests call the kept thread with an id, of a client's home."""
    return f"{THREAD}{Path(home, thread)}"


def card_of(store: Store, manifest: Manifest) -> Card:
    """The card that a manifest is of.

    Raises:
        PurgedBlob: It was purged, with the words of its thread.
        MissingBlob: The store lost it.
        IntegrityError: It is damaged.
    """
    id = BlobId(manifest.slim_hash)
    try:
        return Card.unpack(store.read(Kind.MEDIA, id, limit=_LONGEST))
    except PurgedBlob as e:
        raise PurgedBlob(
            f"what was kept of {manifest.document} was purged from the store",
            hint="'assetstore threads forget' ends that: it can be kept anew.",
            path=manifest.document,
        ) from e
    except MissingBlob as e:
        raise MissingBlob(
            f"the store lost what it kept of {manifest.document}",
            hint="Run 'assetstore repair'. Where the thread is still there, "
            "'assetstore threads keep' keeps it anew.",
            path=manifest.document,
        ) from e
