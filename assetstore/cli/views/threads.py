"""Outcomes of the commands on threads."""

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from assetstore.cli.failure import problem_of
from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, printable, printable_text, read_time, size
from assetstore.cli.views.databases import view_held, view_rescued
from assetstore.cli.views.forks import view_fork
from assetstore.cli.views.store import FINDINGS
from assetstore.command_line import shown_command
from assetstore.quantities import many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from assetstore.agents.api_limits import Over
    from assetstore.agents.conversation import Event
    from assetstore.agents.diagnose import Diagnosis
    from assetstore.agents.doctor import DoctorReport
    from assetstore.agents.found_clients import FoundClient
    from assetstore.agents.handoff import Handoff
    from assetstore.agents.rescue import RescueReport
    from assetstore.cli.failure import Problem

_COLORS = {"critical": "red", "high": "red", "medium": "yellow", "low": "green"}
_SHOWN_OVER = 5


def doctor_outcome(
    report: "DoctorReport",
    *,
    everything: bool,
    others: "Sequence[FoundClient]" = (),
) -> Outcome:
    """Show what ails which thread, and which other clients have some here."""
    from dataclasses import replace

    problems = [replace(problem_of(error), path=path) for path, error in report.errors]
    code = FINDINGS if report.at_risk else 3 if problems else 0
    return Outcome(
        result={
            "threads": [_plain(thread) for thread in report.threads],
            "at_risk": len(report.at_risk),
            "unchanged": report.unchanged,
            "size": sum(thread.size for thread in report.threads),
            "image_bytes": sum(thread.image_bytes for thread in report.threads),
            "other_clients": [other.client.name for other in others],
        },
        view=partial(_view_doctor, report, everything, others),
        exit_code=code,
        errors=problems,
    )


def _plain(thread: "Diagnosis") -> dict[str, Any]:
    plain = asdict(thread)
    del plain["helps"]
    return {**plain, "command": thread.command}


def _view_doctor(
    report: "DoctorReport",
    everything: bool,
    others: "Sequence[FoundClient]",
    output: Output,
) -> None:
    shown = report.threads if everything or output.verbosity > 0 else report.at_risk
    for thread in shown:
        _view_thread(thread, output)
    total = sum(thread.size for thread in report.threads)
    pictures = sum(thread.image_bytes for thread in report.threads)
    output.report(
        f"{many(len(report.threads), 'thread')}, {size(total)}, {size(pictures)} of "
        f"it images; {len(report.at_risk):,} at risk"
    )
    if not (report.threads or report.errors):
        output.remark(
            "hint",
            "No thread was found. 'assetstore clients' says where clients keep theirs; "
            "of others, name files or folders: assetstore doctor PATH",
            "cyan",
        )
    if others:
        also = "; ".join(f"{o.client.title} ({size(o.size)})" for o in others)
        output.report(f"not examined: {also}; 'assetstore clients' says more")


def _view_thread(thread: "Diagnosis", output: Output) -> None:
    word = click.style(thread.risk, fg=_COLORS[thread.risk], bold=True)
    kind = thread.client or "unknown client"
    what = f"{printable(thread.thread)}: {printable(thread.reason)}"
    output.line(f"{word} {kind} {what}")
    if thread.window:
        _view_log(thread, output)
    else:
        view_held(thread, output)
    output.line(f"  {printable(thread.path)}")
    if thread.command:
        output.line(f"  run: {printable(thread.command)}")


def _view_log(thread: "Diagnosis", output: Output) -> None:
    facts = f"{size(thread.size)}, longest line {size(thread.largest_line)}"
    if thread.images:
        facts += (
            f"; {size(thread.image_bytes)} in {many(thread.images, 'image')} "
            f"({thread.distinct:,} distinct, {thread.compacted_images:,} copies in "
            "compactions)"
        )
    output.line(f"  {facts}")
    output.line(
        f"  next request: {size(thread.request_bytes)}, "
        f"{many(thread.request_images, 'image')}, about {thread.request_tokens:,} of "
        f"{thread.window:,} tokens"
    )
    _view_over(thread.over, output.line)
    if thread.documents:
        output.line(
            f"  {many(thread.documents, 'document')} (PDF) go with each request: "
            f"{size(thread.document_bytes)}"
        )
    if thread.error and not thread.stuck:
        output.line(f"  its last turn failed: {printable(thread.error[:200])}")
    if thread.stays:
        output.line(
            f"  {many(thread.stays, 'payload')} would stay, {size(thread.stay_bytes)}: "
            "'archive -n -v' says why"
        )
    if thread.copies:
        output.line(
            f"  {many(thread.copies, 'line')} byte for byte as an earlier one: "
            f"{size(thread.copied)}"
        )
    if thread.unread:
        output.line(
            f"  {many(thread.unread, 'line')} torn, or nested too deep to be read: "
            "not counted here"
        )
    if thread.hidden:
        output.line("  not listed by /resume: its first message is too long")


def _view_over(over: "Sequence[Over]", write: "Callable[[str], None]") -> None:
    """The blocks that an API refuses, and how to take out one alone."""
    for block in over[:_SHOWN_OVER]:
        place = f"line {block.line}" + (
            f" of {printable(block.thread)}" if block.thread else ""
        )
        words = f"  {place}, {block.block}: {printable(block.what)}"
        if block.goes and block.image and block.kind == "image":
            words += f" (rescue --image {block.image} takes out only this one)"
        write(words)
    if len(over) > _SHOWN_OVER:
        write(f"  ... and {len(over) - _SHOWN_OVER:,} more such blocks")


def rescue_outcome(
    reports: "Sequence[RescueReport]", problems: "Sequence[Problem]", *, alone: bool
) -> Outcome:
    """Show what became of threads.

    Args:
        reports: Of those that something was done for.
        problems: What went wrong with the others.
        alone: Whether one thread was named, and this is about that one.
    """
    threads = [asdict(report) for report in reports]
    if alone:
        return Outcome(
            result={**threads[0], "threads": threads},
            view=partial(_view_rescue, reports[0]),
            exit_code=0 if reports[0].well else FINDINGS,
        )
    well = all(report.well for report in reports)
    code = 0 if well else FINDINGS
    if codes := {problem.exit_code for problem in problems}:
        code = 3 if threads or len(codes) > 1 else codes.pop()
    from assetstore.agents.rescue_options import SUMMED

    sums = {name: sum(thread[name] for thread in threads) for name in SUMMED}

    def view(output: Output) -> None:
        for report in reports:
            _view_rescue(report, output)
        output.report(
            f"{many(len(reports), 'thread')}, {size(sums['before'])} -> "
            f"{size(sums['after'])}"
            + (f"; {len(problems):,} failed" if problems else "")
        )

    return Outcome(
        result={**sums, "threads": threads},
        view=view,
        exit_code=code,
        errors=problems,
    )


def _view_rescue(report: "RescueReport", output: Output) -> None:
    if report.columns:
        view_rescued(report, output)
        return
    sizes = f"{size(report.before)} -> {size(report.after)}"
    name = printable(report.thread)
    if report.undone:
        word, what = "undone", f"{sizes}, {many(report.images, 'image')} put back"
        if not report.images and not report.rows and not report.handoff_removed:
            word, what = "unchanged", "there was nothing to put back"
        output.report(f"{click.style(word, fg='green')} {name}: {what}")
        if report.exact:
            output.report("  compared with what it was: every byte is back")
        if report.differs:
            output.report(f"  {printable(report.differs)}")
        if report.handoff:
            output.report(f"  what it knew stays in {printable(report.handoff)}")
        if report.handoff_removed:
            output.report(f"  removed: {printable(report.handoff_removed)}")
        return
    # "rescued" never stands beside something that the API still refuses.
    word, color = "would rescue" if report.dry_run else "rescued", "green"
    if not report.well:
        word = "would not rescue" if report.dry_run else "not rescued"
        color = "red"
    what = many(report.images, "image")
    if report.documents:
        what = f"{what}, {many(report.documents, 'document')}"
    if report.blocks:
        what = many(report.blocks, "block")
    facts = f"{sizes}, {what} taken out"
    if not report.images and not report.documents and not report.blocks:
        facts = "there was nothing left to take out"
    if report.kept:
        facts += f", {report.kept:,} left"
    output.report(f"{click.style(word, fg=color)} {name}: {facts}")
    if not report.well:
        _view_left(report, output)
    output.report(
        f"  next request: {size(report.request_before)} -> {size(report.request_after)}"
    )
    for thread, count in report.carries.items():
        origin = printable(thread)
        output.report(
            f"  it still carries {many(count, 'image')} of {origin}, which it goes on "
            f"from: {shown_command('rescue', origin)}"
        )
    if report.forked:
        view_fork(report, output)
    if report.dry_run:  # nothing else was done yet
        output.report(f"  needs {size(report.needed)} of free disk space")
        return
    if report.rows:
        output.report(f"  {report.rows:,} of the client's own entries slimmed as well")
    output.report(f"  checked: {many(report.lines, 'line')}, each as before")
    if report.backup:
        output.report(f"  copy: {printable(report.backup)}")
    if report.handoff:
        output.report(f"  what it knows: {printable(report.handoff)}")
    output.report(f"  {printable(report.path)}")
    if report.undo:
        output.report(f"  to take it back: {printable(report.undo)}")


def _view_left(report: "RescueReport", output: Output) -> None:
    """Show what still keeps a thread from going on, and what to do."""
    if report.reason:
        output.report(f"  {printable(report.reason)}")
    if report.left:
        output.report(
            f"  left, and refused by the API: {many(len(report.left), 'block')}"
        )
        _view_over(report.left, output.report)
    if report.kept:
        output.report("  'rescue' without options that leave images takes them all")
    else:
        output.report(
            "  go on in a new thread: what this one knows is in the handoff below, or "
            "from 'assetstore handoff'"
        )


def handoff_outcome(handoff: "Handoff", output_file: "Path | None") -> Outcome:
    """Show what a thread knows."""

    def view(output: Output) -> None:
        if output_file is None:
            output.line(printable_text(handoff.text.rstrip("\n")))
        else:
            output.report(
                f"wrote {printable(str(output_file))}: about {handoff.tokens:,} tokens"
            )

    return Outcome(
        result={**asdict(handoff), "output": str(output_file) if output_file else None},
        view=view,
    )


def show_outcome(events: "Iterable[Event]", *, full: bool) -> Outcome:
    """A conversation."""
    found = [event for event in events if event.kind not in ("about", "turn")]

    def view(output: Output) -> None:
        for event in found:
            _view_event(event, output, full=full)

    return Outcome(
        result={
            "events": [
                {
                    "kind": e.kind,
                    "line": e.line,
                    "time": e.time,
                    "text": e.text,
                    "name": e.name,
                    "ok": e.ok,
                    "facts": e.facts,
                    "images": [
                        {
                            "number": p.number,
                            "name": p.name,
                            "size": p.size,
                            "placeholder": p.placeholder,
                        }
                        for p in e.pictures
                    ],
                }
                for e in found
            ]
        },
        view=view,
    )


_SPEAKERS = {"user": "cyan", "agent": "green", "summary": "magenta", "error": "red"}
_SHORT = 2000


def _view_event(event: "Event", output: Output, *, full: bool) -> None:
    text = event.text
    if event.kind == "call":
        facts = event.facts
        text = facts.get("command") or ", ".join(
            f"{what} {path}" for what, path in facts.get("files", ())
        )
        text = text or "; ".join(f"{s}: {step}" for s, step in facts.get("plan", ()))
        text = text or facts.get("arguments", "")
        name = click.style(f"  {printable(event.name)}: ", dim=True)
        output.line(name + _lines(text, 300, full))
    elif event.kind == "result":
        word = {True: "ok", False: "failed", None: "gave"}[event.ok]
        short = _lines(text.strip(), 300, full).replace("\n", "\n    ")
        output.line(click.style(f"  {word} ", dim=True) + short)
    else:
        head = click.style(event.kind, fg=_SPEAKERS[event.kind], bold=True)
        output.line(f"\n{head} {printable(read_time(event.time))} (line {event.line})")
        if text:
            output.line(_lines(text, _SHORT, full))
    for p in event.pictures:
        name = printable(p.name)
        facts_ = f"{name}, {size(p.size)}" if p.size else name
        held = f", {p.placeholder}" if p.placeholder else ""
        output.line(click.style(f"  [image {p.number}: {facts_}{held}]", fg="blue"))


def _lines(text: str, most: int, full: bool) -> str:
    """Lines of a document, for a terminal."""
    if not full and len(text) > most:
        text = f"{text[:most]} […{len(text) - most:,} more characters]"
    return printable_text(text.replace("\t", "    "))


def image_outcome(number: int, length: int, path: "Path") -> Outcome:
    """An image of a conversation."""
    return Outcome(
        result={"image": number, "size": length, "output": str(path)},
        view=lambda output: output.report(
            f"image {number}: {size(length)} in {printable(str(path))}"
        ),
    )
