"""How a run is followed: a bar, lines of JSON, a log of what happens."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetstore.cli.debug import DebugLog
    from assetstore.cli.invocation import Run
    from assetstore.progress import Progress


def progress_of(run: "Run") -> "Progress":
    """Make what is told how far a command's work is."""
    progress: Progress
    if run.lines is not None:
        from assetstore.cli.lines import LineProgress

        progress = LineProgress(run.lines)
    else:
        from assetstore.cli.terminal import TerminalProgress

        progress = TerminalProgress(
            stream=sys.stderr,
            bar=sys.stderr.isatty()
            and run.verbosity >= 0
            and not run.given.get("no_progress"),
            messages=run.verbosity >= 0 and not run.json,
        )
    if run.debug is None:
        return progress
    from assetstore.cli.debug import LoggedProgress

    return LoggedProgress(progress, run.debug)


def debug_log(run: "Run") -> "DebugLog":
    """The log that ``--debug`` or ``--debug-file`` asks for.

    Raises:
        OSError: Its file cannot be made.
    """
    from assetstore.cli.debug import DebugLog, to_file, to_stream

    if name := run.given.get("debug_file"):
        file = to_file(Path(name))
        return DebugLog(to_stream(file), close=file.close)
    if (lines := run.lines) is not None:
        return DebugLog(lambda kind, text: lines.write("debug", kind=kind, text=text))
    return DebugLog(to_stream(sys.stderr))
