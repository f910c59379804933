"""Rescue a thread: one step that can be resumed, and undone."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from blake3 import blake3

from assetstore.agents import history, packed
from assetstore.agents.find import Thread
from assetstore.agents.handoff import hand_off
from assetstore.agents.journal import Journal
from assetstore.agents.loads import check_loads
from assetstore.agents.reading import (
    Image,
    Reading,
    opened,
    read_thread,
)
from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import ArchiveOptions
from assetstore.clients import codex_state
from assetstore.clients.codex_forks import earlier_forms
from assetstore.clients.codex_rollout import Rollout
from assetstore.errors import (
    SourceInUse,
    SourceRefused,
    VerifyMismatch,
)
from assetstore.files.draft_names import is_temporary
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft, make_folder
from assetstore.files.source import Source, same
from assetstore.progress import SILENT, Progress
from assetstore.restore.restore import RestoreOptions, Restorer
from assetstore.results import FileResult
from assetstore.store.store import Store

# About what stands in a picture's place, and a little room for everything else.
_STANDS_IN, _MARGIN = 200, 8 << 20
# A log without a lock that was written to so recently may be written to again.
_FRESH = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueOptions:
    """How to rescue.

    Attributes:
        keep_last: So many of the newest pictures stay, where the model sees them.
        older_than: Only pictures older than this, in seconds.
        only: "compacted": only copies in records of compactions.
        image: Only the picture whose hash begins with these digits.
        backup: A folder for a plain copy of the log.
        handoff: A file for what the thread knows; None: none is written.
        now: Do it even if the log was written to a moment ago.
        dry_run: Only say what would be done.
    """

    keep_last: int = 0
    older_than: float | None = None
    only: Literal["", "compacted"] = ""
    image: str = ""
    backup: Path | None = None
    handoff: Path | None = None
    now: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueReport:
    """What was done, or would be.

    Attributes:
        path: The log.
        thread: The thread's id.
        before: Bytes of the file before.
        after: Bytes after; for a dry run, about.
        images: Pictures taken out, or put back.
        kept: Pictures that stay.
        stored: Bytes added to the store.
        request_before: Bytes that a request carried before, about.
        request_after: Bytes that it carries now, about.
        needed: Bytes of free disk space that it takes, about.
        rows: Entries of the client's own history that were changed along.
        lines: Lines that were checked.
        backup: The plain copy, or "".
        handoff: Where it is written down what the thread knows, or "".
        undone: Whether the thread is as it was, with what came since.
        exact: For an undone one: whether it was compared with what it was.
        dry_run: Whether nothing was done.
        undo: The command that takes it back.
    """

    path: str
    thread: str
    before: int
    after: int
    images: int
    kept: int = 0
    stored: int = 0
    request_before: int = 0
    request_after: int = 0
    needed: int = 0
    rows: int = 0
    lines: int = 0
    backup: str = ""
    handoff: str = ""
    undone: bool = False
    exact: bool = False
    dry_run: bool = False
    undo: str = ""


def rescue(
    store: Store,
    thread: Thread,
    options: RescueOptions,
    *,
    progress: Progress = SILENT,
) -> RescueReport:
    """Take the pictures out of a thread's log, so that the thread lives on.

    Run again after it was killed, it finishes what is left to do.

    Raises:
        SourceInUse: The client has the thread loaded, or wrote to it just now.
        SourceRefused: The log cannot be replaced, or there is too little space.
        AssetstoreError: It did not work; the log is as it was.
        OSError: The same.
    """
    if not options.dry_run:
        _swept(store, thread)
    codex_state.recover(thread.path)
    _check_free(thread, options)
    progress.start(thread.size, "examining")
    reading = read_thread(thread)
    taken, kept = chosen(reading, options)
    plan = _planned(store, thread, reading, taken, kept, options)
    if options.dry_run:
        return plan
    if options.handoff is not None:
        options.handoff.parent.mkdir(parents=True, exist_ok=True)
        options.handoff.write_text(hand_off(thread).text, "utf-8")
    _check_space(store, thread, reading, taken, options)
    journal = Journal(thread)
    backup = _backed_up(thread, options)
    journal.begin(store, thread)
    progress.start(thread.size, "rescuing")
    spare = frozenset(image.offset for image in kept)
    archiver = Archiver(store, ArchiveOptions(spare=spare), progress)
    done = (
        packed.archive(store, archiver, thread)
        if thread.compressed
        else _raised(archiver.in_place([thread.path])[0])
    )
    rows = history.slim(store, thread, journal, {image.blob for image in kept})
    lines = check_loads(store, thread, reading, len(kept))
    now = read_thread(thread)
    return replace(
        plan,
        after=thread.path.stat().st_size,
        stored=done.stored,
        rows=rows,
        lines=lines,
        backup=backup,
        handoff=str(options.handoff or ""),
        request_after=now.request.size,
    )


def _swept(store: Store, thread: Thread) -> None:
    """Put back what the last process left undone, before anything is read."""
    with store.doc_lock(thread.path, 5.0):
        Sweeper().sweep(thread.path)


def undo(store: Store, thread: Thread, *, progress: Progress = SILENT) -> RescueReport:
    """Put everything back, and leave what the thread appended since behind it.

    Raises:
        SourceInUse: The client has the thread loaded.
        VerifyMismatch: The result is not what the log was before.
        AssetstoreError: It did not work; the log is as it was.
        OSError: The same.
    """
    _swept(store, thread)
    codex_state.recover(thread.path)
    codex_state.check_free(thread.path)
    journal = Journal(thread)
    progress.start(thread.size, "restoring")
    restorer = Restorer(store, RestoreOptions(), progress)
    if thread.compressed:
        done = packed.restore(store, restorer, thread)
    else:
        done = restorer.in_place(thread.path)
    rows = history.restore(store, thread, journal)
    exact = _is_original(thread, journal)
    _retract_other_form(store, thread)
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


def _is_original(thread: Thread, journal: Journal) -> bool:
    """Whether a log begins with what it was before its rescue."""
    record = journal.record
    if "size" not in record:
        return False
    with opened(thread) as source:
        forms = (source, *earlier_forms(thread.path, source))
        if not any(_digest(form, record["size"]) == record["blake3"] for form in forms):
            raise VerifyMismatch(
                f"{thread.path} does not begin with what it was before its rescue",
                hint="It was edited since, or rescued without some of its images.",
                path=str(thread.path),
            )
    return True


def _digest(source: Source, size: int) -> str:
    """The hash of a log's first bytes."""
    digest = blake3()
    for piece in source.pieces(0, min(source.size, size)):
        digest.update(piece)
    return digest.hexdigest()


def _check_free(thread: Thread, options: RescueOptions) -> None:
    codex_state.check_free(thread.path)
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


def chosen(reading: Reading, options: RescueOptions) -> tuple[list[Image], list[Image]]:
    """Which pictures of a thread go, and which stay."""
    stay: set[int] = set()
    newest: dict[bytes, Image] = {}
    for image in reading.images:
        if image.sent or image.blob not in newest or not newest[image.blob].sent:
            newest.pop(image.blob, None)
            newest[image.blob] = image
    if options.keep_last:
        stay |= {image.offset for image in list(newest.values())[-options.keep_last :]}
    for image in reading.images:
        young = options.older_than is not None and _age(image) < options.older_than
        if (
            young
            or (options.only == "compacted" and not image.compacted)
            or not image.blob.hex().startswith(options.image.lower())
        ):
            stay.add(image.offset)
    taken = [image for image in reading.images if image.offset not in stay]
    return taken, [image for image in reading.images if image.offset in stay]


def _age(image: Image) -> float:
    """Seconds since a picture's line was written; without a time, none."""
    try:
        written = datetime.fromisoformat(image.time)
    except ValueError:
        return 0.0
    if written.tzinfo is None:
        written = written.replace(tzinfo=UTC)
    return (datetime.now(UTC) - written).total_seconds()


def _planned(
    store: Store,
    thread: Thread,
    reading: Reading,
    taken: Sequence[Image],
    kept: Sequence[Image],
    options: RescueOptions,
) -> RescueReport:
    less = sum(image.length - _STANDS_IN for image in taken)
    sent = sum(image.length - _STANDS_IN for image in taken if image.sent)
    return RescueReport(
        path=str(thread.path),
        thread=thread.id,
        before=thread.size,
        after=max(0, reading.size - less),
        images=len(taken),
        kept=len(kept),
        request_before=reading.request.size,
        request_after=reading.request.size - sent,
        needed=sum(size for _, size in _needs(store, thread, reading, taken, options)),
        dry_run=options.dry_run,
        undo=f"assetstore rescue --undo {thread.id if thread.client else thread.path}",
    )


def _needs(
    store: Store,
    thread: Thread,
    reading: Reading,
    taken: Sequence[Image],
    options: RescueOptions,
) -> Iterator[tuple[Path, int]]:
    """Where how much space is needed."""
    less = sum(image.length - _STANDS_IN for image in taken)
    yield thread.path.parent, max(0, reading.size - less) + _MARGIN
    yield thread.path.parent, codex_state.fork_sizes(thread.path)
    blobs = {image.blob: image.size for image in taken}
    yield store.root or thread.path.parent, sum(blobs.values()) + _MARGIN
    if options.backup is not None:
        yield options.backup, thread.size
    if thread.compressed:
        yield Path(tempfile.gettempdir()), 2 * reading.size


def _check_space(
    store: Store,
    thread: Thread,
    reading: Reading,
    taken: Sequence[Image],
    options: RescueOptions,
) -> None:
    wanted: dict[int, tuple[Path, int]] = {}
    for place, size in _needs(store, thread, reading, taken, options):
        folder = place
        while not folder.exists():
            folder = folder.parent
        device = folder.stat().st_dev
        first, sum_ = wanted.get(device, (folder, 0))
        wanted[device] = first, sum_ + size
    for folder, size in wanted.values():
        free = shutil.disk_usage(folder).free
        if free < size:
            raise SourceRefused(
                f"the rescue needs {size >> 20:,} MiB at {folder}; "
                f"{free >> 20:,} MiB are free",
                hint="Keep the store on another disk with --store, or make room.",
                path=str(thread.path),
            )


def _backed_up(thread: Thread, options: RescueOptions) -> str:
    """Copy the log to the folder for backups, if there is to be a copy."""
    if options.backup is None:
        return ""
    make_folder(options.backup, 0o777)
    for name in os.listdir(options.backup):  # what a killed rescue left
        if is_temporary(name) and name.startswith(f".{thread.path.name}."):
            (options.backup / name).unlink(missing_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    target = options.backup / f"{thread.path.name}.{stamp}"
    with Source.open(thread.path) as source, Draft(target) as draft:
        draft.write_all(source)
        with draft.reopened() as copy:
            if not same(copy.pieces(0, copy.size), source):
                raise VerifyMismatch(f"the copy {target} differs", path=str(target))
        draft.publish(like=source.stat)
    return str(target)


def _raised(result: FileResult) -> FileResult:
    if result.status == "failed":
        error = SourceRefused(result.reason, hint=result.hint, path=result.path)
        error.exit_code = result.code
        raise error
    return result
