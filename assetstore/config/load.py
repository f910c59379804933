"""Read the configuration: environment, project, user, machine, what is built in.

(A flag of the command line comes before all of them; the command line sees to it.)
"""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from assetstore.config.keys import (
    JOBS,
    PROJECT,
    TABLES,
    Archive,
    Gc,
    General,
    JobSettings,
    Limits,
    Optimize,
    ReportSettings,
    Verify,
    keys_of,
    kind_of,
    variable,
)
from assetstore.config.lines import Key
from assetstore.config.read import File, Value, read_file
from assetstore.errors import ConfigError, UsageError

PROJECT_FILE = ".assetstore.toml"
NONE = "none"

T = TypeVar("T")
BuiltIn = Mapping[str, Mapping[str, Any]]


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
        """The settings outside of tables."""
        return self._table((), General)

    @property
    def archive(self) -> Archive:
        """The settings for archiving."""
        return self._table(("archive",), Archive)

    @property
    def gc(self) -> Gc:
        """The settings for garbage collections."""
        return self._table(("gc",), Gc)

    @property
    def optimize(self) -> Optimize:
        """The settings for coding smaller."""
        return self._table(("optimize",), Optimize)

    @property
    def verify(self) -> Verify:
        """The settings for checks of the store."""
        return self._table(("verify",), Verify)

    @property
    def limits(self) -> Limits:
        """The settings for what a run may take."""
        return self._table(("limits",), Limits)

    @property
    def report(self) -> ReportSettings:
        """The settings for who is told."""
        return self._table(("report",), ReportSettings)

    @property
    def jobs(self) -> dict[str, JobSettings]:
        """The jobs that are enabled, by name."""
        names = dict.fromkeys(key[1] for key in self.values if key[0] == JOBS)
        jobs = {name: self._table((JOBS, name), JobSettings) for name in names}
        return {name: job for name, job in jobs.items() if job.enabled}

    def checked_jobs(self, names: Sequence[str]) -> dict[str, JobSettings]:
        """Some jobs by name; no names: all that are enabled.

        Raises:
            UsageError: There is no such job.
        """
        jobs = self.jobs
        for name in names:
            if name not in jobs:
                known = ", ".join(jobs) or "there are none"
                raise UsageError(
                    f"there is no job {name}",
                    hint=f"The jobs are: {known}. See 'assetstore config show'.",
                )
        return {n: job for n, job in jobs.items() if not names or n in names}

    def _table(self, above: Key, table: type[T]) -> T:
        return table(
            **{
                name: self.values[*above, name].value
                for name in keys_of(table)
                if (*above, name) in self.values
            }
        )

    def origin(self, key: Key) -> str:
        """Say where a setting comes from, with the line where that is a file."""
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
    system: Path | None = None,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
    built_in: BuiltIn | None = None,
    must_exist: bool = False,
) -> Config:
    """Read the configuration.

    Args:
        user: The user's file; it need not be there.
        system: The file that holds for all users of the machine; it need not be there.
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
    config.files, config.ignored = read_all(
        user=user, must_exist=must_exist, folder=folder, system=system
    )
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


def read_all(
    *,
    user: Path | None,
    must_exist: bool,
    folder: Path | None,
    system: Path | None = None,
) -> tuple[list[File], list[tuple[Path, str]]]:
    """Read the machine's file, the user's, and a project's, as `load` does.

    Returns:
        The files, the one that comes first last; and those that were ignored, with
        the reason. What is wrong with a file is in it.

    Raises:
        ConfigError: One cannot be read at all.
    """
    files: list[File] = []
    ignored: list[tuple[Path, str]] = []
    if system is not None and os.path.lexists(system) and system != user:
        reason = _machine_file_not_trusted(system)
        if not reason and not os.access(system, os.R_OK):
            reason = "this user may not read it"
        if reason:  # whoever cannot change it is not kept from working by it
            ignored.append((system, reason))
        else:
            files.append(read_file(system))
    if user is not None and (must_exist or user.is_file()):
        files.append(read_file(user))
    project = _project_file(folder) if folder is not None else None
    if project is not None and project != user:
        if reason := _not_trusted(project):
            ignored.append((project, reason))
        else:
            files.append(read_file(project, project=True))
    return files, ignored


def system_file(environ: Mapping[str, str]) -> Path | None:
    """The file that holds for all users of the machine; None: there is none.

    On Windows anybody may make files in the folder that such a file would be in.
    """
    named = environ.get("ASSETSTORE_SYSTEM_CONFIG")
    if named:
        return Path(os.path.abspath(named)) if named != NONE else None
    return Path("/etc/assetstore.toml") if os.name == "posix" else None


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
        for setting in keys_of(JobSettings).values():
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
    """Say why a file is not read that somebody else could have put there, or ""."""
    if not hasattr(os, "getuid"):
        return ""
    seen = path.stat()
    if seen.st_uid not in (os.getuid(), 0):
        return "it belongs to another user"
    return "everybody may write to it" if seen.st_mode & stat.S_IWOTH else ""


def _machine_file_not_trusted(path: Path) -> str:
    """Say why the whole machine's file is not read, which runs commands, or ""."""
    if path.is_symlink():
        return "it is a link"
    if why := _not_trusted(path):
        return why
    seen, folder = path.stat(), path.parent.stat()
    if seen.st_mode & stat.S_IWGRP and seen.st_gid != 0:
        return "a group may write to it"
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        return "everybody may write to its folder"
    return ""
