"""A thread's history, which may lie in several logs, as one log.

What a fork, or a thread that was rewound, shares with the logs that it goes on from
comes in front of its own. Lines keep their numbers (``ordinal``), which have no gap:
the first line says what the thread's own first line says, without ``history_base``, and
in the place of each other first line stands an event that says nothing, since Codex
begins the conversation anew at such a line. 0.171 loads the result, shows and sends all
of it, and rewinds it (docs/codex.md).
"""

import re
from collections.abc import Iterator, Sequence

from assetstore.agents.codex.forks import base_of
from assetstore.errors import SourceRefused
from assetstore.files.source import Source

# The longest first line that is looked at.
_FIRST_LINE = 16 << 20
_ORDINAL = re.compile(rb'(\s*\{[^{}\[\]]*?"ordinal"\s*:\s*)(\d{1,18})(?=\s*[,}])')
_TIME = re.compile(rb'\s*\{[^{}\[\]]*?"timestamp"\s*:\s*("[^"\\]{0,64}")')
_BASE = re.compile(rb'"history_base"\s*:\s*\{[^{}]*\}\s*(,?)')
_SAYS_NOTHING = b'{"type":"token_count","info":null,"rate_limits":null}'


def one_log(parts: Sequence[tuple[Source, int]]) -> Iterator[bytes]:
    """The text of a thread as one log.

    Args:
        parts: The logs that its history lies in, the oldest first, and how many bytes
            of each belong to it.

    Raises:
        SourceRefused: The oldest goes on from one that is not among them, or a first
            line is of a kind that is not known.
    """
    # It cannot be seen in what is written: that goes on from none.
    if lacks := missing_from(parts[0][0]):
        raise SourceRefused(
            f"the history is not whole: {lacks}",
            hint="Bring that log back to its folder in the client's home.",
            path=parts[-1][0].name,
        )
    if len(parts) == 1:
        yield from parts[0][0].pieces(0, parts[0][1])
        return
    for i, (source, end) in enumerate(parts):
        first = _first_line(source)
        yield _in_place_of(first, source) if i else _begin(parts[-1][0])
        yield from source.pieces(len(first), end)


def missing_from(source: Source) -> str:
    """Say what a log lacks of its thread's history; "" where it is whole."""
    first = _first_line(source)
    if base := base_of(first):
        return f"it goes on from the log {base}, which is not in it"
    ordinal = _ORDINAL.match(first)
    if ordinal is not None and int(ordinal[2]):
        return f"it begins with line {int(ordinal[2])}"
    return ""


def _first_line(source: Source) -> bytes:
    line = source.read(0, _FIRST_LINE)
    return line[: line.find(b"\n") + 1]


def _begin(own: Source) -> bytes:
    """A thread's own first line, as that of a log that goes on from none."""
    line = _first_line(own)
    base, ordinal = _BASE.search(line), _ORDINAL.match(line)
    if base is None or ordinal is None:
        raise _unknown(own)
    start = base.start()
    if not base[1]:  # it is the last member: the comma in front goes with it
        start = len(line[:start].rstrip().removesuffix(b","))
    line = line[:start] + line[base.end() :]
    return ordinal[1] + b"0" + line[ordinal.end() :]


def _in_place_of(line: bytes, source: Source) -> bytes:
    ordinal, time = _ORDINAL.match(line), _TIME.match(line)
    if ordinal is None or time is None:
        raise _unknown(source)
    return b'{"timestamp":%b,"ordinal":%b,"type":"event_msg","payload":%b}\n' % (
        time[1],
        ordinal[2],
        _SAYS_NOTHING,
    )


def _unknown(source: Source) -> SourceRefused:
    return SourceRefused(
        f"{source.name} goes on from another log in a way that is not known",
        hint="Update assetstore.",
        path=source.name,
    )
