"""Every setting: its name, kind, default and meaning, in one place.

What is here is what a file may hold, what `assetstore config show` lists, what the
JSON Schema for editors says and what docs/config.md documents.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from assetstore.config.kinds import (
    COUNT,
    DURATION,
    FLAG,
    NAME,
    PATH,
    PATHS,
    SIZE,
    TEXT,
    TEXTS,
    URL,
    ValueKind,
    choice,
    whole,
)


def _key(kind: ValueKind, default: Any, help: str, formerly: str = "") -> Any:
    """Describe a setting; ``formerly`` is the name that it had in the last version."""
    metadata = {"kind": kind, "help": help, "formerly": formerly}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class General:
    """Settings outside of any table."""

    store: str | None = _key(
        PATH, None, "The store. Default: a folder in the user's data."
    )
    stores: tuple[str, ...] = _key(
        PATHS, (), "Where `restore` and `cat` look for what that one does not know."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What `assetstore archive` does, unless told otherwise."""

    min_size: int | None = _key(
        SIZE, None, "Payloads with shorter text stay; 0 takes all."
    )
    min_age: float | None = _key(
        DURATION, None, "Files modified more recently are left alone."
    )
    media: str = _key(choice("image", "any"), "image", "What to take out of documents.")
    profile: str = _key(NAME, "auto", "How to read documents.")
    include: tuple[str, ...] = _key(
        TEXTS, (), "In folders, only files that match one of these globs."
    )
    exclude: tuple[str, ...] = _key(
        TEXTS, (), "In folders, no files or folders that match one of these globs."
    )
    ignore: bool = _key(
        FLAG,
        True,
        "In folders, nothing that .gitignore and .ignore name, no dependencies, "
        "virtual environments and caches, and no source code.",
    )
    jobs: int = _key(whole(1, 1024), 1, "How many files to work on at once.")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSettings:
    """A job: what `assetstore run` archives by itself."""

    enabled: bool = _key(FLAG, True, "Whether it runs.")
    paths: tuple[str, ...] = _key(
        PATHS, (), "Files and folders; globs, `~`, and relative to this file."
    )
    include: tuple[str, ...] = _key(TEXTS, (), "As in `archive`.")
    exclude: tuple[str, ...] = _key(TEXTS, (), "As in `archive`.")
    ignore: bool = _key(FLAG, True, "As in `archive`.")
    profile: str = _key(NAME, "auto", "As in `archive`.")
    media: str = _key(choice("image", "any"), "image", "As in `archive`.")
    min_size: int | None = _key(SIZE, None, "As in `archive`.")
    min_age: float = _key(
        DURATION, 3600.0, "Files modified more recently wait for a later run."
    )
    keep_pictures: int = _key(
        COUNT,
        0,
        "So many of the newest pictures of each document stay in it.",
        formerly="keep_last",
    )
    older_than: float | None = _key(
        DURATION,
        None,
        "Only pictures older than this: by the time of their line in a thread's "
        "log, by the file's own time elsewhere.",
    )
    keep: bool = _key(
        FLAG,
        False,
        "Whether threads of coding agents are kept in the store as a whole, words too: "
        "they come back after their client deleted them (docs/threads.md).",
    )
    every: float = _key(
        DURATION, 0.0, "No sooner than this after the last success; 0: in each run."
    )
    store: str | None = _key(PATH, None, "A store of its own.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gc:
    """The garbage collection that `assetstore run` makes, and what it may take."""

    every: float | None = _key(
        DURATION, 7 * 86400.0, "How often a run collects; 0: never."
    )
    grace: float = _key(DURATION, 14 * 86400.0, "What is younger is left alone.")
    keep_last: int | None = _key(
        whole(1),
        None,
        "So many of a document's newest states are kept. With neither this nor "
        "keep_within, every state is that no newer one covers.",
    )
    keep_within: float | None = _key(
        DURATION, None, "States of a document younger than this are kept."
    )
    missing_for: float | None = _key(
        DURATION,
        None,
        "Documents that have been gone for so long are forgotten. Default: never.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify:
    """The checks of the store that `assetstore run` makes."""

    every: float | None = _key(
        DURATION, 86400.0, "How often a run checks a share of the store; 0: never."
    )
    cycle: int = _key(
        whole(1, 366), 30, "In so many days every byte of the store is read once."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimize:
    """How `assetstore run` codes the pictures in the store smaller."""

    every: float | None = _key(
        DURATION,
        None,
        "How often a run codes what is new; 0: never. Default: 1d where the extra "
        "`codecs` is installed, else never.",
    )
    max_effort: int = _key(whole(1, 9), 5, "As in `optimize`.")
    time_limit: float = _key(
        DURATION, 1800.0, "Stop after this time; the next run goes on."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a run may take of the machine."""

    run_time: float | None = _key(
        DURATION, None, "No file is begun when a run has lasted so long."
    )
    nice: int = _key(whole(0, 19), 10, "How far a run stands back from the processor.")
    io: str = _key(
        choice("idle", "low", "normal"), "idle", "Its priority at the disk (Linux)."
    )
    keep_free: int = _key(
        SIZE, 1 << 30, "No file is begun that would leave less disk space free."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """Who is told how a run went."""

    on_failure: str | None = _key(
        TEXT,
        None,
        "A shell command for when a run did not succeed; it reads what went wrong "
        "on standard input, and has ASSETSTORE_EXIT_CODE and ASSETSTORE_RUN.",
    )
    ping: str | None = _key(
        URL,
        None,
        "Is called when a run succeeds, with /start before and /fail after a "
        "failure, as healthchecks does.",
    )
    metrics: str | None = _key(PATH, None, "A file for Prometheus' textfile collector.")


TABLES: Mapping[str, type[Any]] = {
    "": General,
    "archive": Archive,
    "gc": Gc,
    "optimize": Optimize,
    "verify": Verify,
    "limits": Limits,
    "report": ReportSettings,
}
JOBS = "jobs"
# What a project's own file may say: nothing that runs, or that reaches beyond it.
PROJECT = frozenset({"", "archive"})


def keys_of(table: type[Any]) -> Mapping[str, "Field[Any]"]:
    """The settings of a table, by name."""
    return {setting.name: setting for setting in fields(table)}


def renamed_in(table: type[Any]) -> Mapping[str, str]:
    """Map the names that settings of a table had in the last version to those now."""
    old = {setting.metadata["formerly"]: setting.name for setting in fields(table)}
    return {was: name for was, name in old.items() if was}


def kind_of(setting: "Field[Any]") -> ValueKind:
    """Return the kind of values that a setting can have."""
    kind: ValueKind = setting.metadata["kind"]
    return kind


def variable(table: str, name: str) -> str:
    """The variable of the environment that stands for a setting, or ""."""
    return f"ASSETSTORE_{name.upper()}" if table in PROJECT else ""


def schema() -> dict[str, Any]:
    """The JSON Schema of a configuration file (draft 2020-12)."""
    properties = dict(_properties(General))
    for name, table in TABLES.items():
        if name:
            properties[name] = _object(table)
    properties[JOBS] = {
        "type": "object",
        "description": "Jobs by name; those of clients ('assetstore clients --json') "
        "change the built-in ones.",
        "propertyNames": {"pattern": JOB_NAME},
        "additionalProperties": _object(JobSettings),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:assetstore:config:1",
        "title": "assetstore's configuration",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


JOB_NAME = "^[a-z0-9][a-z0-9_-]{0,39}$"


def _object(table: type[Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": (table.__doc__ or "").strip(),
        "additionalProperties": False,
        "properties": _properties(table),
    }


def _properties(table: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, setting in keys_of(table).items():
        found[name] = {
            **kind_of(setting).schema,
            "description": setting.metadata["help"],
        }
        if setting.default is not None:
            default = kind_of(setting).show(setting.default)
            found[name]["default"] = default
    for was, name in renamed_in(table).items():
        found[was] = {
            **kind_of(keys_of(table)[name]).schema,
            "description": f"It is called {name} now.",
            "deprecated": True,
        }
    return found
