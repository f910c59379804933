"""Rescue a thread, with all of its logs.

Codex makes a log of its own each time that a thread is rewound, which goes on from a
place in an older one. The model is sent the turns of each up to there; what came
behind stays on the disk, and is shown no more.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from assetstore.agents.ancestors import ancestors
from assetstore.agents.choose_pictures import chosen
from assetstore.agents.codex import state as codex_state
from assetstore.agents.codex.picture_fields import put_pictures_back
from assetstore.agents.codex.rollout import Rollout, writer_lock
from assetstore.agents.find import Thread, log_at
from assetstore.agents.reading import read_thread
from assetstore.agents.rescue_log import (
    check_free,
    judged_again,
    rescue_log,
    swept,
    undo_log,
)
from assetstore.agents.rescue_options import SUMMED, RescueOptions, RescueReport
from assetstore.progress import SILENT, Progress
from assetstore.store.store import Store

__all__ = ["RescueOptions", "RescueReport", "judged_again", "rescue", "undo"]


def rescue(
    store: Store,
    thread: Thread,
    options: RescueOptions,
    *,
    progress: Progress = SILENT,
) -> RescueReport:
    """Take the pictures out of a thread's logs, so that the thread lives on.

    Run again after it was killed, it finishes what is left to do.

    Raises:
        SourceInUse: The client has the thread loaded, or wrote to it just now.
        SourceRefused: A log cannot be replaced, or there is too little space.
        AssetstoreError: It did not work; the log that it names is as it was.
        OSError: The same.
    """
    if not options.dry_run:
        thread = _with_pictures(store, thread, options)
    if not thread.others:
        return rescue_log(store, thread, options, progress=progress)
    reports = []
    keep, named = options.keep_pictures, _named_in(thread, options)
    with ExitStack() as stack:
        _hold(stack, store, thread, dry_run=options.dry_run)
        for log, within in _logs(thread):
            if named is not None and log.path != named.path:
                continue
            each = replace(options, keep_pictures=keep, handoff=None)
            if log.path == thread.path:
                each = replace(each, handoff=options.handoff)
            if keep:
                kept = chosen(read_thread(log, within), each, within)[1]
                keep = max(0, keep - len({image.blob for image in kept}))
            reports.append(
                rescue_log(store, log, each, within=within, progress=progress)
            )
    report = _together(thread, reports)
    return report if options.dry_run else judged_again(report, thread)


def undo(store: Store, thread: Thread, *, progress: Progress = SILENT) -> RescueReport:
    """Put everything back, and leave what the thread appended since behind it.

    Raises:
        SourceInUse: The client has the thread loaded.
        VerifyMismatch: The result is not what a log was before.
        AssetstoreError: It did not work; the log that it names is as it was.
        OSError: The same.
    """
    if not thread.others:
        return undo_log(store, thread, progress=progress)
    with ExitStack() as stack:
        _hold(stack, store, thread)
        done = [undo_log(store, log, progress=progress) for log, _ in _logs(thread)]
    report = _together(thread, done)
    touched = [each for each in done if each.images or each.exact]
    return replace(report, exact=bool(touched) and all(each.exact for each in touched))


def _with_pictures(store: Store, thread: Thread, options: RescueOptions) -> Thread:
    """The thread, once its logs have pictures where placeholders did harm."""
    if thread.client != "codex":
        return thread
    changed = 0
    for log in thread.logs:
        if not log.compressed:
            swept(store, log)
            codex_state.recover(log.path)
            check_free(log, options)
            changed += put_pictures_back(store, log.path)
    if not changed:
        return thread
    others = tuple(log_at(log.path) for log in thread.others)
    return replace(log_at(thread.path), others=others)


def _hold(
    stack: ExitStack, store: Store, thread: Thread, *, dry_run: bool = False
) -> None:
    """Keep the client from loading a thread while its logs change one by one."""
    rollout = Rollout.at(thread.path)
    if rollout is not None:
        stack.enter_context(writer_lock(rollout, waits=not dry_run))
    for log in thread.logs:
        if not dry_run:
            swept(store, log)
        codex_state.recover(log.path)
    for log in thread.logs:
        codex_state.check_free(log.path)


def _logs(thread: Thread) -> Iterator[tuple[Thread, int | None]]:
    """A thread's logs, the newest first, and how much of each the model still sees.

    A log that goes on from another one is rescued before it: it changes with that.
    """
    ends = {base.path: end for base, end in ancestors(thread)}
    yield replace(thread, others=()), None
    for log in thread.others:
        yield log_at(log.path), ends.get(log.path, 0)


def _named_in(thread: Thread, options: RescueOptions) -> Thread | None:
    """The log that has the block which is to be taken out; None: all may."""
    if options.message is None:
        return None
    message, content, _ = options.message
    request = read_thread(thread).request
    origins = {p.origin for p in request.numbered if p.holds(message, content)}
    bases = [base for base, _ in ancestors(thread)][::-1]
    origin = max(origins, default=-1)
    own = origin >= 0 and bases[origin].id == thread.id
    return bases[origin] if own else thread


def _together(thread: Thread, reports: Sequence[RescueReport]) -> RescueReport:
    """Sum up what was done to a thread's logs, which come the newest first."""
    first = reports[0]
    less = sum(each.request_before - each.request_after for each in reports)
    sums: dict[str, Any] = {
        name: sum(getattr(each, name) for each in reports) for name in SUMMED
    }
    return replace(
        first,
        **sums,
        path=str(thread.path),
        request_after=first.request_before - less,
        differs="; ".join(each.differs for each in reports if each.differs),
        logs=1 + len(thread.others),
    )
