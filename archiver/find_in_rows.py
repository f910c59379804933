"""The values of databases as documents, for who looks for what is lost."""

from collections.abc import Iterator
from pathlib import Path

from assetstore.documents.row_values import values_with
from assetstore.files.databases import columns_of, opened_to_read
from assetstore.files.source import Source
from assetstore.store.backends.temp import spool

# What values with payloads have.
_SIGNS = (b"data:", b"iVBORw0KGgo", b"/9j/", b"R0lGOD", b"UklGR", b"\\/9j\\/")


def columns_as_lines(path: Path) -> Iterator[Source]:
    """Write down what each column of a database holds of payloads, a value a line.

    As archived ones are; a value over several lines is no document.

    Raises:
        sqlite3.Error: The database cannot be read.
        OSError: It cannot be written down.
    """
    with spool() as folder, opened_to_read(path) as db:
        place = folder / "values"
        for table, column, _ in columns_of(db):
            size = 0
            with place.open("wb") as file:
                for value in values_with(db, table, column, _SIGNS):
                    if b"\n" not in value:
                        size += file.write(value + b"\n")
            if size:
                with Source.open(place, f"{path}#{table}.{column}") as source:
                    yield source
