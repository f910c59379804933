"""What kinds of values a setting can have, and how each is read."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from assetstore.quantities import duration, parse_duration, parse_size


class ValueKind(NamedTuple):
    """A kind of values.

    Attributes:
        read: Takes a value as TOML has it, and the folder that relative paths
            begin in; raises ValueError with a sentence for the user.
        schema: The same as JSON Schema.
        of_text: What a variable of the environment stands for.
        show: How a value is written in a configuration file.
    """

    read: Callable[[Any, Path], Any]
    schema: Mapping[str, Any]
    of_text: Callable[[str], Any] = lambda text: text
    show: Callable[[Any], Any] = lambda value: value


def _duration(value: Any, folder: Path) -> float:
    if value == 0 and not isinstance(value, bool):
        return 0.0
    if not isinstance(value, str):
        raise ValueError(f'{value!r} is not a duration: write "30s", "10m" or "14d".')
    return parse_duration(value)


def _size(value: Any, folder: Path) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if not isinstance(value, str):
        raise ValueError(f'{value!r} is not a size: write 4096, "4k" or "1.5GB".')
    return parse_size(value)


def whole(least: int, most: int | None = None) -> ValueKind:
    """Whole numbers from ``least`` on."""
    limits = {"minimum": least} if most is None else {"minimum": least, "maximum": most}

    def read(value: Any, folder: Path) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{value!r} is not a whole number.")
        if value < least or (most is not None and value > most):
            upto = f"at least {least}" if most is None else f"{least} to {most}"
            raise ValueError(f"{value} is out of range: it must be {upto}.")
        return value

    return ValueKind(read=read, schema={"type": "integer", **limits}, of_text=_int)


def _int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number.") from None


def choice(*names: str) -> ValueKind:
    """One of some words."""

    def read(value: Any, folder: Path) -> str:
        if value not in names:
            raise ValueError(f"{value!r} is none of {', '.join(names)}.")
        return str(value)

    return ValueKind(read=read, schema={"enum": list(names)})


def _name(value: Any, folder: Path) -> str:
    text = _text(value, folder)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", text):
        raise ValueError(f"{text!r} is no name.")
    return text


def _flag(value: Any, folder: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false.")
    return value


def _text(value: Any, folder: Path) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"{value!r} is not a text.")
    return value


def _path(value: Any, folder: Path) -> str:
    text = _text(value, folder)
    if not text:
        raise ValueError("the path is empty.")
    try:
        return str(folder / Path(text).expanduser())
    except RuntimeError as e:
        raise ValueError(f"{text!r}: {e}.") from None


def _texts(value: Any, folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f'{value!r} is not a list: write ["one", "two"].')
    return tuple(_text(item, folder) for item in value)


def _paths(value: Any, folder: Path) -> tuple[str, ...]:
    return tuple(_path(item, folder) for item in _texts(value, folder))


def _url(value: Any, folder: Path) -> str:
    text = _text(value, folder)
    if not text.startswith(("http://", "https://")) or any(c <= " " for c in text):
        # It is not shown: it may hold a password.
        raise ValueError("this is no http:// or https:// address.")
    return text


_STRINGS = {"type": "array", "items": {"type": "string"}}

DURATION = ValueKind(
    read=_duration,
    schema={"anyOf": [{"const": 0}, {"type": "string", "pattern": "^[0-9]"}]},
    show=duration,
)
SIZE = ValueKind(
    read=_size,
    schema={
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "pattern": "^ *[0-9]"},
        ]
    },
)
COUNT = whole(0)
FLAG = ValueKind(read=_flag, schema={"type": "boolean"})
# Of a format: which there are depends on the plug-ins that are installed.
NAME = ValueKind(read=_name, schema={"type": "string", "pattern": "^[a-z0-9]"})
TEXT = ValueKind(read=_text, schema={"type": "string"})
PATH = ValueKind(read=_path, schema={"type": "string", "minLength": 1})
URL = ValueKind(read=_url, schema={"type": "string", "pattern": "^https?://"})
TEXTS = ValueKind(
    read=_texts,
    schema=_STRINGS,
    of_text=lambda text: [word for word in text.split(",") if word],
    show=list,
)
PATHS = ValueKind(read=_paths, schema=_STRINGS, show=list)
