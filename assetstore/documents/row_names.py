"""Names of documents that are rows of a database, and no files."""

import os
import re

# "app.db#table.column", and Codex's history, by a thread: "history.sqlite#<thread>".
_NAME = re.compile(r"(.+)#(?:[^#./\\]+\.[^#./\\]+)|(.+\.sqlite)#[^#/\\]+")


def database_of(document: str) -> str:
    """The file of the database that a document is rows of; "": it is a file itself."""
    found = _NAME.fullmatch(document)
    if found is None or os.path.lexists(document):
        return ""
    return found[1] or found[2]
