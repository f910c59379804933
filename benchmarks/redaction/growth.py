"""How the time to redact a text grows with it, for texts that are made to be slow."""

import time
from collections.abc import Iterator

from assetstore.agents.redaction.redact import redact
from benchmarks.redaction.commands import HANDED, OPTIONS
from benchmarks.redaction.places import BARE, QUOTED, TOKEN_PLACES
from benchmarks.redaction.tokens import tokens

# Four times as long may take so many times as long; a square takes sixteen.
MOST = 8.0
_SHORT, _TIMES = 10_000, 4
_SIGNS = "aA0_-./+=:;,<>()[]{}\"'`\\\t @|&$%*~"


def units() -> Iterator[str]:
    """Beginnings of what is looked for, which never come to their end."""
    yield from _SIGNS
    yield from (f"{one}{two}" for one in "a0\"'\\=:" for two in "\"'\\=: -")
    for places in (QUOTED, BARE, HANDED, OPTIONS, TOKEN_PLACES):
        for text in places.values():
            yield text[: text.index("@")] or "x"
            yield text.replace("@", "a1").replace("\0", "@")
    for _, token in tokens():
        yield token[: len(token) // 2]
        yield token


def growth(unit: str) -> tuple[float, float]:
    """Seconds for a short text of a unit, and for one that is four times as long."""
    return _took(unit, _SHORT), _took(unit, _SHORT * _TIMES)


def _took(unit: str, length: int) -> float:
    text = unit * (length // len(unit) + 1)
    began = time.process_time()
    redact(text)
    return time.process_time() - began
