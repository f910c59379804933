"""From one document to another: ``-o`` and ``-``."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from assetstore.cli.invocation import Run
from assetstore.errors import UsageError
from assetstore.results import FileResult, Report

STREAM = "-"


def is_in_place(paths: tuple[str, ...], output: str | None) -> bool:
    """Tell whether the documents themselves are to be changed.

    Raises:
        UsageError: The arguments do not go together.
    """
    if output is None and STREAM not in paths:
        return True
    if len(paths) != 1:
        raise UsageError(
            "'-' and --output take exactly one PATH",
            hint="Call the command once for each document.",
        )
    if paths[0] == STREAM and output not in (None, STREAM):
        raise UsageError(
            "--output does not go with '-'", hint="Redirect standard output instead."
        )
    return False


def transfer(
    run: Run,
    path: str,
    output: str | None,
    *,
    files: Callable[[Path, Path], FileResult],
    streams: Callable[[BinaryIO, BinaryIO], FileResult],
    dry_run: bool = False,
) -> Report:
    """Read one document and write another.

    Args:
        run: Has the standard streams.
        path: The document, or "-".
        output: Where to write, or "-"; None is "-".
        files: Does it from file to file.
        streams: Does it from stream to stream.
        dry_run: Whether they only say what they would do.
    """
    if output not in (None, STREAM):
        found = files(Path(path), Path(output or ""))
        return Report(files=[found], dry_run=dry_run)
    target = run.stdout()
    if path == STREAM:
        result = streams(run.stdin(), target)
    else:
        with Path(path).open("rb") as source:
            result = streams(source, target)
    target.flush()
    return Report(files=[result], dry_run=dry_run)
