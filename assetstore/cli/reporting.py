"""What a report of a defect needs to say of where it happened; nothing that is secret.

A part that cannot be found out says why, and the others are there all the same: reports
are made where something is broken.
"""

import os
import platform
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assetstore.cli.failure import problem_of
from assetstore.cli.invocation import Run
from assetstore.cli.output import when
from assetstore.version import __version__

_PACKAGE = "assetstore"
# Settings that may hold a password or the address of somebody's monitor.
_SECRET = {("report", "on_failure"), ("report", "ping")}
# Of the environment: what changes what the program does.
_VARIABLES = re.compile(
    r"ASSETSTORE_\w+|(?:NO|FORCE)_COLOR|TERM|LANG|LC_\w+|TZ|PYTHON\w+|XDG_\w+_HOME"
)
_PLACES = {
    f"ASSETSTORE_{name}" for name in ("STORE", "CONFIG", "SYSTEM_CONFIG", "SAFE_STORES")
}
_HIDDEN = "(not shown)"


def report(run: Run) -> dict[str, Any]:
    """Find out what there is to say.

    Returns:
        Parts by name; in one that cannot be found out, ``error`` says why. Paths in the
        user's home begin with ``~``.
    """
    parts: Mapping[str, Callable[[Run], dict[str, Any]]] = {
        "program": _program,
        "platform": _platform,
        "packages": _packages,
        "environment": _environment,
        "configuration": _configuration,
        "store": _store,
        "clients": _clients,
        "last_run": _last_run,
    }
    found: dict[str, Any] = {}
    for name, look in parts.items():
        try:
            found[name] = look(run)
        except Exception as error:
            problem = problem_of(error)
            found[name] = {"error": f"{problem.type}: {problem.message}"}
    return {name: _private(part) for name, part in found.items()}


def _program(run: Run) -> dict[str, Any]:
    return {
        "version": __version__,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "package": str(Path(__file__).parents[1]),
    }


def _platform(run: Run) -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "file_names": sys.getfilesystemencoding(),
        "output": sys.stdout.encoding,
        "terminal": sys.stdout.isatty(),
        "root": hasattr(os, "geteuid") and os.geteuid() == 0,
    }


def _packages(run: Run) -> dict[str, Any]:
    """The versions of what the program uses; None for what is not installed."""
    from importlib import metadata

    names = [
        re.split(r"[^\w.-]", line, maxsplit=1)[0]
        for line in metadata.requires(_PACKAGE) or ()
        if "extra == 'test'" not in line and 'extra == "test"' not in line
    ]
    found: dict[str, Any] = {}
    for name in sorted(set(names)):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def _environment(run: Run) -> dict[str, Any]:
    from assetstore.config.keys import TABLES, keys_of, variable

    known = {variable(name, key) for name in TABLES for key in keys_of(TABLES[name])}
    known |= _PLACES
    return {
        k: v if k in known or not k.startswith("ASSETSTORE_") else _HIDDEN
        for k, v in sorted(os.environ.items())
        if _VARIABLES.fullmatch(k)
    }


def _configuration(run: Run) -> dict[str, Any]:
    from assetstore.cli.views.config import written

    config = run.config(jobs=True)
    return {
        "files": [str(file.path) for file in config.files],
        "ignored": [f"{path}: {reason}" for path, reason in config.ignored],
        "settings": {
            ".".join(key): _HIDDEN if key in _SECRET else written(key, value.value)
            for key, value in sorted(config.values.items(), key=lambda item: item[0])
            if value.origin != "default"
        },
        "jobs": list(config.jobs),
    }


def _store(run: Run) -> dict[str, Any]:
    import shutil

    from assetstore.store.stats import stats

    place = run.store_path
    with run.store() as store:
        counted = asdict(stats(store))
        counted.pop("types")
        return {
            "place": str(place),
            "free_bytes": shutil.disk_usage(place).free,
            "config": (place / "config").read_text("utf-8", "replace").strip(),
            **counted,
        }


def _clients(run: Run) -> dict[str, Any]:
    from assetstore.agents.found_clients import find_clients

    return {
        found.client.name: {"files": len(found.files), "bytes": found.size}
        for found in find_clients(os.environ)
    }


def _last_run(run: Run) -> dict[str, Any]:
    from assetstore.jobs.run import run_log

    runs = run_log(run.state_path).runs()
    if not runs:
        return {}
    last = runs[-1]
    return {
        "began": when(last["began"]),
        "result": last.get("result"),
        "exit_code": last.get("exit_code"),
    }


def _private(value: Any) -> Any:
    """Hide the home's name, and what looks like a secret, in all strings."""
    from assetstore.agents.redaction.redact import redact

    if isinstance(value, Mapping):
        return {_private(key): _private(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_private(inner) for inner in value]
    if not isinstance(value, str):
        return value
    home = str(Path.home())
    if len(home) > 1:
        value = re.sub(re.escape(home) + r"(?![\w.-])", "~", value)
    return redact(value)
