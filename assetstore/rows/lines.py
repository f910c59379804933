"""The values of a column as a document: lines of a temporary file."""

import errno
import sqlite3
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from assetstore.errors import SourceRefused, VerifyMismatch
from assetstore.files.source import Source
from assetstore.rows.column import CellValue, Column, update, values
from assetstore.store.format.placeholder import MARK

_TEXT, _PACKED = 1, 2


@dataclass(slots=True)
class ColumnLines:
    """The values of a column, as lines of a temporary file.

    Attributes:
        db: The database, in a transaction.
        column: The column.
        source: The file, called by the column's name.
        path: Where it is.
        rows: The numbers of the values' rows.
        kinds: Which values are text, and which compressed: a byte for each.
        left: How many values have several lines, and stay.
        odd: How many stay that would not be compressed to the same bytes again.
        binary: How many stay that hold zero bytes, as no text does.
    """

    db: sqlite3.Connection
    column: Column
    source: Source
    path: Path
    rows: "array[int]"
    kinds: bytearray
    left: int
    odd: int
    binary: int

    @property
    def slim(self) -> Path:
        """A place for the values as an archive makes them."""
        return self.path.with_name(f"{self.path.name}.slim")

    @property
    def whole(self) -> Path:
        """A place for the values as a restore makes them."""
        return self.path.with_name(f"{self.path.name}.whole")

    def put(self, path: Path) -> None:
        """Give the rows the values that a file has, a line each.

        Raises:
            VerifyMismatch: The file has not a line for each row, or a value that was
                JSON would be none.
            sqlite3.Error: SQLite refuses a value.
        """
        with self.path.open("rb") as old, path.open("rb") as new:
            for row, kind in zip(self.rows, self.kinds, strict=True):
                was, line = old.readline(), new.readline()
                if line == was:
                    continue
                _check(was, line, self.column)
                data = line.removesuffix(b"\n")
                is_text, packed = bool(kind & _TEXT), bool(kind & _PACKED)
                update(self.db, self.column, CellValue(row, is_text, data, packed))
            if new.read(1):
                raise VerifyMismatch(f"{self.column.document}: too many values")


@contextmanager
def written_down(
    db: sqlite3.Connection, column: Column, path: Path, until: float | None = None
) -> Iterator[ColumnLines]:
    """Write the values of a column down that may hold payloads or placeholders.

    Args:
        db: The database, in a transaction.
        column: The column.
        path: The file to write, in a folder that goes.
        until: Leave younger values (`values`).

    Raises:
        sqlite3.Error: They cannot be read.
        SourceRefused: There is no room for them.
        OSError: They cannot be written.
    """
    rows, kinds, left, odd, binary = array("q"), bytearray(), 0, 0, 0
    try:
        with path.open("wb") as file:
            for value in values(db, column, until):
                if b"\n" in value.data:
                    left += 1
                    continue
                if b"\0" in value.data and MARK not in value.data:
                    binary += 1  # the whole column would be taken for no text
                    continue
                if not value.exact:
                    odd += 1
                    continue
                file.write(value.data + b"\n")
                rows.append(value.row)
                kinds.append(_TEXT * value.is_text + _PACKED * value.packed)
    except OSError as e:
        if e.errno != errno.ENOSPC:
            raise
        raise SourceRefused(
            f"{column.document}: there is no room for its values in {path.parent}",
            hint="TMPDIR names a folder with room for them, twice.",
            path=str(column.database),
        ) from e
    with Source.open(path, column.document) as source:
        yield ColumnLines(db, column, source, path, rows, kinds, left, odd, binary)


def _check(was: bytes, line: bytes, column: Column) -> None:
    """Refuse a value that is no line, or no JSON any more."""
    if not line.endswith(b"\n"):
        raise VerifyMismatch(f"{column.document}: too few values")
    try:
        orjson.loads(was)
    except ValueError:
        return
    try:
        orjson.loads(line)
    except ValueError:
        name = column.document
        raise VerifyMismatch(f"{name}: a value that was JSON would be none") from None
