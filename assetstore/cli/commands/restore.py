"""``assetstore restore``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import FILE
from assetstore.cli.options import many_files, refuse_given, sqlite_option
from assetstore.cli.waiting import wait_for_databases, wait_for_documents, wait_option
from assetstore.errors import UsageError

if TYPE_CHECKING:
    from assetstore.restore.options import RestoreOptions
    from assetstore.results import Report
    from assetstore.rows.column import Column

EXAMPLES = """\
Examples:
  assetstore restore page.html
  assetstore restore ~/.codex/sessions --include '*.jsonl'
  assetstore restore small.jsonl -o big.jsonl
  assetstore restore - <archived.html >original.html
  assetstore restore page.html --extract images/
  assetstore restore page.html --store ~/store --store /mnt/disk/store
  assetstore restore --sqlite 'app.db#message.content'

A file that changed since it was archived (text added, lines moved or cut) is
restored from the placeholders it still holds. What is appended to the log of an agent
is text: a placeholder in it is a quotation, and stays.

With several --store, each is asked for what those before it do not know.
"""


@define(examples=EXAMPLES)
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@click.option(
    "-o",
    "--output",
    type=FILE,
    metavar="FILE",
    help="Write the restored form here ('-': standard output), over a file that is "
    "there, and leave PATH alone.",
)
@click.option(
    "--extract",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the media out as files in this folder; leave the documents alone.",
)
@click.option(
    "--allow-missing",
    is_flag=True,
    help="Leave placeholders whose media are lost and restore the others.",
)
@click.option(
    "--as-archived",
    is_flag=True,
    help="Leave placeholders that were in the file before it was archived: the file "
    "becomes what was archived.",
)
@click.option(
    "--quoted",
    is_flag=True,
    help="Put back also what is known to be text of the file (a quotation).",
)
@many_files
@sqlite_option
@wait_option
@pass_run
def restore(
    run: Run,
    /,
    paths: tuple[str, ...],
    output: str | None,
    extract: Path | None,
    wait: float | None,
    sqlite: bool,
    **settings: Any,
) -> Outcome:
    """Put the archived media back, byte for byte.

    PATH is a file, a folder, or '-' for standard input to standard output. It takes
    nothing but the file and the store: files may have been moved, renamed or edited.
    """
    from assetstore.cli.databases import named_columns, split_databases
    from assetstore.cli.stores import name_owner
    from assetstore.cli.streams import is_in_place, transfer
    from assetstore.cli.views.files import files_outcome
    from assetstore.restore import run as engine
    from assetstore.results import Report

    options = engine.RestoreOptions(**settings)
    if options.quoted and options.as_archived:
        raise UsageError("--quoted does not go with --as-archived")
    if extract is not None and (output is not None or "-" in paths):
        raise UsageError("--extract goes neither with --output nor with '-'")
    if sqlite:
        if output is not None or extract is not None:
            raise UsageError("--output and --extract do not go with --sqlite")
        refuse_given(("include", "exclude"), "--sqlite")
        wait_for_databases(run, paths, wait)
        report = _columns(run, named_columns(paths), options)
        return files_outcome(report, store=run.store_path, notes=run.absent)
    in_place = is_in_place(paths, output)
    if in_place and extract is None and not options.dry_run:
        wait_for_documents(run, paths, wait)
    columns, paths, unread = (
        split_databases(paths) if in_place and extract is None else ([], paths, [])
    )
    of_clients = Report(dry_run=options.dry_run)
    if columns:
        of_clients = _columns(run, columns, options)
    of_clients.files += unread
    if of_clients.files and not paths:
        return files_outcome(of_clients, store=run.store_path, notes=run.absent)
    documents = [Path(p) for p in paths]
    with run.stores(documents=paths) as stores, run.progress() as progress:
        if extract is not None:
            report = engine.extract(
                stores, documents, extract, options, progress=progress
            )
        elif in_place:
            report = engine.restore_paths(stores, documents, options, progress=progress)
        else:
            report = transfer(
                run,
                paths[0],
                output,
                files=lambda source, target: engine.restore_file(
                    stores, source, target, options
                ),
                streams=lambda source, target: engine.restore_stream(
                    stores, source, target, options
                ),
                dry_run=options.dry_run,
            )
    name_owner(report, run.known_stores, run.store_path)
    report.files[:0] = of_clients.files
    return files_outcome(report, store=run.store_path, notes=run.absent)


def _columns(
    run: Run, columns: "Sequence[Column]", options: "RestoreOptions"
) -> "Report":
    """Restore columns of databases."""
    from assetstore.rows.archive import restore_columns

    with run.stores() as stores, run.progress() as progress:
        return restore_columns(stores, columns, options, progress=progress)
