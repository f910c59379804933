"""Types of option values: sizes and durations."""

import re
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from assetstore.quantities import parse_duration, parse_size

if TYPE_CHECKING:
    _Int = click.ParamType[int]
    _Float = click.ParamType[float]
    _Str = click.ParamType[str]
else:  # not generic in every version
    _Int = _Float = _Str = click.ParamType


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


class Duration(_Float):
    """Seconds: ``30s``, ``10m``, ``2h``, ``14d``, ``1w``, ``1h30m``, ``0``."""

    name = "DURATION"

    def convert(
        self,
        value: str | float,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Parse a duration."""
        if not isinstance(value, str):
            return float(value)
        try:
            return parse_duration(value)
        except ValueError as e:
            self.fail(str(e), param, ctx)


class Subset(_Str):
    """A part of a store: ``n/m``, ``5%`` or a size."""

    name = "SUBSET"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Check a subset; what it means is the store's business."""
        text = value.strip().lower()
        if part := re.fullmatch(r"(\d+)/(\d+)", text, re.ASCII):
            good = 1 <= int(part[1]) <= int(part[2])
        elif percent := re.fullmatch(r"(\d+(?:\.\d+)?)%", text, re.ASCII):
            good = 0 < float(percent[1]) <= 100
        else:
            good = _is_size(text)
        if not good:
            self.fail(f"{value!r} is not a part: write 1/7, 5% or 10G.", param, ctx)
        return text


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
    ) -> list[CompletionItem]:
        """The formats that begin so."""
        names = ("auto", *self._names())
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]

    @staticmethod
    def _names() -> tuple[str, ...]:
        from assetstore.formats.registry import names

        return names()


def _is_size(text: str) -> bool:
    try:
        parse_size(text)
    except ValueError:
        return False
    return True


FORMAT = FormatName()
SIZE = Size()
DURATION = Duration()
SUBSET = Subset()
