"""Options that several commands have, each declared once."""

from collections.abc import Callable, Iterable
from typing import Any

import click

from assetstore.errors import UsageError

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def dry_run_option(help: str = "Only say what would be done.") -> Decorator:
    """Add ``-n``: the command changes nothing."""
    return click.option("-n", "--dry-run", is_flag=True, help=help)


def media_option(default: str, help: str) -> Decorator:
    """Add ``--media``: which kinds of media the command takes."""
    return click.option(
        "--media",
        type=click.Choice(["image", "any"]),
        default=default,
        show_default=True,
        help=help,
    )


sqlite_option = click.option(
    "--sqlite",
    is_flag=True,
    help="PATH is DATABASE#TABLE.COLUMN: the values of a column of an SQLite database, "
    "which no program has open. They change in one transaction.",
)

_MANY_FILES = (
    dry_run_option(),
    click.option(
        "--include",
        multiple=True,
        metavar="GLOB",
        help="In folders, take only files that match. Repeatable.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="GLOB",
        help="In folders, leave files and folders that match. Repeatable.",
    ),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        metavar="N",
        help="Work on this many files at once.",
    ),
)


def refuse_given(names: Iterable[str], without: str) -> None:
    """Refuse options that were given and that another one leaves without effect.

    Args:
        names: Their names, as the command's parameters are called.
        without: The other option.

    Raises:
        UsageError: One of them was given, on the command line.
    """
    context = click.get_current_context()
    for name in names:
        source = context.get_parameter_source(name)
        if source is click.core.ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(
                f"{option} does not go with {without}",
                hint=f"Leave {option} out.",
            )


def many_files(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every command has that works through files and folders."""
    for option in reversed(_MANY_FILES):
        function = option(function)
    return function
