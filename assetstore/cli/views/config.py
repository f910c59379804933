"""Outcomes of the commands on the configuration."""

import json
import os
from collections.abc import Mapping, Sequence
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assetstore.cli.failure import Problem
from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, printable
from assetstore.config.keys import JOBS, TABLES, JobSettings, keys_of, kind_of
from assetstore.errors import ConfigError
from assetstore.quantities import many

if TYPE_CHECKING:
    from assetstore.config.lines import Key
    from assetstore.config.load import Config
    from assetstore.config.read import File


def show_outcome(
    config: "Config",
    *,
    user: Path | None,
    system: Path | None = None,
    store: Path,
    flag: bool,
    everything: bool,
) -> Outcome:
    """Every setting, with where it comes from."""
    shown = [
        (key, written(key, value.value), config.origin(key))
        for key, value in sorted(config.values.items(), key=lambda item: item[0])
        if everything or value.origin != "default"
    ]
    if flag:
        shown = [entry for entry in shown if entry[0] != ("store",)]
        shown.append((("store",), str(store), "flag --store"))

    def view(output: Output) -> None:
        read = [str(file.path) for file in config.files]
        if user is not None and str(user) not in read:
            read.append(f"{user} (not there)")
        for name in read:
            output.line(click.style(f"# {printable(name)}", dim=True))
        for path, reason in config.ignored:
            output.remark("warning", f"{path} is not read: {reason}", "yellow")
        output.line(click.style(f"# the store is {printable(str(store))}", dim=True))
        output.table(
            ("SETTING", "VALUE", "FROM"),
            (
                (".".join(key), printable(json.dumps(value)), printable(origin))
                for key, value, origin in shown
            ),
        )

    return Outcome(
        result={
            "files": [str(file.path) for file in config.files],
            "user_file": str(user) if user else None,
            "system_file": str(system) if system else None,
            "store": str(store),
            "settings": {
                ".".join(key): {"value": value, "origin": origin}
                for key, value, origin in shown
            },
            "jobs": list(config.jobs),
        },
        view=view,
    )


def written(key: "Key", value: Any) -> Any:
    """A value as it would stand in a file."""
    if value is None:
        return None
    table = JobSettings if key[0] == JOBS else TABLES[key[0] if len(key) == 2 else ""]
    return kind_of(keys_of(table)[key[-1]]).show(value)


def check_outcome(
    files: Sequence["File"], ignored: Sequence[tuple[Path, str]]
) -> Outcome:
    """Show what is wrong in some files."""
    mistakes = [mistake for file in files for mistake in file.mistakes]
    warnings = [f"{path} is not read: {reason}" for path, reason in ignored]
    for file in files:
        warnings += [*file.warnings, *_doubts(file)]

    def view(output: Output) -> None:
        names = ", ".join(printable(str(file.path)) for file in files)
        if not files:
            output.report("there is no configuration file")
        elif not mistakes:
            output.report(f"{names}: all good")
        else:
            output.report(f"{names}: {many(len(mistakes), 'mistake')}")

    return Outcome(
        result={
            "files": [str(file.path) for file in files],
            "mistakes": [
                {"file": m.file, "line": m.line, "key": m.key, "message": m.message}
                for m in mistakes
            ],
        },
        view=view,
        exit_code=ConfigError.exit_code if mistakes else 0,
        errors=[
            Problem(
                type="ConfigError",
                message=f"{mistake.place}: {mistake.message}",
                hint=mistake.hint,
                path=mistake.file,
                exit_code=ConfigError.exit_code,
            )
            for mistake in mistakes
        ],
        warnings=warnings,
    )


def _doubts(file: "File") -> list[str]:
    """List what is allowed, and hardly meant."""
    found = []
    for key, value in file.values.items():
        if key[0] == JOBS and key[2] == "paths":
            found += [
                f"{file.path}:{file.line(key)}: {path} is not there"
                for path in value.value
                if not has_magic(path) and not os.path.lexists(path)
            ]
    return found


def schema_outcome(schema: Mapping[str, Any]) -> Outcome:
    """The JSON Schema of the configuration."""
    return Outcome(
        result=schema, view=lambda output: output.line(json.dumps(schema, indent=2))
    )
