"""Recipes: what a placeholder stands for, byte for byte.

A recipe says what the document held (``was``: literal bytes and blobs in a
dialect) and what stands there now around the placeholder (``before`` and
``after``). It is a small JSON record in the store, named by the hash of its
bytes in a hash domain of its own, so that no media blob can pose as one.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from assetstore.errors import IntegrityError
from assetstore.store.format.blob import BlobId, Kind, Ref, blob_id
from assetstore.store.format.dialect import Dialect

# Longest literal text around a placeholder, before or after, in bytes. A reader
# holds back this much, so that it can take the text away again.
MAX_FRAME = 8192
MAX_RECIPE = 1 << 20


class Media(NamedTuple):
    """A blob, spelt in a dialect."""

    blob: BlobId
    dialect: Dialect


Part = bytes | Media


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a placeholder stands for.

    Attributes:
        was: The document's own bytes, in order.
        before: What was written in front of the placeholder.
        after: What was written behind it.
    """

    was: tuple[Part, ...]
    before: bytes = b""
    after: bytes = b""

    @property
    def blobs(self) -> tuple[BlobId, ...]:
        """The media blobs a restore needs."""
        return tuple(p.blob for p in self.was if isinstance(p, Media))

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The claims of a document with its placeholder: the recipe, and its blobs."""
        return (Kind.RECIPE, self.id), *((Kind.MEDIA, blob) for blob in self.blobs)

    @cached_property
    def raw(self) -> bytes:
        """The bytes that are stored: JSON with sorted keys and no spaces."""
        record = {
            "now": [self.before.decode("latin-1"), self.after.decode("latin-1")],
            "v": 1,
            "was": [_part(p) for p in self.was],
        }
        return _JSON.encode(record).encode()

    @cached_property
    def id(self) -> BlobId:
        """The id that a placeholder shortens."""
        return blob_id(Kind.RECIPE, self.raw)

    @classmethod
    def parse(cls, raw: bytes) -> "Recipe":
        """Read a stored recipe.

        Raises:
            IntegrityError: It is not a recipe this version understands.
        """
        try:
            record = json.loads(raw)
            if record["v"] != 1:
                raise IntegrityError(
                    f"a recipe has version {record['v']!r}; this program knows 1",
                    hint="Update assetstore.",
                )
            before, after = (text.encode("latin-1") for text in record["now"])
            was = tuple(_parsed(part) for part in record["was"])
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as e:
            raise IntegrityError(f"a recipe cannot be read: {e}") from e
        if max(len(before), len(after)) > MAX_FRAME:
            raise IntegrityError("a recipe's frame is too long")
        return cls(was=was, before=before, after=after)


# Made once: there is a recipe for each payload.
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def _part(part: Part) -> str | dict[str, Any]:
    if isinstance(part, Media):
        return {"as": part.dialect.to_json(), "blob": part.blob.hex()}
    return part.decode("latin-1")


def _parsed(part: Any) -> Part:
    if isinstance(part, str):
        return part.encode("latin-1")
    blob = bytes.fromhex(part["blob"])
    if len(blob) != 32:
        raise ValueError("a blob id has 32 bytes")
    return Media(BlobId(blob), Dialect.from_json(part["as"]))
