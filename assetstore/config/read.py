"""Read one configuration file, and name what in it cannot be used."""

import errno
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from assetstore.config.keys import (
    JOB_NAME,
    JOBS,
    PROJECT,
    TABLES,
    General,
    JobSettings,
    keys_of,
    kind_of,
    renamed_in,
)
from assetstore.config.lines import Key, key_lines
from assetstore.errors import ConfigError
from assetstore.patterns import later

_LARGEST = 64 << 10
_RESERVED = ("gc", "optimize", "verify")
_AT = later(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Value(NamedTuple):
    """What a setting is, and why.

    Attributes:
        value: The value.
        origin: Where it comes from: "default", "built in", a variable of the
            environment, or a file.
    """

    value: Any
    origin: str


class Mistake(NamedTuple):
    """Something in a file that cannot be used.

    Attributes:
        file: The file.
        line: The line, from 1; 0: of the file as a whole.
        key: The setting, with dots.
        message: What is wrong, in a sentence.
        hint: What to do.
    """

    file: str
    line: int
    key: str
    message: str
    hint: str = ""

    @property
    def place(self) -> str:
        """The file, and the line where it is known."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(slots=True)
class File:
    """A configuration file that was read.

    Attributes:
        path: The file.
        values: Its settings.
        mistakes: What in it cannot be used.
        renamed: Settings that it has by the name of the last version, by the one now.
    """

    path: Path
    values: dict[Key, Value] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    renamed: dict[Key, Key] = field(default_factory=dict)
    text: str = ""
    _lines: dict[Key, int] | None = None

    def line(self, key: Key) -> int:
        """The line on which a key stands; 0 where that is not known."""
        if self._lines is None:
            self._lines = key_lines(self.text)
        return self._lines.get(self.renamed.get(key, key), 0)

    @property
    def warnings(self) -> list[str]:
        """Sentences on what works in this version, and will not in the next."""
        return [
            f"{self.path}:{self.line(key)}: {'.'.join(was)} is called {'.'.join(key)} "
            "now; the next version does not know the old name"
            for key, was in self.renamed.items()
        ]


def read_file(path: Path, *, project: bool = False) -> File:
    """Read a file; what is wrong with it is in the result.

    Raises:
        ConfigError: It cannot be read at all.
    """
    import tomllib  # most runs have no file to read

    file = File(path)
    try:
        if path.is_fifo():  # who opens one waits for whoever may write to it
            raise OSError(errno.EINVAL, "it is a FIFO")
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as e:
        raise ConfigError(
            f"{path} cannot be read: {e.strerror or e}",
            hint="Name another file with --config or ASSETSTORE_CONFIG, or 'none'.",
            path=str(path),
        ) from e
    try:
        if len(data) > _LARGEST:
            raise ValueError("it is longer than 64 KiB")
        file.text = data.decode("utf-8-sig")
        table = tomllib.loads(file.text)
    except (ValueError, RecursionError) as e:
        file.mistakes.append(_no_toml(path, data, e))
        return file
    _TomlReader(file, project).read(table)
    return file


def _no_toml(path: Path, data: bytes, error: Exception) -> Mistake:
    line = 0
    if isinstance(error, UnicodeDecodeError):
        line, why = data.count(b"\n", 0, error.start) + 1, "it is not UTF-8"
    elif isinstance(error, RecursionError):
        why = "it is nested too deeply"
    else:
        why = str(error)
        if at := _AT.search(why):
            line = int(at[1]) if at[1] else data.rstrip().count(b"\n") + 1
            why = why[: at.start()]
    return Mistake(
        file=str(path),
        line=line,
        key="",
        message=f"this is no TOML: {why}",
        hint="See https://toml.io; 'assetstore docs config' has an example.",
    )


class _TomlReader:
    """Takes the settings out of a file's tables."""

    def __init__(self, file: File, project: bool):
        self._file = file
        self._project = project

    def read(self, table: Mapping[str, Any]) -> None:
        """Take in a whole file."""
        outer = {k: v for k, v in table.items() if k not in TABLES and k != JOBS}
        self._table((), outer, General, [*TABLES, JOBS])
        for name, kind in TABLES.items():
            if name and name in table and self._allowed((name,)):
                self._table((name,), table[name], kind)
        jobs = table.get(JOBS, {})
        if JOBS in table and self._allowed((JOBS,)):
            if not isinstance(jobs, dict):
                self._wrong((JOBS,), "jobs is no table: write [jobs.NAME].")
                return
            for name, job in jobs.items():
                if not re.fullmatch(JOB_NAME, name) or name in _RESERVED:
                    self._wrong(
                        (JOBS, name),
                        f"{name!r} cannot be the name of a job.",
                        "Use lower-case letters, digits, - and _; "
                        "not gc, optimize or verify.",
                    )
                elif job == {}:
                    self._wrong(
                        (JOBS, name),
                        f"jobs.{name} says nothing.",
                        'Give it paths = ["~/folder"], or remove it; '
                        "enabled = false turns a job off that is built in.",
                    )
                else:
                    self._table((JOBS, name), job, JobSettings)

    def _allowed(self, key: Key) -> bool:
        if self._project and key[0] not in PROJECT:
            self._wrong(
                key,
                f"{key[0]} may not stand in a project's file.",
                "Put it into your own ('assetstore config show' says where that is).",
            )
            return False
        return True

    def _table(
        self, above: Key, table: Any, kind: type[Any], others: Sequence[str] = ()
    ) -> None:
        if not isinstance(table, dict):
            name = ".".join(above)
            self._wrong(above, f"{name} is no table: write [{name}].")
            return
        known, renamed = keys_of(kind), renamed_in(kind)
        for given, value in table.items():
            name = renamed.get(given, given)
            key = (*above, name)
            if name != given and name in table:
                message = f"{'.'.join((*above, given))} is called {name} now."
                self._wrong((*above, given), message, "Leave one of the two.")
                continue
            if name != given:
                self._file.renamed[key] = (*above, given)
            if name not in known:
                import difflib

                near = difflib.get_close_matches(name, [*known, *others], 1)
                self._wrong(
                    key,
                    f"there is no setting {'.'.join(key)}.",
                    f"Did you mean {'.'.join((*above, near[0]))}?" if near else "",
                )
                continue
            try:
                read = kind_of(known[name]).read(value, self._file.path.parent)
            except (ValueError, OverflowError) as e:
                self._wrong(key, f"{'.'.join(key)}: {e}")
                continue
            self._file.values[key] = Value(read, str(self._file.path))

    def _wrong(self, key: Key, message: str, hint: str = "") -> None:
        self._file.mistakes.append(
            Mistake(
                file=str(self._file.path),
                line=self._file.line(key),
                key=".".join(key),
                message=message,
                hint=hint,
            )
        )
