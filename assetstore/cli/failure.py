"""Exceptions for people and programs: a message, a next step, an exit code."""

import contextlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assetstore.cli.standard import leave_stdout
from assetstore.errors import AssetstoreError
from assetstore.stopping import Stopped, exit_code_of

if TYPE_CHECKING:
    from assetstore.cli.invocation import Run

# What a shell makes of a program that wrote into a pipe which nobody reads any more.
PIPE_CLOSED = 141


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as it is reported.

    Attributes:
        type: The class of the error.
        message: One sentence.
        hint: The next step, or "".
        path: The file concerned, or None.
        exit_code: What it makes of the process when it is the only one.
        usage: The command's usage line, for errors in its arguments.
    """

    type: str
    message: str
    hint: str = ""
    path: str | None = None
    exit_code: int = 1
    usage: str = ""


def problem_of(error: BaseException) -> Problem:
    """Describe an exception."""
    problem = _described(error)
    return replace(problem, hint=next_step(error) or problem.hint)


def next_step(error: BaseException) -> str:
    """Say what to do about an error of the system; "" where it says all there is."""
    try:
        return _column_meant(error) or _way_back(error)
    except OSError:  # there is not even a current folder
        return ""


def _column_meant(error: BaseException) -> str:
    """Say how to name a column of a database, where that was taken for a file."""
    if isinstance(error, FileNotFoundError) and isinstance(error.filename, str):
        from assetstore.documents.row_names import database_of

        database = database_of(os.path.abspath(error.filename))
        if database and Path(database).is_file():
            return "A column of a database is archived and restored with --sqlite."
    return ""


def _way_back(error: BaseException) -> str:
    """Say how to get back what another user, or oneself as root, made of ours."""
    foreign = _not_ours(error)
    if foreign is None:
        return ""
    import shlex

    way = f"sudo chown -R {os.geteuid()} {shlex.quote(str(foreign))}"
    return f"{foreign} belongs to another user; if it should be yours: {way}"


def _not_ours(error: BaseException) -> Path | None:
    """The topmost file or folder that is not ours on the way to what was refused."""
    while error.__cause__ is not None:
        error = error.__cause__
    name = error.filename if isinstance(error, PermissionError) else None
    if not isinstance(name, str | bytes) or not hasattr(os, "geteuid"):
        return None
    foreign = None
    path = Path(os.path.abspath(os.fsdecode(name)))
    for place in (path, *path.parents):
        with contextlib.suppress(OSError):
            if place.stat(follow_symlinks=False).st_uid == os.geteuid():
                return foreign
            foreign = place
    return None


def _described(error: BaseException) -> Problem:
    match error:
        case AssetstoreError():
            return Problem(
                type=type(error).__name__,
                message=str(error),
                hint=error.hint,
                path=error.path,
                exit_code=error.exit_code,
            )
        case click.UsageError():
            return _usage(error)
        case click.ClickException():
            return Problem(type=type(error).__name__, message=error.format_message())
        case click.Abort() | KeyboardInterrupt():
            return _interrupted(error)
        case FileNotFoundError(filename=None) if not _has_folder():
            return Problem(
                type=type(error).__name__,
                message="the current folder is not there any more",
                hint="Change to one that is: cd.",
            )
        case OSError():
            name = error.filename
            path = os.fsdecode(name) if isinstance(name, str | bytes) else None
            return Problem(
                type=type(error).__name__,
                message=error.strerror or str(error),
                path=path,
            )
    return Problem(
        type=type(error).__name__,
        message=f"unexpected {type(error).__name__}: {error}",
        hint="This is a defect; run again with -vv for the traceback to report, and "
        "add what 'assetstore report' writes.",
    )


def _has_folder() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _interrupted(error: BaseException) -> Problem:
    told = error.__cause__ or error
    how = f"stopped by {told.name}" if isinstance(told, Stopped) else "interrupted"
    return Problem(
        type="Interrupted",
        message=f"{how}; every file is as it was or done",
        hint="Run the same command again to go on.",
        exit_code=exit_code_of(told),
    )


def _usage(error: click.UsageError) -> Problem:
    context = error.ctx
    name = context.command_path if context is not None else "assetstore"
    message = error.format_message() or "a command is missing."
    if isinstance(error, click.MissingParameter):  # choices stand in a line each
        message = message.replace("\n\t", " ")
    return Problem(
        type="UsageError",
        message=message,
        hint=f"See '{name} --help'.",
        exit_code=error.exit_code,
        usage=context.get_usage() if context is not None else "",
    )


def report(run: "Run", error: BaseException) -> int:
    """Tell the user what ended the command.

    Returns:
        The exit code.
    """
    if isinstance(error, BrokenPipeError):
        leave_stdout()
        return PIPE_CLOSED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    problem = problem_of(error)
    try:
        run.emit_failure(problem, error)
    except BrokenPipeError:
        leave_stdout()
    except OSError:  # what was to be said cannot be written
        leave_stdout()
        with contextlib.suppress(OSError):
            where = f"{problem.path}: " if problem.path else ""
            click.echo(f"error: {where}{problem.message}", err=True)
    return problem.exit_code
