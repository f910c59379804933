"""Types of option values: sizes and durations."""

import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from assetstore.patterns import later
from assetstore.quantities import parse_duration, parse_size, parse_subset

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    _Int = click.ParamType[int]
    _Float = click.ParamType[float]
    _Str = click.ParamType[str]
    _Block = click.ParamType[tuple[int, int | None, int | None]]
else:  # not generic in every version
    _Int = _Float = _Str = _Block = click.ParamType


class Size(_Int):
    """Bytes: ``4096``, ``4k`` and ``4KiB`` (binary), ``4kB`` (decimal)."""

    name = "SIZE"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Parse a size."""
        if isinstance(value, int):
            return value
        try:
            return parse_size(value)
        except ValueError as e:
            self.fail(str(e), param, ctx)


class _Number(_Float):
    """A number that is written in some way of its own."""

    @staticmethod
    def parse(text: str) -> float:
        """Parse a text.

        Raises:
            ValueError: It is none; with the words that say so.
        """
        raise NotImplementedError

    def convert(
        self,
        value: str | float,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Parse a value, unless it is a default."""
        if not isinstance(value, str):
            return float(value)
        try:
            return self.parse(value)
        except ValueError as e:
            self.fail(str(e), param, ctx)


class Duration(_Number):
    """Seconds: ``30s``, ``10m``, ``2h``, ``14d``, ``1w``, ``1h30m``, ``0``."""

    name = "DURATION"
    parse = staticmethod(parse_duration)


class Moment(_Number):
    """A point in time: ``2026-11-01``, ``2026-11-01T10:00``, or ``7d``, so long ago."""

    name = "TIME"

    @staticmethod
    def parse(text: str) -> float:
        """Parse a time; one without a zone is of the user's own."""
        from datetime import datetime

        with suppress(ValueError):
            return time.time() - parse_duration(text)
        try:
            return datetime.fromisoformat(text.strip()).timestamp()
        except (ValueError, OverflowError, OSError):
            raise ValueError(f"{text!r} is no time: write 2026-11-01 or 7d.") from None


class Percent(_Number):
    """A share of a whole: ``0``, ``5``, ``5%``."""

    name = "PERCENT"

    @staticmethod
    def parse(text: str) -> float:
        """Parse a percentage; the result is a fraction of 1."""
        match = re.fullmatch(r"\s*(\d{1,6}(?:\.\d+)?)\s*%?\s*", text, re.ASCII)
        if match is None:
            raise ValueError(f"{text!r} is not a percentage: write 5 or 5%.")
        return float(match[1]) / 100


class Subset(_Str):
    """A part of a store: ``n/m``, ``5%`` or a size."""

    name = "SUBSET"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Check a subset; what it means is the store's business."""
        try:
            parse_subset(value)
        except ValueError as e:
            self.fail(str(e), param, ctx)
        return value


class StreamName(_Str):
    """What a stream is called; the value is the name of its document."""

    name = "NAME"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Check a name."""
        from assetstore.documents.row_names import stream_called

        try:
            return stream_called(value.removeprefix("stdin:"))
        except ValueError as e:
            self.fail(f"{e}: no slashes, and not 16 hexadecimal digits.", param, ctx)


class BlockNumber(_Block):
    """A message of a request, or a block in it: ``12``, ``12.3``, or an API's words.

    ``12.3.1`` is a block in what a tool gave.
    """

    name = "N[.M]"

    def convert(
        self,
        value: str | tuple[int, int | None, int | None],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[int, int | None, int | None]:
        """Parse a message's and a block's number."""
        if not isinstance(value, str):
            return value
        found = _BLOCK.match(value.strip())
        if found is None:
            self.fail(f"{value!r} is no block: write 12, or 12.3.", param, ctx)
        content, inner = (int(part) if part else None for part in found.groups()[1:])
        return int(found[1]), content, inner


# Also what an API writes: messages.12.content.3.image.source, input[12].content[3].
_BLOCK = later(
    r"(?:messages|input)?[.\[]?(\d{1,9})\]?(?:\.(?:content[.\[]|output[.\[])?(\d{1,9})\]?"
    r"(?:\.(?:tool_result\.content[.\[])?(\d{1,9})\]?)?)?(?:\.[A-Za-z].*)?$"
)


class FormatName(_Str):
    """A format of documents: one of ours, or a plug-in's; or ``auto``."""

    name = "FORMAT"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Check that there is such a format."""
        if value != "auto" and value not in (known := self._names()):
            self.fail(f"{value!r} is none of auto, {', '.join(known)}.", param, ctx)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """The formats that begin so."""
        from click.shell_completion import CompletionItem

        names = ("auto", *self._names())
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]

    @staticmethod
    def _names() -> tuple[str, ...]:
        from assetstore.formats.registry import names

        return names()


FORMAT = FormatName()
SIZE = Size()
DURATION = Duration()
MOMENT = Moment()
PERCENT = Percent()
SUBSET = Subset()
STREAM_NAME = StreamName()
BLOCK = BlockNumber()
