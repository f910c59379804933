"""Whole logs of Codex as .zst, in the form that it gives logs which are idle for long.

Codex from 0.152 on lists such a log, goes on with it, and with what goes on from it,
and unpacks it when it is loaded; it needs no setting for that. Earlier versions cannot
read one: so a log is packed only if its first line says that it is of the numbered
kind.
Measured on 0.125, 0.152, 0.160 and 0.171 (docs/codex.md).
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import zstandard

from assetstore.agents.codex.forks import first_line
from assetstore.agents.codex.rollout import Rollout, writer_lock
from assetstore.agents.log_text import is_torn, unpack
from assetstore.documents.state import longest, states_at
from assetstore.errors import (
    AssetstoreError,
    DamagedManifest,
    SourceRefused,
    VerifyMismatch,
)
from assetstore.files.draft_names import draft_prefix
from assetstore.files.durable import sync_folder
from assetstore.files.in_use import leased
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import (
    Draft,
    changed,
    check_replaceable,
    check_unchanged,
)
from assetstore.files.source import CHUNK, Source, same
from assetstore.store.backends.temp import spool
from assetstore.store.store import Store

_LEVEL = 10
_WAIT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedLog:
    """A log that was packed, or unpacked.

    Attributes:
        path: The file that was there.
        to: The file that is there now, or would be.
        before: Its size in bytes.
        after: What it has now; 0 in a dry run.
        old: Whether it is of a version that cannot read one, and was left alone.
        error: Why else it was left alone, or None.
    """

    path: Path
    to: Path
    before: int
    after: int = 0
    old: bool = False
    error: AssetstoreError | OSError | None = None


def pack_logs(
    store: Store,
    logs: Iterable[Path],
    *,
    older_than: float,
    dry_run: bool = False,
) -> Iterator[PackedLog]:
    """Pack logs that are idle for long; what is left alone says why.

    Args:
        store: Knows what was archived from them.
        logs: They; others than Codex's, and those that are packed, are passed over.
        older_than: Only those that nobody wrote to for so many seconds.
        dry_run: Change nothing.
    """
    for path in logs:
        if Rollout.at(path) is None or path.suffix == ".zst":
            continue
        to, before = path.with_name(f"{path.name}.zst"), 0
        try:
            found = path.stat()
            before = found.st_size
            if time.time() - found.st_mtime < older_than:
                continue
            if not _is_numbered(path):
                yield PackedLog(path=path, to=path, before=before, old=True)
                continue
            after = 0 if dry_run else pack(store, path, to)
            yield PackedLog(path=path, to=to, before=before, after=after)
        except (AssetstoreError, OSError) as e:
            yield PackedLog(path=path, to=to, before=before, error=e)


def unpack_log(store: Store, path: Path) -> PackedLog:
    """Unpack a log in its place, byte for byte.

    Raises:
        SourceRefused: It is no packed log of Codex's, or torn, or there already.
        SourceInUse: Codex has its thread loaded.
        OSError: It cannot be read or written.
    """
    to = path.with_name(path.name.removesuffix(".zst"))
    if Rollout.at(path) is None or to == path:
        raise SourceRefused(f"{path} is no packed log of Codex", path=str(path))
    with ExitStack() as stack:
        packed = _held(stack, store, path, to)
        if is_torn(path):
            raise SourceRefused(
                f"{path} ends in the middle: it was not written to its end",
                hint="Unpack what is there of it with 'zstd -d'.",
                path=str(path),
            )
        text = stack.enter_context(spool()) / "text"
        unpack(path, text)
        source = stack.enter_context(Source.open(text))
        if not _is_there(to, source):
            with Draft(to) as draft:
                draft.write_all(source)
                draft.publish(like=packed.fd)
        _dated(to, packed)
        _claim(store, source, path, to)
        _removed(packed, path)
        with suppress(DamagedManifest):
            if (old := store.manifest(path)) is not None:
                store.retract(old)
    return PackedLog(path=path, to=to, before=packed.size, after=source.size)


def pack(store: Store, path: Path, to: Path) -> int:
    """Pack a log; return the size of what is in its place.

    The packed form is durable, read back and compared before the log goes. A kill
    leaves the log, or both, or the packed form; packed again, both become one.

    Raises:
        SourceInUse: Codex has its thread loaded, or somebody has it open for writing.
        SourceChanged: It was written to meanwhile.
        SourceRefused: Another file has the packed form's name.
        VerifyMismatch: What was packed is not the log. A fault.
        OSError: It cannot be read or written.
    """
    with ExitStack() as stack:
        source = _held(stack, store, path, to)
        if to.exists():
            _check_beginning(stack, to, source)
        with Draft(to) as draft:
            compressor = zstandard.ZstdCompressor(
                level=_LEVEL, write_checksum=True
            ).compressobj(size=source.size)
            for piece in source.pieces(0, source.size):
                draft.write(compressor.compress(piece))
            draft.write(compressor.flush())
            with (
                draft.reopened() as written,
                os.fdopen(os.dup(written.fd), "rb") as file,
            ):
                file.seek(0)
                reader = zstandard.ZstdDecompressor().stream_reader(file)
                if not same(iter(lambda: reader.read(CHUNK), b""), source):
                    raise VerifyMismatch(f"{path} was not compressed well")
            size = draft.size
            draft.publish(like=source.fd)
        _dated(to, source)
        _claim(store, source, path, to)
        try:
            _removed(source, path)
        except (AssetstoreError, OSError):
            to.unlink(missing_ok=True)
            raise
    return size


def _check_beginning(stack: ExitStack, packed: Path, text: Source) -> None:
    """Refuse a packed form that is not of a log, as it is or was.

    A process that was killed left both; its client goes on with the one that is not
    packed.

    Raises:
        SourceRefused: It is of something else.
    """
    was = stack.enter_context(spool()) / "was"
    unpack(packed, was)
    with Source.open(was) as old:
        if old.size > text.size or not same(text.pieces(0, old.size), old):
            raise SourceRefused(
                f"{packed} is there, and holds something else",
                hint="Look which of the two is to stay, and move the other away.",
                path=str(packed),
            )


def _held(stack: ExitStack, store: Store, path: Path, to: Path) -> Source:
    """A log that nobody else is at work on, by either of its names."""
    rollout = Rollout.at(path)
    assert rollout is not None  # noqa: S101 for the type checker
    stack.enter_context(writer_lock(rollout))
    for stripe in sorted({store.doc_stripe(path), store.doc_stripe(to)}):
        stack.enter_context(store.lock(stripe, _WAIT))
    for name in (path, to):
        Sweeper().sweep(name)
    source = stack.enter_context(Source.open(path))
    source.settle()
    check_replaceable(source, path)
    return source


def _is_numbered(path: Path) -> bool:
    """Tell whether a log is of the kind whose client can read it packed."""
    with suppress(ValueError, KeyError, TypeError):
        about = orjson.loads(first_line(path))["payload"]
        return bool(about["history_mode"] == "paginated")
    return False


def _is_there(path: Path, text: Source) -> bool:
    """Tell whether an unpacked log is there already.

    Raises:
        SourceRefused: Another one is.
    """
    if not path.exists():
        return False
    with Source.open(path) as old:
        if old.size == text.size and same(old.pieces(0, old.size), text):
            return True
    raise SourceRefused(f"{path} exists already", path=str(path))


def _dated(path: Path, source: Source) -> None:
    """Give a file the times of the one that it is made from: lists go by them."""
    os.utime(path, ns=(source.stat.st_atime_ns, source.stat.st_mtime_ns))


def _claim(store: Store, text: Source, path: Path, to: Path) -> None:
    """Let the store know a log by its new name, too: what it needs, and its own.

    The claim of the old name stays until it is retracted, so that nothing it needs is
    ever without one.
    """
    state = longest(text, states_at(store, path))
    if state is not None and longest(text, states_at(store, to)) is None:
        store.put_manifest(replace(state, document=str(to)))


def _removed(source: Source, path: Path) -> None:
    """Remove a file, unless somebody is at work on it just now.

    Raises:
        SourceInUse: Somebody has it open for writing.
        SourceChanged: It was written to; it is there as it is.
    """
    aside = path.with_name(f"{draft_prefix(path)}{os.urandom(8).hex()}.tmp")
    with leased(source.fd, str(path)) as undisturbed:
        check_unchanged(source, path)
        path.rename(aside)
        now = os.fstat(source.fd)
        same_time = now.st_mtime_ns == source.stat.st_mtime_ns
        if not (undisturbed() and same_time and now.st_size == source.size):
            aside.rename(path)
            raise changed(path)
        aside.unlink()
    sync_folder(path.parent)
