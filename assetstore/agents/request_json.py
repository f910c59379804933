"""JSON as the clients write it into requests: compact, and as deep as it is read."""

import json
from collections.abc import Iterator

import orjson


def compact(value: object) -> bytes:
    """A parsed value as compact JSON, nothing escaped that need not be.

    Half a surrogate pair is escaped, as JavaScript does.
    """
    try:
        return orjson.dumps(value)
    except TypeError:  # half a pair, a large number, or deeper than it writes
        return b"".join(_pieces(value))


def _pieces(value: object) -> Iterator[bytes]:
    """The same piece by piece, without recursion: it may be nested very deep."""
    waiting = [value]  # the next one last; what is ready is bytes
    while waiting:
        value = waiting.pop()
        if isinstance(value, bytes):
            yield value
        elif isinstance(value, dict):
            parts: list[object] = [b"{"]
            for key, held in value.items():
                parts += [key, b":", held, b","]
            parts[max(1, len(parts) - 1) :] = [b"}"]
            waiting += reversed(parts)
        elif isinstance(value, list):
            parts = [b"["]
            for held in value:
                parts += [held, b","]
            parts[max(1, len(parts) - 1) :] = [b"]"]
            waiting += reversed(parts)
        else:
            yield _leaf(value)


def _leaf(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")
