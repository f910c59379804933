"""The order of what ``ls`` lists, and how much of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assetstore.errors import UsageError

if TYPE_CHECKING:
    from assetstore.files.temp_rows import Spool

_DIGITS = 30


def _number(value: float) -> str:
    """Digits that are in the order of the numbers; a store may hold any number."""
    most = 10**_DIGITS - 1
    try:
        return f"{min(max(0, int(value * 1_000_000)), most):0{_DIGITS}d}"
    except (OverflowError, ValueError):
        return "0" * _DIGITS


# By what there is to sort: its key in a row, and whether the largest comes first.
Key = tuple[Callable[[Mapping[str, Any]], str], bool]

DOCUMENT_KEYS: dict[str, Key] = {
    "path": (lambda row: str(row["path"]), False),
    "size": (lambda row: _number(row["source_size"]), True),
    "now": (lambda row: _number(row["slim_size"]), True),
    "payloads": (lambda row: _number(row["payloads"]), True),
    "since": (lambda row: str(row["archived"]), True),
    "state": (lambda row: str(row["state"]), False),
}
BLOB_KEYS: dict[str, Key] = {
    "id": (lambda row: str(row["id"]), False),
    "size": (lambda row: _number(row["size"]), True),
    "stored": (lambda row: _number(row["stored"]), True),
    "type": (lambda row: str(row["type"]), False),
}


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows.

    Attributes:
        by: A name of `DOCUMENT_KEYS` or `BLOB_KEYS`, or None: as they come.
        reverse: The opposite one.
        limit: No more rows than so many, or None.
        blobs: Whether they are blobs.
    """

    by: str | None = None
    reverse: bool = False
    limit: int | None = None
    blobs: bool = False

    @property
    def _key(self) -> Key:
        keys = BLOB_KEYS if self.blobs else DOCUMENT_KEYS
        by = self.by or next(iter(keys))
        if by not in keys:
            what = "blobs" if self.blobs else "documents"
            raise UsageError(
                f"{what} are not sorted by {by}", hint=f"By one of {', '.join(keys)}."
            )
        return keys[by]

    def rows(self) -> "tuple[Spool, Callable[[Mapping[str, Any]], None]]":
        """Rows that come in this order, and what adds one.

        Raises:
            UsageError: They are not sorted by that.
        """
        from assetstore.files.temp_rows import Spool

        key, descending = self._key
        if self.by is None and not self.reverse:
            rows = Spool(limit=self.limit)
            return rows, rows.add
        rows = Spool(descending=descending != self.reverse, limit=self.limit)
        return rows, lambda row: rows.add(row, key(row))
