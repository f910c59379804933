"""What else of a store holds a part of some blobs: dictionaries and recipes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pybase64

from assetstore.errors import AssetstoreError, DamagedBlob, IntegrityError
from assetstore.store.blob_writer import is_compressed
from assetstore.store.codecs import dictionary
from assetstore.store.codecs.whole import DictionaryCodec
from assetstore.store.dependencies import needs
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD, pack_key, read_pack
from assetstore.store.format.recipe import MAX_FRAME, Recipe
from assetstore.store.gc.roots import named
from assetstore.store.store import Store

# How a dictionary of Zstandard begins (RFC 8878, section 6), and its longest here.
_MAGIC = b"\x37\xa4\x30\xec"
_LONGEST = 16384
# A shorter blob is found in text by chance.
_LEAST = 24
_ESCAPES = re.compile(rb"\\[nrt]|[\\\s]")


@dataclass(frozen=True, slots=True)
class Traces:
    """What goes together with some blobs.

    Attributes:
        dictionaries: Dictionaries that may have been made from one of them.
        recipes: Recipes that spell one of them out.
    """

    dictionaries: set[BlobId] = field(default_factory=set)
    recipes: set[BlobId] = field(default_factory=set)

    @property
    def ids(self) -> set[BlobId]:
        """All of them."""
        return self.dictionaries | self.recipes


def derived(store: Store, entries: Sequence[Entry]) -> Traces:
    """Find what else in a store holds a part of some blobs.

    Args:
        store: The store.
        entries: Their copies.
    """
    media = {e.record.id: e for e in entries if e.record.kind is Kind.MEDIA}
    small = [e for e in media.values() if e.record.raw <= dictionary.MAX_SIZE]
    samples = False
    texts: list[bytes] = []
    for entry in small:
        try:
            raw = b"".join(map(bytes, store.stream_copy(entry)))
        except (AssetstoreError, OSError):
            samples = True  # nobody can tell
            continue
        samples = samples or not is_compressed(raw)
        # What is around a placeholder is no longer than that.
        if _LEAST <= len(raw) <= MAX_FRAME:
            texts += _spellings(raw)
    return Traces(
        set(_dictionaries(store)) - media.keys() if samples else set(),
        set(_recipes(store, texts)) if texts else set(),
    )


def _dictionaries(store: Store) -> Iterator[BlobId]:
    """The dictionaries of a store: what records need, and what is left of others.

    What a document needs is none, even if it looks like one.
    """
    needed: dict[str, set[bytes]] = {}
    for entry in store.entries():
        if entry.record.codec == DictionaryCodec.number:
            with suppress(DamagedBlob, FileNotFoundError):
                needed.setdefault(entry.pack, set()).update(needs(store.backend, entry))
    live = named(store)
    try:
        for entry in store.entries():
            record = entry.record
            if record.kind is not Kind.MEDIA or record.codec or record.raw > _LONGEST:
                continue
            if any(record.id.startswith(p) for p in needed.get(entry.pack, ())) or (
                live is not None
                and record.id not in live
                and _begins(store, entry) == _MAGIC
            ):
                yield record.id
    finally:
        if live is not None:
            live.close()


def _begins(store: Store, entry: Entry) -> bytes:
    head = bytearray(len(_MAGIC))
    at = entry.offset + RECORD.size
    with suppress(DamagedBlob, FileNotFoundError):
        read_pack(store.backend, pack_key(entry.pack), at, memoryview(head))
    return bytes(head)


def _spellings(raw: bytes) -> list[bytes]:
    """Spell a blob as text has it, but for its last characters."""
    whole = raw[: len(raw) // 3 * 3]
    return [raw, pybase64.b64encode(whole), pybase64.urlsafe_b64encode(whole)]


def _recipes(store: Store, texts: Iterable[bytes]) -> Iterator[BlobId]:
    """The recipes in whose own text one of some texts stands."""
    wanted = list(texts)
    for entry in store.entries():
        if entry.record.kind is not Kind.RECIPE:
            continue
        with suppress(IntegrityError):
            recipe = Recipe.parse(store.read(Kind.RECIPE, entry.record.id))
            parts = [*recipe.was, recipe.before, recipe.after]
            for part in parts:
                if isinstance(part, bytes) and len(part) >= _LEAST:
                    plain = _ESCAPES.sub(b"", part)
                    if any(text in part or text in plain for text in wanted):
                        yield entry.record.id
                        break
