"""Ask the user before something that cannot be undone."""

import sys
from collections.abc import Callable

import click

from assetstore.cli.invocation import Run
from assetstore.errors import AssetstoreError, UsageError

yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


def ask(
    run: Run,
    show: Callable[[], None],
    question: str,
    *,
    why: str,
    look: str,
    otherwise: str,
) -> None:
    """Show what it is about, and go on only if the answer is yes.

    Args:
        run: The command.
        show: Shows it, on standard error.
        question: What is asked.
        why: Why it is asked, for an error where nobody is there.
        look: How to see what it is about without being asked.
        otherwise: What is said of a no.

    Raises:
        UsageError: There is nobody to be asked.
        AssetstoreError: The answer is no.
    """
    if run.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"{why}, and there is nobody to be asked", hint=f"{look}, then give --yes."
        )
    show()
    if not click.confirm(question, err=True):
        raise AssetstoreError(otherwise)
