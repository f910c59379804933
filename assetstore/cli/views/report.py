"""The outcome of ``assetstore report``."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, dumps, printable


def report_outcome(found: Mapping[str, Any]) -> Outcome:
    """Show a report, in Markdown."""
    return Outcome(result=found, view=partial(_view, found))


def _view(found: Mapping[str, Any], output: Output) -> None:
    for number, (name, part) in enumerate(found.items()):
        if number:
            output.line("")
        output.line(f"## {name.replace('_', ' ').capitalize()}")
        output.line("")
        for key, value in part.items():
            output.line(f"- {printable(str(key))}: {printable(_shown(value))}")
        if not part:
            output.line("- none")


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value)
