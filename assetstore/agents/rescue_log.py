"""Rescue a log of a thread: one step that can be resumed, and undone."""

import time
from collections.abc import Sequence
from dataclasses import replace

from assetstore.agents import compressed_log, failures, history
from assetstore.agents.backup import back_up
from assetstore.agents.check_loads import check_loads
from assetstore.agents.choose_pictures import chosen
from assetstore.agents.codex import state as codex_state
from assetstore.agents.codex.rollout import Rollout
from assetstore.agents.diagnose import Diagnosis, diagnosis
from assetstore.agents.disk_space import STANDS_IN, check_space, needs
from assetstore.agents.find import Thread
from assetstore.agents.foreseen import foresee
from assetstore.agents.handoff import hand_off
from assetstore.agents.journal import Journal
from assetstore.agents.named_blocks import named_spans
from assetstore.agents.reading import Image, Reading, read_thread
from assetstore.agents.request import LastError
from assetstore.agents.rescue_options import RescueOptions, RescueReport
from assetstore.agents.thread_clients import check_free as check_not_held
from assetstore.agents.undone import compared
from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import ArchiveOptions, Span
from assetstore.command_line import shown_command
from assetstore.errors import SourceInUse
from assetstore.files.durable import make_folder
from assetstore.files.leftovers import Sweeper
from assetstore.files.output import write_output
from assetstore.files.replace import check_replaceable
from assetstore.files.source import Source
from assetstore.progress import SILENT, Progress
from assetstore.restore.restore import RestoreOptions, Restorer
from assetstore.results import FileResult
from assetstore.store.store import Store

# A log without a lock that was written to so recently may be written to again.
_FRESH = 30.0


def rescue_log(
    store: Store,
    thread: Thread,
    options: RescueOptions,
    *,
    within: int | None = None,
    progress: Progress = SILENT,
) -> RescueReport:
    """Take the pictures out of a thread's log, so that the thread lives on.

    Run again after it was killed, it finishes what is left to do.

    Args:
        store: Where they go.
        thread: The thread, by that log.
        options: Which, and how.
        within: So many bytes of the log the model still sees; None: all.
        progress: Who is told how far it is.

    Raises:
        SourceInUse: The client has the thread loaded, or wrote to it just now.
        SourceRefused: The log cannot be replaced, or there is too little space.
        AssetstoreError: It did not work; the log is as it was.
        OSError: The same.
    """
    # First what a rescue left that was killed: the log is read as it is after that.
    if not options.dry_run:
        swept(store, thread)
    codex_state.recover(thread.path)
    if not options.dry_run:
        codex_state.mend(thread.path)
    check_free(thread, options)
    with Source.open(thread.path) as log:
        check_replaceable(log, thread.path)
    progress.start(thread.size, "examining")
    reading = read_thread(thread, within)
    taken, kept = chosen(reading, options, within)
    spans: tuple[Span, ...] = ()
    if options.message is not None and not taken:
        spans = named_spans(store, reading, options.message)
        taken = [_as_taken(span) for span in spans]
    plan = _planned(store, thread, reading, taken, kept, options)
    plan = replace(plan, documents=plan.documents - len(spans), blocks=len(spans))
    spare = frozenset(image.offset for image in kept)
    how = ArchiveOptions(spare=spare, media="any", spans=spans)
    if options.dry_run:
        return _foreseen(store, thread, plan, how, options, within, progress)
    text = b""
    if options.handoff is not None:
        make_folder(options.handoff.parent)
        text = hand_off(thread).text.encode()
        write_output(options.handoff, [text], sources=[thread.path])
    check_space(store, thread, reading, taken, options)
    journal = Journal(thread)
    backup = back_up(thread, options.backup)
    journal.begin(store, thread)
    if options.handoff is not None:
        journal.note_handoff(options.handoff, text)
    if taken:
        _answer(reading, journal, named=_is_named(reading.request.error, options))
    progress.start(thread.size, "rescuing")
    archiver = Archiver(store, how, progress)
    done = (
        compressed_log.archive(store, archiver, thread)
        if thread.compressed
        else _raised(archiver.in_place([thread.path])[0])
    )
    rows = history.slim(store, thread, journal, {image.blob for image in kept})
    now = read_thread(thread, within)
    lines = check_loads(store, thread, reading, now, len(kept))
    verdict = _judged(now, journal)
    return replace(
        plan,
        left=verdict.over,
        risk=verdict.risk,
        reason=verdict.reason,
        after=thread.path.stat().st_size,
        stored=done.stored,
        rows=rows,
        lines=lines,
        backup=backup,
        handoff=str(options.handoff or ""),
        request_after=now.request.size,
        carries=now.request.carried(thread.id),
    )


def _foreseen(
    store: Store,
    thread: Thread,
    plan: RescueReport,
    how: ArchiveOptions,
    options: RescueOptions,
    within: int | None,
    progress: Progress,
) -> RescueReport:
    """Say what a rescue would come to; where nobody can, what is planned."""
    progress.start(thread.size, "reading what it would be")
    found = foresee(store, thread, how, within, progress)
    if found is None:
        return plan
    done, now = found
    error = now.request.error
    answered = str(Journal(thread).record.get("answered", ""))
    verdict = diagnosis(now, answered=answered)
    taken = plan.images or plan.documents or plan.blocks
    # As `_answer` notes it, and `_judged` takes it.
    if (
        error is not None
        and taken
        and (_is_named(error, options) or failures.about(error) != "other")
    ):
        better = diagnosis(now, answered=failures.key(error))
        verdict = verdict if better.over else better
    return replace(
        plan,
        left=verdict.over,
        risk=verdict.risk,
        reason=verdict.reason,
        after=done.after,
        stored=done.stored,
        request_after=now.request.size,
        carries=now.request.carried(thread.id),
    )


def _judged(now: Reading, journal: Journal) -> Diagnosis:
    """Say what ails a rescued thread, as its client builds its request now.

    Its last error is dealt with if something was taken out for it, and nothing is
    left that the API refuses.
    """
    error = now.request.error
    if error is None:
        return diagnosis(now)
    key = failures.key(error)
    if journal.record.get("answering") == key:
        verdict = diagnosis(now, answered=key)
        if not verdict.over:
            journal.note(answered=key)
            return verdict
    return diagnosis(now, answered=str(journal.record.get("answered", "")))


def _as_taken(span: Span) -> Image:
    """List what is taken whatever it is, beside pictures; each a blob of its own."""
    size = span.end - span.start
    blob = span.start.to_bytes(8)
    return Image(span.start, size, blob, size, "", 0, 0, sent=True)


def _is_named(error: LastError | None, options: RescueOptions) -> bool:
    """Tell whether somebody says that what is taken out is what an error is about."""
    if error is None or options.message is None:
        return False
    named = failures.named(error)
    return named is None or named[0] == options.message[0]


def _answer(reading: Reading, journal: Journal, *, named: bool) -> None:
    """Note that something goes for the error that a thread ends with."""
    error = reading.request.error
    if error is not None and (named or failures.about(error) != "other"):
        journal.note(answering=failures.key(error))


def judged_again(report: RescueReport, thread: Thread) -> RescueReport:
    """Judge a thread again, now that those it goes on from were rescued, too."""
    now, journal = read_thread(thread), Journal(thread)
    if report.images or report.documents or report.blocks:
        _answer(now, journal, named=report.blocks > 0)
    verdict = _judged(now, journal)
    return replace(
        report,
        left=verdict.over,
        risk=verdict.risk,
        reason=verdict.reason,
        request_after=now.request.size,
        carries=now.request.carried(thread.id),
    )


def swept(store: Store, thread: Thread) -> None:
    """Put back what the last process left undone, before anything is read."""
    with store.doc_lock(thread.path, 5.0):
        Sweeper().sweep(thread.path)


def undo_log(
    store: Store, thread: Thread, *, progress: Progress = SILENT
) -> RescueReport:
    """Put everything back, and leave what the thread appended since behind it.

    Raises:
        SourceInUse: The client has the thread loaded.
        VerifyMismatch: The result is not what the log was before.
        AssetstoreError: It did not work; the log is as it was.
        OSError: The same.
    """
    swept(store, thread)
    codex_state.recover(thread.path)
    check_not_held(thread.path)
    journal = Journal(thread)
    own = store.manifest(thread.path)
    progress.start(thread.size, "restoring")
    restorer = Restorer(store, RestoreOptions(), progress)
    if thread.compressed:
        done = compressed_log.restore(store, restorer, thread)
    else:
        done = restorer.in_place(thread.path)
    rows = history.restore(store, thread, journal)
    exact, differs = compared(store, thread, journal, own, done.payloads)
    _retract_other_form(store, thread)
    stays, went = journal.take_handoff()
    journal.forget()
    return RescueReport(
        path=str(thread.path),
        thread=thread.id,
        before=done.before,
        after=thread.path.stat().st_size,
        images=done.payloads,
        rows=rows,
        undone=True,
        exact=exact,
        differs=differs,
        handoff=stays,
        handoff_removed=went,
    )


def _retract_other_form(store: Store, thread: Thread) -> None:
    """Let go of what a log needed in the form that its client has changed since.

    Codex compresses a log that is idle, and unpacks it when it is loaded.
    """
    name = thread.path.name
    name = name.removesuffix(".zst") if thread.compressed else f"{name}.zst"
    other = thread.path.with_name(name)
    own = store.manifest(other)
    if own is not None and not other.exists():
        store.retract(own)


def check_free(thread: Thread, options: RescueOptions) -> None:
    """Refuse a log that cannot be replaced now.

    Raises:
        SourceInUse: Its client is at work on it, or may be.
        SourceRefused: A fork of it cannot be brought along.
    """
    check_not_held(thread.path)
    rollout = Rollout.at(thread.path)
    if rollout is not None and rollout.history.exists():
        return  # its lock says for certain
    age = time.time() - thread.modified / 1e9
    if 0 <= age < _FRESH and not options.now:
        raise SourceInUse(
            f"{thread.path} was written to {age:.0f} seconds ago",
            hint="Close the session and wait half a minute, or give --now.",
            path=str(thread.path),
        )


def _planned(
    store: Store,
    thread: Thread,
    reading: Reading,
    taken: Sequence[Image],
    kept: Sequence[Image],
    options: RescueOptions,
) -> RescueReport:
    less = sum(image.length - STANDS_IN for image in taken)
    sent = sum(image.length - STANDS_IN for image in taken if image.sent)
    gone = {image.offset + image.length for image in taken}
    verdict = diagnosis(reading)
    left = [o for o in verdict.over if o.thread or o.end not in gone]
    hopeless = not taken and verdict.risk == "critical"
    return RescueReport(
        path=str(thread.path),
        thread=thread.id,
        before=thread.size,
        after=max(0, reading.size - less),
        images=sum(image.picture for image in taken),
        documents=sum(not image.picture for image in taken),
        kept=len(kept),
        request_before=reading.request.size,
        request_after=reading.request.size - sent,
        needed=sum(size for _, size in needs(store, thread, reading, taken, options)),
        dry_run=options.dry_run,
        left=tuple(left),
        risk=verdict.risk if hopeless else "low",
        reason=verdict.reason if hopeless else "",
        undo=shown_command(
            "rescue", "--undo", thread.id if thread.client else thread.path
        ),
    )


def _raised(result: FileResult) -> FileResult:
    if result.status == "failed" and result.error is not None:
        raise result.error
    return result
