"""``assetstore rescue``."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.failure import Problem, problem_of
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import THREAD
from assetstore.cli.options import dry_run_option, media_option
from assetstore.cli.values import BLOCK, DURATION
from assetstore.cli.waiting import wait_for_documents, wait_option
from assetstore.errors import UsageError

if TYPE_CHECKING:
    from assetstore.agents.client_rows import ClientDatabase
    from assetstore.agents.find import Thread
    from assetstore.agents.rescue import RescueOptions, RescueReport
    from assetstore.progress import Progress

EXAMPLES = """\
Examples:
  assetstore rescue -n 019a3c5e            what would be done
  assetstore rescue 019a3c5e
  assetstore rescue --worst --keep-pictures 3
  assetstore rescue --all                  every thread that doctor finds at risk
  assetstore rescue 0d4e5b1c --message 12.3
  assetstore rescue --undo 019a3c5e
  assetstore rescue ~/.local/share/opencode/opencode.db

Close the thread in its client first. Pictures and documents go to the store, the
model reads a line of text in their place; 'doctor' lists threads. An error of the
API that names messages.12.content.3 means --message 12.3. What the API would still
refuse is listed, and makes the exit code 4.
"""


@define(examples=EXAMPLES)
@click.argument("threads", nargs=-1, type=THREAD, metavar="[THREAD]...")
@click.option("--worst", is_flag=True, help="The thread that doctor lists first.")
@click.option("--all", "everything", is_flag=True, help="All that doctor lists.")
@click.option("--undo", is_flag=True, help="Put everything back.")
@dry_run_option()
@click.option(
    "--keep-pictures",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Leave the newest N pictures where the model sees them.",
)
@click.option("--keep-last", type=click.IntRange(min=0), hidden=True)
@click.option("--older-than", type=DURATION, help="Take only pictures older than this.")
@click.option(
    "--only",
    type=click.Choice(["compacted"]),
    help="Take only the copies in records of compactions.",
)
@click.option("--image", default="", metavar="HASH", help="Take only this picture.")
@click.option(
    "--message",
    type=BLOCK,
    metavar="N[.M]",
    help="Take only this message, or block of it (messages.N.content.M), if that is "
    "all words, too.",
)
@media_option("any", "Take documents (PDF) and other data too, or pictures only.")
@click.option(
    "--backup",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write a plain copy of the log here first.",
)
@click.option(
    "--handoff",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write down what the thread knows.  [default: the data folder]",
)
@click.option(
    "--fork",
    is_flag=True,
    help="Leave the thread as it is and make a small copy as a new thread.",
)
@click.option(
    "--vacuum",
    is_flag=True,
    help="Of a database: give the room back to the disk; needs as much again while it "
    "works.",
)
@click.option(
    "--now", is_flag=True, help="Even if the log was written to a moment ago."
)
@wait_option
@pass_run
def rescue(
    run: Run,
    /,
    threads: tuple[str, ...],
    worst: bool,
    everything: bool,
    undo: bool,
    dry_run: bool,
    keep_pictures: int,
    keep_last: int | None,
    older_than: float | None,
    only: str | None,
    image: str,
    message: tuple[int, int | None, int | None] | None,
    media: Literal["image", "any"],
    backup: Path | None,
    handoff: Path | None,
    fork: bool,
    vacuum: bool,
    now: bool,
    wait: float | None,
) -> Outcome:
    """Bring a stuck thread of a coding agent back to life.

    THREAD is a log, the beginning of a thread's id, or the database of a client that
    keeps its threads there, which are rescued at once. Its pictures are archived and
    compared, its log is replaced, what the client keeps beside it is brought along,
    and the result is read as the client reads it. Of a thread that was rewound, all
    logs are. It can be interrupted at any
    point and run again. It ends well only if nothing is left in the thread that the
    client would send and the API refuse. Several threads are worked off one by one;
    what goes wrong with one ends none of the others, and makes the exit code 3.
    """
    from assetstore.agents.client_rows import ClientDatabase
    from assetstore.agents.rescue import RescueOptions
    from assetstore.cli.databases import refuse_databases
    from assetstore.cli.views.threads import rescue_outcome

    if keep_last is not None:
        run.remarks.append(
            (
                "warning",
                "--keep-last is called --keep-pictures now; the next version does not "
                "know the old name",
            )
        )
        keep_pictures = keep_last
    if bool(threads) + worst + everything != 1:
        raise UsageError(
            "give THREADs, or --worst, or --all", hint="See 'assetstore doctor'."
        )
    if undo and (
        dry_run
        or fork
        or keep_pictures
        or only
        or image
        or message
        or backup
        or vacuum
        or not threads
    ):
        raise UsageError("--undo goes with no option but THREADs")
    if message is not None and (everything or len(threads) > 1):
        raise UsageError("--message goes with one THREAD")
    if handoff is not None and (everything or len(threads) > 1):
        raise UsageError("--handoff goes with one THREAD", hint="Leave it out.")
    chosen, problems = _chosen(run, threads, worst=worst)
    of_logs = keep_pictures or older_than or only or image or message or backup or fork
    if of_logs or handoff:
        refuse_databases(chosen)
    alone = len(chosen) == 1 and not everything and not problems
    options = RescueOptions(
        keep_pictures=keep_pictures,
        older_than=older_than,
        only="compacted" if only else "",
        image=image,
        message=message,
        media=media,
        backup=backup,
        now=now or fork,
        vacuum=vacuum,
        dry_run=dry_run,
    )
    reports = []
    if not (dry_run or fork):
        wait_for_documents(run, [thread.path for thread in chosen], wait)
    with run.progress() as progress:
        for thread in chosen:
            try:
                if isinstance(thread, ClientDatabase):
                    report = _in_database(run, thread, options, progress, undo=undo)
                elif undo:
                    report = _undone(run, thread, progress)
                else:
                    each = replace(options, handoff=handoff or _place(thread))
                    report = _rescued(run, thread, each, progress, fork=fork)
            except Exception as e:  # one thread ends none of the others
                if alone:
                    raise
                problems.append(replace(problem_of(e), path=str(thread.path)))
            else:
                reports.append(report)
        for i, report in enumerate(reports):
            again = not (report.well or undo or dry_run or report.columns)
            if len(reports) > 1 and again:
                try:
                    reports[i] = _judged_again(report)
                except Exception as e:
                    problems.append(replace(problem_of(e), path=report.path))
    return rescue_outcome(reports, problems, alone=alone)


def _chosen(
    run: Run, names: Sequence[str], *, worst: bool
) -> tuple[list["Thread | ClientDatabase"], list[Problem]]:
    """Find out what to work on, each once, and what doctor could not read."""
    from assetstore.agents.client_rows import find_databases
    from assetstore.agents.doctor import examine
    from assetstore.agents.find import find_threads, the_thread
    from assetstore.cli.databases import client_databases, refuse_row
    from assetstore.files.user_folders import user_folder

    if names:
        named, others, unread = client_databases([Path(name) for name in names])
        found: dict[Path, Thread | ClientDatabase] = {}
        for database in named:
            found[database.path] = database
        for name in others:
            refuse_row(str(name), find_databases(os.environ))
            thread = the_thread(str(name), run.homes)
            found[thread.path] = thread
        return list(found.values()), [
            replace(problem_of(error), path=path) for path, error in unread
        ]
    cache = user_folder("cache")
    databases = list(find_databases(os.environ))
    report = examine(homes=run.homes, databases=databases, cache=cache)
    at_risk = [Path(thread.path) for thread in report.at_risk]
    if worst:
        if not at_risk:
            raise UsageError("no thread is at risk", hint="See 'assetstore doctor'.")
        at_risk, report.errors = at_risk[:1], []
    rows = [database for database in databases if database.path in at_risk]
    logs = [path for path in at_risk if path not in {row.path for row in rows}]
    return [*rows, *(find_threads(logs) if logs else ())], [
        replace(problem_of(error), path=path) for path, error in report.errors
    ]


def _place(thread: "Thread") -> Path:
    """Choose the file for what a thread knows, if none is named."""
    from assetstore.agents.journal import handoffs

    return handoffs() / f"{thread.id}.md"


def _rescued(
    run: Run,
    thread: "Thread",
    options: "RescueOptions",
    progress: "Progress",
    *,
    fork: bool,
) -> "RescueReport":
    from assetstore.agents import rescue as engine
    from assetstore.agents.codex.left_beside import left_beside
    from assetstore.agents.fork import fork as fork_of
    from assetstore.agents.fork import resumed_by

    documents = [log.path for log in thread.logs]
    if _would_make_store(run, options):
        with run.store(create=True, dry_run=True, documents=documents) as none:
            engine.rescue(none, thread, replace(options, dry_run=True))
    with run.store(create=True, dry_run=options.dry_run, documents=documents) as store:
        origin = thread.id if fork else ""
        if fork and not options.dry_run:
            thread = fork_of(thread)
        report = engine.rescue(store, thread, options, progress=progress)
    if not options.dry_run:
        run.remarks += [("note", words) for words in left_beside(thread.path)]
    if not fork:
        return report
    resume = "" if options.dry_run else resumed_by(thread)
    return replace(report, undo="", forked=origin, resume=resume)


def _would_make_store(run: Run, options: "RescueOptions") -> bool:
    """Tell whether a store is named that is not there, which may be a mistake.

    What is refused then must not leave an empty one behind: it is tried first.
    """
    if options.dry_run or not run.given.get("store"):
        return False
    return not (run.store_path / "config").is_file()


def _judged_again(report: "RescueReport") -> "RescueReport":
    from assetstore.agents.find import the_thread
    from assetstore.agents.rescue import judged_again

    return judged_again(report, the_thread(report.path))


def _in_database(
    run: Run,
    database: "ClientDatabase",
    options: "RescueOptions",
    progress: "Progress",
    *,
    undo: bool,
) -> "RescueReport":
    """Rescue the threads of a database, or undo that from the store that it went to."""
    from assetstore.agents import rescue_rows as engine

    if not undo:
        if _would_make_store(run, options):
            with run.store(create=True, dry_run=True) as none:
                engine.rescue_database(none, database, replace(options, dry_run=True))
        with run.store(create=True, dry_run=options.dry_run) as store:
            return engine.rescue_database(store, database, options, progress=progress)
    named = run.given.get("store")
    try:
        known = engine.journal_at(database.path).record.get("store")
        run.given["store"] = named or known
        with run.store() as store:
            return engine.undo_database(store, database, progress=progress)
    finally:
        run.given["store"] = named


def _undone(run: Run, thread: "Thread", progress: "Progress") -> "RescueReport":
    """Undo the rescue of a thread, from the store that it went to."""
    from assetstore.agents import rescue as engine
    from assetstore.agents.journal import Journal

    named = run.given.get("store")
    try:
        logs = thread.logs
        stores = (Journal(log).record.get("store") for log in logs)
        run.given["store"] = named or next(filter(None, stores), None)
        with run.store(documents=[log.path for log in logs]) as store:
            return engine.undo(store, thread, progress=progress)
    finally:
        run.given["store"] = named
