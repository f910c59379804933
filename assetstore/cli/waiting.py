"""The option ``--wait``: wait for programs that are at work on a document."""

from collections.abc import Iterable
from pathlib import Path

import click

from assetstore.cli.invocation import Run
from assetstore.cli.output import printable
from assetstore.cli.values import DURATION

wait_option = click.option(
    "--wait",
    type=DURATION,
    help="Wait so long for a program that has a document in use, such as the server "
    "that Codex leaves for a minute when it is quit.  [default: 0s]",
)


def wait_for_documents(
    run: Run, paths: Iterable[str | Path], seconds: float | None
) -> None:
    """Wait until nobody is at work on some documents, and say for whom."""
    if not seconds:
        return
    from assetstore.agents.waiting import wait_for

    def tell(words: str) -> None:
        if run.lines is not None:
            run.lines.write("remark", label="note", text=words)
        elif run.verbosity >= 0:
            click.echo(f"note: {printable(words)}", err=True)

    wait_for([Path(path) for path in paths if path != "-"], seconds, tell)


def wait_for_databases(run: Run, names: Iterable[str], seconds: float | None) -> None:
    """The same for the databases of columns, each as ``app.db#table.column``."""
    from assetstore.documents.row_names import database_of

    wait_for_documents(run, filter(None, map(database_of, names)), seconds)
