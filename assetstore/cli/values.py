"""Types of option values: sizes and durations."""

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    _Int = click.ParamType[int]
    _Float = click.ParamType[float]
    _Str = click.ParamType[str]
else:  # not generic in every version
    _Int = _Float = _Str = click.ParamType

_UNITS = {"": 1, "b": 1}
for _power, _letter in enumerate("kmgt", 1):
    _UNITS |= {_letter: 1 << 10 * _power, f"{_letter}ib": 1 << 10 * _power}
    _UNITS[f"{_letter}b"] = 1000**_power
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.ASCII)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhdw])", re.ASCII)


class Size(_Int):
    """Bytes: ``4096``, ``4k`` and ``4KiB`` (binary), ``4kB`` (decimal)."""

    name = "SIZE"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Parse a size."""
        if isinstance(value, int):
            return value
        match = _SIZE.fullmatch(value.strip().lower())
        if match is None or match[2] not in _UNITS:
            self.fail(
                f"{value!r} is not a size: write 4096, 4k, 1MiB or 1.5GB.", param, ctx
            )
        return int(float(match[1]) * _UNITS[match[2]])


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
        text = value.strip().lower()
        if text == "0":
            return 0.0
        if not text or _DURATION.sub("", text):
            self.fail(
                f"{value!r} is not a duration: write 30s, 10m, 2h or 14d.", param, ctx
            )
        return float(sum(float(n) * _SECONDS[u] for n, u in _DURATION.findall(text)))


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
            size = _SIZE.fullmatch(text)
            good = size is not None and size[2] in _UNITS
        if not good:
            self.fail(f"{value!r} is not a part: write 1/7, 5% or 10G.", param, ctx)
        return text


SIZE = Size()
DURATION = Duration()
SUBSET = Subset()
