"""Find what a caller named by its number in the request, as an API's error does."""

from collections.abc import Iterator, Sequence

import orjson

from assetstore.agents.log_text import opened
from assetstore.agents.named_parts import NamedValue, cannot_go
from assetstore.agents.reading import Reading
from assetstore.agents.records import BLANK, Line, lines
from assetstore.agents.request import BlockName, Numbered, written
from assetstore.agents.thread_clients import client_named
from assetstore.archiver.options import Span
from assetstore.command_line import shown_command
from assetstore.errors import UsageError
from assetstore.files.source import Source
from assetstore.formats.json_find import find_value
from assetstore.store.format.placeholder import PATTERN, parse_placeholder
from assetstore.store.store import Store

# A record that says what is named, and the number of the block in it.
Found = tuple[Numbered, int]


def named_spans(store: Store, reading: Reading, name: BlockName) -> tuple[Span, ...]:
    """Find what a block of the next request is made of in the log.

    Args:
        store: What knows placeholders.
        reading: The log.
        name: The number of a message, of a block in it, and of one in that.

    Raises:
        UsageError: There is no such block, or it cannot be taken out.
        OSError: The log cannot be read.
    """
    found = list(_found(reading, name))
    wanted = {numbered.line for numbered, _ in found}
    spans: list[Span] = []
    with opened(reading.thread) as source:
        records = _lines(source, wanted, copies=reading.client != "codex")
        for numbered, number in found:
            try:
                line = records[numbered.line][0]
                values = _values(reading, numbered, line, number, name[2])
                for copy in records[numbered.line]:
                    spans += _spans(store, source, copy, values)
            except UsageError as e:
                block = name[0], numbered.first + number, name[2]
                hint = e.hint
                if len(found) > 1:
                    hint += f" Others of message {name[0]}: by their own numbers."
                raise UsageError(
                    f"block {written(block)} of the next request {e}", hint=hint
                ) from None
    return tuple(sorted(spans, key=lambda span: span.start))


def _lines(source: Source, wanted: set[int], *, copies: bool) -> dict[int, list[Line]]:
    """Some lines of a log, each with those that are byte for byte the same.

    Of records that are the same, a client may send any (``copies``).
    """
    found: dict[int, list[Line]] = {}
    for line in lines(source):
        if line.number in wanted:
            found[line.number] = [line]
            continue
        for first, *_ in found.values() if copies else ():
            if line.length == first.length and _is_same(source, line, first):
                found[first.number].append(line)
    return found


def _is_same(source: Source, one: Line, other: Line) -> bool:
    pairs = zip(
        source.pieces(one.offset, one.offset + one.length),
        source.pieces(other.offset, other.offset + other.length),
        strict=True,
    )
    return all(a == b for a, b in pairs)


def _found(reading: Reading, name: BlockName) -> Iterator[Found]:
    """The records that say what is named.

    Raises:
        UsageError: There are none, or they are not the log's own.
    """
    request, (message, content, _) = reading.request, name
    found = False
    for part in request.numbered:
        if not part.holds(message, content):
            continue
        found = True
        if part.origin >= 0:
            thread = request.origins[part.origin]
            raise UsageError(
                f"block {written(name)} of the next request is in the thread {thread}, "
                "which this one goes on from",
                hint="Rescue that one: "
                + shown_command("rescue", thread, "--message", written(name)),
            )
        if content is not None:
            yield part, content - part.first
        else:
            yield from ((part, number) for number in range(part.count))
    if not found:
        raise UsageError(
            f"the log has no block {written(name)} of the next request",
            hint=f"That has messages up to {request.messages - 1}; what the client "
            "itself adds is not in the log. 'assetstore doctor' names what is refused.",
        )


def _values(
    reading: Reading, numbered: Numbered, line: Line, number: int, inner: int | None
) -> list[NamedValue]:
    """The values of a record that a block is made of.

    Raises:
        UsageError: They cannot be taken out.
    """
    client = client_named(reading.client)
    if client is None or client.named is None:
        raise cannot_go(
            "which words of a log a request has is known of Codex and Claude Code only",
            hint="'assetstore rescue' takes all pictures, and --image one of them.",
        )
    try:
        record = orjson.loads(bytes(line.words.strip(BLANK)))
    except ValueError:
        raise cannot_go(
            f"its line ({line.number:,}) has more than one record, or a torn one"
        ) from None
    share = numbered.share or 0
    return list(client.named(record, share, number, inner))


def _spans(
    store: Store, source: Source, line: Line, values: Sequence[NamedValue]
) -> list[Span]:
    """Find where values of a line's record stand.

    Raises:
        UsageError: Nothing of them is there.
    """
    start = _begin(source, line)
    spans = [span for value in values for span in _taken(store, source, start, value)]
    if not spans:
        raise cannot_go(
            "nothing is in it, or a placeholder, which must stay in the log",
            hint="Undo what was rescued first: 'assetstore rescue --undo', then "
            "'rescue --message'.",
        )
    return spans


def _begin(source: Source, line: Line) -> int:
    """Find where the record of a line begins, behind NULs and white space."""
    at = line.offset
    for piece in source.pieces(line.offset, line.offset + line.length):
        bare = piece.lstrip(BLANK)
        if bare:
            return at + len(piece) - len(bare)
        at += len(piece)
    return line.offset


def _taken(
    store: Store, source: Source, start: int, value: NamedValue
) -> Iterator[Span]:
    """The span of a value, or of what goes instead, if it holds a placeholder.

    What a placeholder stands for is needed for as long as the log holds it. In the
    store's keeping, nobody would see it.
    """
    found = find_value(source.read, start, value.way)
    if found is None:
        return
    if any(
        store.find_recipe(prefix) is not None
        for match in PATTERN.finditer(source.read(found[0], found[1] - found[0]))
        if (prefix := parse_placeholder(match[0])) is not None
    ):
        for other in value.instead:
            yield from _taken(store, source, start, other)
        return
    size = found[1] - found[0]
    words = f"{value.what} of {size:,} bytes"
    yield Span(*found, before=value.before, after=value.after, words=words)
