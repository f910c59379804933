"""The output layer: everything the program says is written here.

Standard output has what was asked for, for people or as one JSON envelope;
standard error has errors, warnings and remarks. The envelope is described in
docs/json.md and in the schema that ships with the package.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, TextIO

import click

from assetstore.cli.columns import left, right, width
from assetstore.files.temp_rows import Spool
from assetstore.quantities import size as size

if TYPE_CHECKING:
    from assetstore.cli.failure import Problem
    from assetstore.cli.invocation import Outcome
    from assetstore.cli.lines import EventLines

SCHEMA = "assetstore/1"
_COMMANDS = (
    r"\x1b(?!\[[0-9;]*m)|[\0-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f"
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Rows:
    """Rows of a table that are made anew each time somebody goes through them."""

    def __init__(self, make: Callable[[], Iterator[Sequence[str]]]):
        self._make = make

    def __iter__(self) -> Iterator[Sequence[str]]:
        return self._make()


class Output:
    """Where a command's outcome goes.

    Args:
        out: For what was asked for.
        err: For the rest.
        json: Write the JSON envelope instead of text.
        verbosity: -1 (quiet) to 2.
        color: "auto", "always" or "never".
        lines: Where lines of JSON go instead of words on ``err``, or None.
    """

    def __init__(
        self,
        *,
        out: TextIO,
        err: TextIO,
        json: bool,
        verbosity: int,
        color: str,
        lines: "EventLines | None" = None,
    ):
        self._lines = lines
        self._out = out
        self._err = err
        self._json = json
        self._color = color
        self.verbosity = verbosity

    def emit(self, command: str, outcome: "Outcome") -> None:
        """Write what a command found or did."""
        if self._json:
            self._envelope(
                command,
                exit_code=outcome.exit_code,
                result=dict(outcome.result),
                errors=outcome.errors,
                warnings=outcome.warnings,
            )
            return
        outcome.view(self)
        for warning in outcome.warnings:
            self.remark("warning", warning, "yellow")
        # A hint that several have in common is said once, behind the last of them.
        last = {problem.hint: number for number, problem in enumerate(outcome.errors)}
        for number, problem in enumerate(outcome.errors):
            said = last[problem.hint] == number
            self._problem(problem if said else replace(problem, hint=""))

    def emit_failure(self, command: str, problem: "Problem") -> None:
        """Write what ended a command."""
        if self._json:
            self._envelope(
                command,
                exit_code=problem.exit_code,
                result=None,
                errors=[problem],
                warnings=(),
            )
            return
        if problem.usage and self._lines is None:
            click.echo(harmless(problem.usage), file=self._err)
        self._problem(problem)

    def line(self, text: str) -> None:
        """Write a line of what was asked for; nothing in it moves the cursor."""
        if self._lines is not None and self._out is self._err:
            self._lines.write("message", text=click.unstyle(text))
            return
        click.echo(harmless(text), file=self._out, color=self._colored(self._out))

    def report(self, text: str) -> None:
        """Write a line that ``-q`` leaves out."""
        if self.verbosity >= 0:
            self.line(text)

    def page(self, text: str) -> None:
        """Write a page in Markdown: a terminal shows it by the pager of its user.

        What is no part of the page for readers, lines that are comments, is left out
        there.
        """
        if self._out.isatty():
            text = re.sub(r"^ *<!--.*-->\n", "", text, flags=re.M)
            click.echo_via_pager(harmless(text), color=self._colored(self._out))
        else:
            self.line(text)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write columns; a head that begins with ``>`` aligns to the right."""
        names = [name.lstrip(">") for name in head]
        cells = rows if isinstance(rows, Rows) else list(rows)
        widths = list(map(len, names))
        for row in cells:
            widths = [max(most, width(row[i])) for i, most in enumerate(widths)]
        for number, row in enumerate(chain([names], cells)):
            padded = [
                right(cell, most) if name.startswith(">") else left(cell, most)
                for cell, most, name in zip(row, widths, head, strict=True)
            ]
            text = "  ".join(padded).rstrip()
            self.line(click.style(text, bold=True) if number == 0 else text)

    def remark(self, label: str, text: str, color: str) -> None:
        """Write a labelled sentence to standard error; ``-q`` keeps only errors."""
        if self.verbosity < 0 and label != "error":
            return
        if self._lines is not None:
            self._lines.write("remark", label=label, text=text)
        else:
            styled = click.style(f"{label}:", fg=color, bold=True)
            click.echo(
                f"{styled} {printable(text)}",
                file=self._err,
                color=self._colored(self._err),
            )

    def _problem(self, problem: "Problem") -> None:
        if self._lines is not None:
            self._lines.write("error", **_told(problem))
            return
        message = problem.message
        if problem.path and problem.path not in message:
            message = f"{problem.path}: {message}"
        self.remark("error", message, "red")
        if problem.hint:
            self.remark("hint", problem.hint, "cyan")

    def _envelope(
        self,
        command: str,
        *,
        exit_code: int,
        result: dict[str, Any] | None,
        errors: Sequence["Problem"],
        warnings: Sequence[str],
    ) -> None:
        envelope = {
            "schema": SCHEMA,
            "command": command or None,
            "ok": exit_code == 0,
            "exit_code": exit_code,
            "result": result,
            "errors": list(map(_told, errors)),
            "warnings": list(warnings),
        }
        for piece in _pieces(envelope):
            self._out.write(piece)
        self._out.write("\n")
        self._out.flush()

    def _colored(self, stream: TextIO) -> bool:
        if self._color != "auto":
            return self._color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        forced = os.environ.get("FORCE_COLOR", "0")
        if forced not in ("", "0", "false"):
            return True
        return os.environ.get("TERM") != "dumb" and stream.isatty()


def _told(problem: "Problem") -> dict[str, Any]:
    return {
        "type": problem.type,
        "message": problem.message,
        "hint": problem.hint,
        "path": problem.path,
        "exit_code": problem.exit_code,
    }


def _pieces(value: Mapping[str, Any]) -> Iterator[str]:
    """An object in JSON, a row of a `Spool` at a time."""
    start = "{"
    for key, inner in value.items():
        yield f"{start}{dumps(key)}:"
        start = ","
        if isinstance(inner, Spool):
            yield "["
            for number, row in enumerate(inner):
                yield ("," if number else "") + dumps(row)
            yield "]"
        elif isinstance(inner, Mapping) and inner:
            yield from _pieces(inner)
        else:
            yield dumps(inner)
    yield "}"


def dumps(value: object) -> str:
    r"""One line of JSON.

    Names of files that are no UTF-8 have lone surrogates in Python, which orjson
    refuses; the standard library writes them as ``\udcXX``.
    """
    import orjson

    try:
        return orjson.dumps(value).decode()
    except TypeError:
        import json

        return json.dumps(value, separators=(",", ":"))


def harmless(text: str) -> str:
    """Text in which nothing but colors tells a terminal to do something.

    Whatever a view writes goes through this: control characters but line feed and tab,
    escape sequences but those that choose colors, and characters that turn the
    direction of writing are escaped. What is a document's goes through `printable` as
    well, since its colors are not the program's.
    """
    # What can be printed has none of it, and most lines can: nothing is compiled.
    return text if text.isprintable() else re.sub(_COMMANDS, _escaped, text)


def _escaped(found: "re.Match[str]") -> str:
    return found[0].encode("unicode_escape", "surrogatepass").decode()


def printable(text: str) -> str:
    """Text with control characters and undecodable bytes escaped.

    A file's name must not move the cursor or change the terminal's title.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode()
        for c in text
    )


def printable_text(text: str) -> str:
    """The same of a text with lines and tabs, which stay."""
    return "\n".join(
        "\t".join(map(printable, line.split("\t"))) for line in text.split("\n")
    )


def when(seconds: float) -> str:
    """A point in time as RFC 3339 in UTC, to the second."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OSError, OverflowError, ValueError):  # of a manifest by another program
        return "an unknown time"


def local_time(seconds: float) -> str:
    """A point in time for people: of their own zone, which is told."""
    from datetime import UTC, datetime

    try:
        moment = datetime.fromtimestamp(seconds, UTC).astimezone()
        return moment.strftime("%Y-%m-%d %H:%M:%S %z")
    except (OSError, OverflowError, ValueError):
        return "an unknown time"


def local_day(seconds: float) -> str:
    """The day of a point in time, where the user is."""
    found = local_time(seconds)
    return found[:10] if found[:1].isdigit() else "unknown"


def of_when(text: str) -> float:
    """The point in time that `when` wrote; not a number where there is none."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return float("nan")


def read_time(text: str) -> str:
    """A time from somebody's file, for people; as it stands where it has no zone."""
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text[:19]
    return text[:19] if moment.tzinfo is None else local_time(moment.timestamp())
