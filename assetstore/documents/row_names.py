"""Names of documents that are no files: rows of a database, and streams."""

import os
import re

# "app.db#table.column", and Codex's history, by a thread: "history.sqlite#<thread>".
_PART = r"(?:\"[^\"]+\"|[^#.\"/\\]+)"
_COLUMN = re.compile(rf"(.+)#({_PART})\.({_PART})", re.DOTALL)
_HISTORY = re.compile(r"(.+\.sqlite)#[^#/\\]+", re.DOTALL)
_QUOTED = frozenset(".#/\\")
# What came from standard input: by its content, or by the name that it was given.
_STREAM = re.compile(r"stdin:[^/\\\x00-\x1f\x7f]{1,200}")
_BY_CONTENT = re.compile(r"[0-9a-f]{16}")


def is_stream(document: str) -> bool:
    """Tell whether a document came from standard input."""
    return _STREAM.fullmatch(document) is not None


def stream_called(name: str) -> str:
    """The name that manifests have for a stream that was given one.

    Raises:
        ValueError: It cannot be the name of a stream.
    """
    document = f"stdin:{name}"
    if not is_stream(document) or _BY_CONTENT.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a stream")
    return document


def database_of(document: str) -> str:
    """The file of the database that a document is rows of; "": it is a file itself."""
    found = _COLUMN.fullmatch(document) or _HISTORY.fullmatch(document)
    return found[1] if found is not None and not os.path.lexists(document) else ""


def parts_of(document: str) -> tuple[str, str, str] | None:
    """The database, the table and the column that a name is of; None: of no column."""
    found = _COLUMN.fullmatch(document)
    return (
        None if found is None else (found[1], found[2].strip('"'), found[3].strip('"'))
    )


def name_of(database: str, table: str, column: str) -> str:
    """Name a column; parts with dots, number signs or slashes are quoted."""
    parts = (f'"{part}"' if _QUOTED & set(part) else part for part in (table, column))
    return f"{database}#{'.'.join(parts)}"
