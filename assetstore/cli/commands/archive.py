"""``assetstore archive``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import FILE
from assetstore.cli.options import (
    many_files,
    media_option,
    refuse_given,
    sqlite_option,
)
from assetstore.cli.values import DURATION, FORMAT, SIZE, STREAM_NAME
from assetstore.cli.waiting import wait_for_databases, wait_for_documents, wait_option
from assetstore.errors import AssetstoreError, UsageError

if TYPE_CHECKING:
    from assetstore.archiver.options import ArchiveOptions
    from assetstore.results import Report
    from assetstore.rows.column import Column

EXAMPLES = """\
Examples:
  assetstore archive page.html
  assetstore archive ~/.codex/sessions --min-age 1h
  assetstore archive . --include '*.ipynb' --exclude 'build/**' --dry-run
  assetstore archive big.jsonl -o small.jsonl
  assetstore archive - <in.html >out.html
  assetstore archive --sqlite 'app.db#message.content'    a column of a database

A file is replaced only after its archived form was restored and compared with
it. SIZE is 4096, 4k, 1MiB or 1.5GB; DURATION is 30s, 10m, 2h or 14d.
"""


@define(examples=EXAMPLES, table="archive")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@click.option(
    "-o",
    "--output",
    type=FILE,
    metavar="FILE",
    help="Write the archived form here ('-': standard output), over a file that is "
    "there, and leave PATH alone.",
)
@click.option(
    "--stdin-name",
    type=STREAM_NAME,
    help="With '-': what 'ls' and 'forget' call the stream, after 'stdin:'; an "
    "earlier one of that name is superseded.  [default: by its content]",
)
@click.option(
    "--min-size",
    type=SIZE,
    help="Leave payloads shorter than this; 0 takes all. By default, those stay "
    "that would make the file grow.",
)
@click.option(
    "--min-age",
    type=DURATION,
    help="Leave files modified more recently than this.  [default: 0s]",
)
@media_option("image", "What to take; any: audio, video, fonts and PDF too.")
@click.option(
    "--profile",
    type=FORMAT,
    default="auto",
    show_default=True,
    help="How to read the documents: generic, json-lines, codex, claude-code, "
    "notebook, har, or a plug-in's format.",
)
@many_files
@click.option(
    "--ignore/--no-ignore",
    default=True,
    help="In folders, leave what .gitignore and .ignore name, dependencies, virtual "
    "environments, caches and source code.  [default: ignore]",
)
@click.option(
    "--binary",
    is_flag=True,
    help="With --output or '-': write an archived copy even of what is no text, "
    "which only 'restore' can read.",
)
@click.option(
    "--effort",
    type=click.IntRange(0, 9),
    default=0,
    show_default=True,
    metavar="N",
    help="Code what is new smaller at once, as 'optimize --max-effort N' does later.",
)
@sqlite_option
@click.option(
    "--vacuum",
    is_flag=True,
    help="Give the room that this made in a database back to the disk; needs as much "
    "again while it works.",
)
@wait_option
@pass_run
def archive(
    run: Run,
    /,
    paths: tuple[str, ...],
    output: str | None,
    stdin_name: str | None,
    min_size: int | None,
    min_age: float | None,
    effort: int,
    wait: float | None,
    sqlite: bool,
    vacuum: bool,
    **settings: Any,
) -> Outcome:
    """Take embedded media out of documents into the store.

    PATH is a file, a folder (with the documents below it; links are not followed,
    and version control's own folders are left alone), or '-' for standard input to
    standard output. The documents keep short placeholders, from which 'restore'
    brings back every byte.

    Only text is changed. Databases, archives, programs, pictures and all else that
    is binary or framed by lengths is passed over in folders (-v says why) and refused
    when named; but of a database in which a known client keeps its threads, the rows
    are archived ('assetstore clients'). In an agent's home, only session logs are
    touched.
    """
    from assetstore.archiver.run import (
        ArchiveOptions,
        archive_file,
        archive_paths,
        archive_stream,
    )
    from assetstore.cli.databases import (
        named_columns,
        refuse_vacuum,
        split_databases,
    )
    from assetstore.cli.stores import name_owner
    from assetstore.cli.streams import is_in_place, transfer
    from assetstore.cli.views.files import files_outcome
    from assetstore.results import Report

    if effort and not settings["dry_run"]:
        from assetstore.store.optimize.encode import check_packages

        check_packages()
    if min_size is not None:
        settings["min_size"] = min_size
    options = ArchiveOptions(min_age=min_age, **settings)
    if sqlite:
        if output is not None:
            raise UsageError("--output does not go with --sqlite")
        refuse_given(("include", "exclude", "ignore", "binary", "effort"), "--sqlite")
        wait_for_databases(run, paths, wait)
        named = named_columns(paths)
        report = _columns(run, named, options, vacuum=vacuum)
        return files_outcome(report, store=run.store_path)
    refuse_vacuum(paths, is_asked=vacuum)
    in_place = is_in_place(paths, output)
    if stdin_name is not None and "-" not in paths:
        raise UsageError(
            "--stdin-name goes only with '-'", hint="A file is known by its path."
        )
    if options.binary and in_place:
        raise UsageError(
            "--binary goes only with --output or '-'",
            hint="What is no text is never changed in place.",
        )
    if in_place and not options.dry_run:
        wait_for_documents(run, paths, wait)
    columns, paths, unread = split_databases(paths) if in_place else ([], paths, [])
    of_clients = Report(dry_run=options.dry_run)
    if columns:
        of_clients = _columns(run, columns, options, vacuum=vacuum)
    of_clients.files += unread
    if of_clients.files and not paths:
        return files_outcome(of_clients, store=run.store_path)
    with (
        run.store(create=True, dry_run=options.dry_run, documents=paths) as store,
        run.progress() as progress,
    ):
        before, coded = set(store.packs()), None
        notes: list[str] = []
        if in_place:
            report = archive_paths(
                store, [Path(p) for p in paths], options, progress=progress
            )
        else:
            report = transfer(
                run,
                paths[0],
                output,
                files=lambda source, target: archive_file(
                    store, source, target, options
                ),
                streams=lambda source, target: archive_stream(
                    store, source, target, options, document=stdin_name or ""
                ),
                dry_run=options.dry_run,
            )
        if effort and not options.dry_run:
            from assetstore.store.optimize.optimize import optimize

            try:
                coded = optimize(
                    store,
                    effort=effort,
                    wanted=lambda name: name not in before,
                    progress=progress,
                )
            except AssetstoreError as e:  # the documents are archived all the same
                notes.append(
                    f"What is new was not coded: {e}. 'assetstore optimize' does it."
                )
    name_owner(report, run.known_stores, run.store_path)
    report.files[:0] = of_clients.files
    return files_outcome(report, store=run.store_path, coded=coded, notes=notes)


def _columns(
    run: Run,
    columns: "Sequence[Column]",
    options: "ArchiveOptions",
    *,
    vacuum: bool,
) -> "Report":
    """Archive columns of databases."""
    from assetstore.cli.databases import vacuum as vacuum_them
    from assetstore.results import Why
    from assetstore.rows.archive import archive_columns

    with (
        run.store(create=True, dry_run=options.dry_run) as store,
        run.progress() as progress,
    ):
        report = archive_columns(store, columns, options, progress=progress)
    vacuum_them(run, report, is_asked=vacuum)
    unread = {c.document for c in columns if not c.format}  # of no known client
    if options.profile == "auto" and any(
        file.stays.reasons.get(Why.NOT_UNDERSTOOD.value)
        for file in report.files
        if file.path in unread
    ):
        text = (
            "--profile generic takes also what is not understood; its program "
            "must bear words in a picture's place"
        )
        run.remarks.append(("note", text))
    return report
