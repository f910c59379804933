"""``assetstore rescue``."""

from dataclasses import replace
from pathlib import Path

import click

from assetstore.cli.command import Outcome, Run, define, pass_run
from assetstore.cli.values import DURATION
from assetstore.errors import UsageError

EXAMPLES = """\
Examples:
  assetstore rescue -n 019a3c5e            what would be done
  assetstore rescue 019a3c5e
  assetstore rescue --worst --keep-last 3
  assetstore rescue --undo 019a3c5e

Close the thread in its client first. Pictures go to the store, the model reads a
line of text in their place; 'doctor' lists threads.
"""


@define(examples=EXAMPLES)
@click.argument("thread", required=False)
@click.option("--worst", is_flag=True, help="The thread that doctor lists first.")
@click.option("--undo", is_flag=True, help="Put everything back.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be done.")
@click.option(
    "--keep-last",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Leave the newest N pictures where the model sees them.",
)
@click.option("--older-than", type=DURATION, help="Take only pictures older than this.")
@click.option(
    "--only",
    type=click.Choice(["compacted"]),
    help="Take only the copies in records of compactions.",
)
@click.option("--image", default="", metavar="HASH", help="Take only this picture.")
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
    "--now", is_flag=True, help="Even if the log was written to a moment ago."
)
@pass_run
def rescue(
    run: Run,
    /,
    thread: str | None,
    worst: bool,
    undo: bool,
    dry_run: bool,
    keep_last: int,
    older_than: float | None,
    only: str | None,
    image: str,
    backup: Path | None,
    handoff: Path | None,
    fork: bool,
    now: bool,
) -> Outcome:
    """Bring a stuck thread of a coding agent back to life.

    THREAD is a log, or the beginning of a thread's id. Its pictures are archived and
    compared, its log is replaced, what the client keeps beside it is brought along,
    and the result is read as the client reads it. It can be interrupted at any
    point and run again.
    """
    import platformdirs

    from assetstore.cli.thread_views import rescue_outcome
    from assetstore.threads import rescue as engine
    from assetstore.threads.doctor import examine
    from assetstore.threads.find import find_threads, the_thread
    from assetstore.threads.fork import fork as fork_of
    from assetstore.threads.journal import Journal

    if (thread is None) != worst:
        raise UsageError("give a THREAD, or --worst", hint="See 'assetstore doctor'.")
    if undo and (dry_run or fork or keep_last or only or image or backup):
        raise UsageError("--undo goes with no option but a THREAD")
    if thread is not None:
        chosen = the_thread(thread)
    else:
        at_risk = examine().at_risk
        if not at_risk:
            raise UsageError("no thread is at risk", hint="See 'assetstore doctor'.")
        chosen = next(find_threads([Path(at_risk[0].path)]))
    if handoff is None:
        data = platformdirs.user_data_path("assetstore", appauthor=False)
        handoff = data / "handoffs" / f"{chosen.id}.md"
    options = engine.RescueOptions(
        keep_last=keep_last,
        older_than=older_than,
        only="compacted" if only else "",
        image=image,
        backup=backup,
        handoff=handoff,
        now=now or fork,
        dry_run=dry_run,
    )
    if undo and "store" not in run.given:
        run.given["store"] = Journal(chosen).record.get("store")
    with (
        run.store(create=not undo, dry_run=dry_run) as store,
        run.progress() as progress,
    ):
        if undo:
            report = engine.undo(store, chosen, progress=progress)
        else:
            if fork and not dry_run:
                chosen = fork_of(chosen)
            report = engine.rescue(store, chosen, options, progress=progress)
            if fork:
                report = replace(report, undo="")
    return rescue_outcome(report)
