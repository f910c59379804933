"""On which line of a TOML text each key stands.

The standard library's parser does not say. But a text cut off behind a line is a
valid text too, unless the cut is inside a value; so a key stands in the first lines
with which it is there, and begins behind the last cut that was valid before.
"""

from collections.abc import Iterator
from typing import Any

Key = tuple[str, ...]

# The work grows with the square of the number of lines.
_MOST = 1000


def key_lines(text: str) -> dict[Key, int]:
    """The line, from 1, of every table and key of a valid TOML text.

    A text of more than 1,000 lines has none.
    """
    import tomllib

    lines = text.split("\n")
    found: dict[Key, int] = {}
    if len(lines) > _MOST:
        return found
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            table = tomllib.loads("\n".join(lines[:end]) + "\n")
        except (ValueError, RecursionError):
            continue
        line = next((n for n in range(start, end) if not _is_empty(lines[n])), end - 1)
        for key in _keys(table, ()):
            found.setdefault(key, line + 1)
        start = end
    return found


def _is_empty(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _keys(table: dict[str, Any], above: Key) -> Iterator[Key]:
    for name, value in table.items():
        key = (*above, name)
        yield key
        if isinstance(value, dict):
            yield from _keys(value, key)
