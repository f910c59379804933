"""Read the configuration: environment over project over user over what is built in.

(A flag of the command line comes before all of them; the command line sees to it.)
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from assetstore.config.keys import (
    JOB_NAME,
    JOBS,
    PROJECT,
    TABLES,
    Archive,
    Gc,
    General,
    Job,
    Limits,
    Report,
    Verify,
    keys_of,
    kind_of,
    variable,
)
from assetstore.config.lines import Key, key_lines
from assetstore.errors import ConfigError

PROJECT_FILE = ".assetstore.toml"
NONE = "none"
_LARGEST = 1 << 20
_RESERVED = ("gc", "verify")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

T = TypeVar("T")
BuiltIn = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Value:
    """What a setting is, and why.

    Attributes:
        value: The value.
        origin: Where it comes from: "default", "built in", a variable of the
            environment, or a file.
    """

    value: Any
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
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
    """

    path: Path
    values: dict[Key, Value] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    text: str = ""
    _lines: dict[Key, int] | None = None

    def line(self, key: Key) -> int:
        """The line on which a key stands; 0 where that is not known."""
        if self._lines is None:
            self._lines = key_lines(self.text)
        return self._lines.get(key, 0)


@dataclass(slots=True)
class Config:
    """Every setting, and where it comes from.

    Attributes:
        values: The settings by table and name; a job's table is "jobs", its name.
        files: The files that were read.
        ignored: Files that were not, with the reason.
    """

    values: dict[Key, Value]
    files: list[File] = field(default_factory=list)
    ignored: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def general(self) -> General:
        """What is outside of tables."""
        return self._table((), General)

    @property
    def archive(self) -> Archive:
        """How to archive."""
        return self._table(("archive",), Archive)

    @property
    def gc(self) -> Gc:
        """How to collect."""
        return self._table(("gc",), Gc)

    @property
    def verify(self) -> Verify:
        """How to check."""
        return self._table(("verify",), Verify)

    @property
    def limits(self) -> Limits:
        """What a run may take."""
        return self._table(("limits",), Limits)

    @property
    def report(self) -> Report:
        """Who is told."""
        return self._table(("report",), Report)

    @property
    def jobs(self) -> dict[str, Job]:
        """The jobs that are enabled, by name."""
        names = dict.fromkeys(key[1] for key in self.values if key[0] == JOBS)
        jobs = {name: self._table((JOBS, name), Job) for name in names}
        return {name: job for name, job in jobs.items() if job.enabled}

    def _table(self, above: Key, table: type[T]) -> T:
        return table(
            **{
                name: self.values[*above, name].value
                for name in keys_of(table)
                if (*above, name) in self.values
            }
        )

    def origin(self, key: Key) -> str:
        """Where a setting comes from, with the line where that is a file."""
        origin = self.values[key].origin
        for file in self.files:
            if origin == str(file.path) and (line := file.line(key)):
                return f"{origin}:{line}"
        return origin

    def given(self, table: str) -> dict[str, Any]:
        """The settings of a table that are not the defaults."""
        return {
            key[1]: value.value
            for key, value in self.values.items()
            if key[0] == table and len(key) == 2 and value.origin != "default"
        }


def load(
    *,
    user: Path | None,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
    built_in: BuiltIn | None = None,
    must_exist: bool = False,
) -> Config:
    """Read the configuration.

    Args:
        user: The user's file; it need not be there.
        folder: Where to look for a project's file, and above; None: nowhere.
        environ: The environment.
        built_in: Jobs that are there without being configured.
        must_exist: The user's file has to be there.

    Raises:
        ConfigError: A file cannot be read or used; the first of its mistakes.
    """
    config = Config(_defaults())
    for job, settings in (built_in or {}).items():
        for name, value in settings.items():
            config.values[JOBS, job, name] = Value(value, "built in")
    if user is not None and (must_exist or user.is_file()):
        config.files.append(read_file(user))
    project = _project_file(folder) if folder is not None else None
    if project is not None and project != user:
        if reason := _not_trusted(project):
            config.ignored.append((project, reason))
        else:
            config.files.append(read_file(project, project=True))
    for file in config.files:
        for mistake in file.mistakes:
            raise ConfigError(
                f"{mistake.place}: {mistake.message}",
                hint=mistake.hint or "'assetstore config check' lists all mistakes.",
                path=mistake.file,
            )
        config.values |= file.values
    config.values |= _environment(environ or {})
    _complete_jobs(config.values)
    return config


def with_metrics(config: Config, path: str) -> Config:
    """The configuration with another file for metrics: a flag comes first."""
    value = Value(path, "flag --metrics")
    return replace(config, values={**config.values, ("report", "metrics"): value})


def _defaults() -> dict[Key, Value]:
    return {
        ((table, name) if table else (name,)): Value(setting.default, "default")
        for table, kind in TABLES.items()
        for name, setting in keys_of(kind).items()
    }


def _complete_jobs(values: dict[Key, Value]) -> None:
    for name in dict.fromkeys(key[1] for key in values if key[0] == JOBS):
        for setting in keys_of(Job).values():
            values.setdefault(
                (JOBS, name, setting.name), Value(setting.default, "default")
            )


def _environment(environ: Mapping[str, str]) -> dict[Key, Value]:
    found: dict[Key, Value] = {}
    for table in sorted(PROJECT):
        for name, setting in keys_of(TABLES[table]).items():
            text = environ.get(variable(table, name))
            if not text:
                continue
            kind = kind_of(setting)
            try:
                value = kind.read(kind.of_text(text), Path.cwd())
            except ValueError as e:
                raise ConfigError(
                    f"{variable(table, name)}: {e}",
                    hint="Correct this variable of the environment, or unset it.",
                ) from None
            key = (table, name) if table else (name,)
            found[key] = Value(value, f"environment {variable(table, name)}")
    return found


def _project_file(folder: Path) -> Path | None:
    for here in (folder, *folder.parents):
        if (here / PROJECT_FILE).is_file():
            return here / PROJECT_FILE
    return None


def _not_trusted(path: Path) -> str:
    """Why a project's file is not read: somebody else could have put it there."""
    if not hasattr(os, "getuid"):
        return ""
    owner = path.stat().st_uid
    return "" if owner in (os.getuid(), 0) else "it belongs to another user"


def read_file(path: Path, *, project: bool = False) -> File:
    """Read a file; what is wrong with it is in the result.

    Raises:
        ConfigError: It cannot be read at all.
    """
    file = File(path)
    try:
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
            raise ValueError("it is longer than 1 MiB")
        file.text = data.decode("utf-8-sig")
        table = tomllib.loads(file.text)
    except (ValueError, RecursionError) as e:
        file.mistakes.append(_no_toml(path, data, e))
        return file
    _Reader(file, project).read(table)
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
        hint="See https://toml.io, and docs/config.md for an example.",
    )


class _Reader:
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
                        "Use lower-case letters, digits, - and _; not gc or verify.",
                    )
                else:
                    self._table((JOBS, name), job, Job)

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
        known = keys_of(kind)
        for name, value in table.items():
            key = (*above, name)
            if name not in known:
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
