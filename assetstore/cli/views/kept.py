"""Outcomes of ``assetstore threads``."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING

from assetstore.cli.failure import Problem, problem_of
from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, local_day, printable, size, when
from assetstore.quantities import many

if TYPE_CHECKING:
    from assetstore.agents.codex.packing import PackedLog
    from assetstore.agents.kept.bring_back import BroughtBack
    from assetstore.agents.kept.keeper import KeptThread
    from assetstore.agents.kept.listing import ThreadInfo
    from assetstore.store.format.manifest import Manifest

_MOST_WORDS = 60


def threads_outcome(threads: "Sequence[ThreadInfo]", *, gone: bool) -> Outcome:
    """Show the threads that a store keeps.

    Args:
        threads: They.
        gone: Whether they are only those that are gone.
    """
    return Outcome(
        result={
            "threads": [
                {
                    **asdict(thread),
                    "modified": when(thread.modified),
                    "kept": when(thread.kept),
                }
                for thread in threads
            ]
        },
        view=partial(_view_threads, threads, gone),
    )


def _view_threads(threads: "Sequence[ThreadInfo]", gone: bool, output: Output) -> None:
    if not threads:
        what = "no thread that is kept is gone" if gone else "no thread is kept here"
        output.remark("note", what, "blue")
        return
    output.table(
        ("THREAD", "CLIENT", "LAST", "", ">SIZE", "FIRST REQUEST"),
        [
            (
                printable(thread.thread[:36]),
                printable(thread.client or "-"),
                local_day(thread.modified),
                (thread.problem and "unreadable") or ("gone" if thread.gone else ""),
                size(thread.size),
                printable(_words(thread)),
            )
            for thread in threads
        ],
    )
    for thread in threads if output.verbosity > 0 else ():
        output.line(f"{printable(thread.thread[:36])}  {printable(thread.path)}")
        output.line(f"  {printable(thread.document)}")


def _words(thread: "ThreadInfo") -> str:
    if thread.problem:
        return thread.problem
    words = thread.first
    return words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + "…"


def kept_outcome(threads: "Sequence[KeptThread]", left: Sequence[str] = ()) -> Outcome:
    """Show what was kept of some threads, and of which clients nothing is."""
    problems = _problems(threads)
    return Outcome(
        result={
            "threads": [
                {
                    "document": thread.document,
                    "path": str(thread.path),
                    "kept": thread.kept,
                    "size": thread.size,
                    "files": thread.files,
                    "stored": thread.stored,
                }
                for thread in threads
            ],
        },
        view=partial(_view_kept, threads),
        exit_code=_exit_code(threads),
        errors=problems,
        warnings=[f"threads of {', '.join(left)} are no text, and not kept"]
        if left
        else [],
    )


def _exit_code(done: "Sequence[KeptThread | PackedLog]") -> int:
    """3 where some went wrong; the error's own where all did, alike."""
    codes = {problem_of(one.error).exit_code if one.error else 0 for one in done}
    return codes.pop() if len(codes) == 1 else 3 if codes else 0


def _problems(done: "Sequence[KeptThread | PackedLog]") -> list[Problem]:
    return [
        replace(problem_of(one.error), path=str(one.path))
        for one in done
        if one.error is not None
    ]


def _view_kept(threads: "Sequence[KeptThread]", output: Output) -> None:
    kept = [thread for thread in threads if thread.kept]
    for thread in kept if output.verbosity > 0 else ():
        output.line(
            f"kept {printable(str(thread.path))}: {many(thread.files, 'file')}, "
            f"{size(thread.size)}, {size(thread.stored)} added to the store"
        )
    same = sum(not t.kept and t.error is None for t in threads)
    output.report(
        f"kept {many(len(kept), 'thread')}, {size(sum(t.size for t in kept))}: "
        f"{size(sum(t.stored for t in kept))} added to the store; {same:,} as they were"
    )


def restored_outcome(report: "BroughtBack") -> Outcome:
    """Show what came back of a thread."""
    notes = []
    if report.purged:
        images = many(report.purged, "image")
        notes.append(f"{images} did not come back: they were purged from the store")
    if report.client == "gemini-cli" and report.files:
        notes.append(
            "Gemini CLI deletes by the date in a session: go on with it by "
            "'gemini --resume ID', or raise general.sessionRetention first"
        )

    def view(output: Output) -> None:
        if report.files:
            there = f", {report.there:,} were there" if report.there else ""
            output.report(
                f"{printable(report.path)}: {many(report.files, 'file')} came back, "
                f"{size(report.size)}{there}"
            )
        else:
            output.report(f"{printable(report.path)}: all of it is there")
        for note in notes:
            output.remark("note", note, "blue")

    return Outcome(result={**asdict(report), "notes": notes}, view=view)


def forgotten_outcome(manifest: "Manifest") -> Outcome:
    """Say that a thread is kept no longer."""
    return Outcome(
        result={"document": manifest.document, "refs": len(manifest.refs)},
        view=lambda output: output.report(
            f"{printable(manifest.document)} is kept no longer; gc frees what nothing "
            "else needs"
        ),
    )


def packed_outcome(logs: "Sequence[PackedLog]", *, dry_run: bool) -> Outcome:
    """Show which logs were packed, or unpacked.

    Args:
        logs: They, and those that were left alone.
        dry_run: Whether nothing was changed.
    """
    problems = _problems(logs)
    done = [log for log in logs if log.error is None and not log.old]
    old = sum(log.old for log in logs)

    def view(output: Output) -> None:
        for log in done if output.verbosity > 0 or dry_run else ():
            now = "" if dry_run else f" -> {size(log.after)}"
            output.line(f"{printable(str(log.to))}: {size(log.before)}{now}")
        total = size(sum(log.before for log in done))
        if not dry_run:
            total += f" -> {size(sum(log.after for log in done))}"
        verb = "would take" if dry_run else "took"
        output.report(f"{verb} {many(len(done), 'log')}, {total}")
        if old:
            output.report(
                f"{many(old, 'log')} of Codex before 0.152 left alone: it cannot read "
                "packed ones"
            )

    return Outcome(
        result={
            "dry_run": dry_run,
            "old": old,
            "logs": [
                {
                    "path": str(log.path),
                    "to": str(log.to),
                    "before": log.before,
                    "after": log.after,
                }
                for log in done
            ],
        },
        view=view,
        exit_code=_exit_code(logs),
        errors=problems,
    )
