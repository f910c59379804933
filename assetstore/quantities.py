"""Sizes, durations, parts of a store and numbers as people write them."""

import re
from contextlib import suppress
from typing import NamedTuple

from assetstore.patterns import later

_UNITS = {"": 1, "b": 1}
for _power, _letter in enumerate("kmgt", 1):
    _UNITS |= {_letter: 1 << 10 * _power, f"{_letter}ib": 1 << 10 * _power}
    _UNITS[f"{_letter}b"] = 1000**_power
_SIZE = later(r"(\d{1,18}(?:\.\d{1,18})?)\s*([a-z]*)", re.ASCII)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_DURATION = later(r"(\d{1,12}(?:\.\d{1,12})?)\s*([smhdw])\s*", re.ASCII)


def parse_size(text: str) -> int:
    """Bytes: ``4096``, ``4k`` and ``4KiB`` (binary), ``4kB`` (decimal).

    Raises:
        ValueError: It is none; the message says how to write one.
    """
    match = _SIZE.fullmatch(text.strip().lower())
    if match is None or match[2] not in _UNITS:
        raise ValueError(f"{text!r} is not a size: write 4096, 4k, 1MiB or 1.5GB.")
    return int(float(match[1]) * _UNITS[match[2]])


class Portion(NamedTuple):
    """A part of something that has a size; one of the three is given.

    Attributes:
        part: Which of how many equal parts, from 1.
        share: How much of it, up to 1.0.
        size: How many bytes of it.
    """

    part: tuple[int, int] | None = None
    share: float | None = None
    size: int | None = None


def parse_subset(text: str) -> Portion:
    """A part: ``1/7``, ``5%``, ``10GiB``; a size needs its unit.

    Raises:
        ValueError: It is none; the message says how to write one.
    """
    words = text.strip().lower()
    if found := re.fullmatch(r"(\d{1,18})/(\d{1,18})", words, re.ASCII):
        number, parts = int(found[1]), int(found[2])
        if 1 <= number <= parts:
            return Portion(part=(number, parts))
    elif found := re.fullmatch(r"(\d{1,18}(?:\.\d{1,18})?)\s*%", words, re.ASCII):
        if 0 < float(found[1]) <= 100:
            return Portion(share=float(found[1]) / 100)
    elif words[-1:].isalpha():
        with suppress(ValueError):
            return Portion(size=parse_size(words))
    raise ValueError(f"{text!r} is not a part: write 1/7, 5% or 10GiB.")


def parse_duration(text: str) -> float:
    """Seconds: ``30s``, ``10m``, ``2h``, ``14d``, ``1w``, ``1h30m``, ``0``.

    Raises:
        ValueError: It is none; the message says how to write one.
    """
    words = text.strip().lower()
    if words == "0":
        return 0.0
    if not words or _DURATION.sub("", words):
        raise ValueError(f"{text!r} is not a duration: write 30s, 10m, 2h or 14d.")
    return float(sum(float(n) * _SECONDS[u] for n, u in _DURATION.findall(words)))


def duration(seconds: float) -> str:
    """Seconds in the largest units that fit: ``90m`` is ``1h30m``."""
    left, text = round(seconds), ""
    for unit in "dhms":
        count, left = divmod(left, _SECONDS[unit])
        if count:
            text += f"{count}{unit}"
    return text or "0s"


def size(count: int) -> str:
    """A number of bytes in binary units: ``17 B``, ``4.1 KiB``."""
    if abs(count) < 1024:
        return f"{count} B"
    value, units = count / 1024, ["TiB", "GiB", "MiB", "KiB"]
    while abs(value) >= 1023.95 and len(units) > 1:
        value /= 1024
        units.pop()
    return f"{value:.1f} {units[-1]}"


def many(count: int, noun: str) -> str:
    """A count with its noun: ``1 payload``, ``2,000 payloads``."""
    plural = "es" if noun.endswith(("s", "x", "ch", "sh")) else "s"
    return f"{count:,} {noun}" + ("" if count == 1 else plural)
