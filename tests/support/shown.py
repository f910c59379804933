"""What a command's outcome says, to people and to programs."""

import io
import json
from typing import Any

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output


def shown(outcome: Outcome, verbosity: int = 0) -> list[str]:
    """The lines that people read, those of standard error behind the others."""
    out, err = io.StringIO(), io.StringIO()
    output = Output(out=out, err=err, json=False, verbosity=verbosity, color="never")
    output.emit("command", outcome)
    return [*out.getvalue().splitlines(), *err.getvalue().splitlines()]


def told(outcome: Outcome) -> dict[str, Any]:
    """The envelope that programs read."""
    out = io.StringIO()
    output = Output(out=out, err=out, json=True, verbosity=0, color="never")
    output.emit("command", outcome)
    envelope: dict[str, Any] = json.loads(out.getvalue())
    return envelope
