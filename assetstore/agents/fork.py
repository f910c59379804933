"""Copy a thread under a new id."""

import os
from contextlib import ExitStack
from datetime import UTC, datetime

from assetstore.agents.ancestors import ancestors
from assetstore.agents.codex.one_log import one_log
from assetstore.agents.find import Thread
from assetstore.agents.log_text import opened
from assetstore.agents.thread_clients import client_named
from assetstore.command_line import quoted
from assetstore.errors import AssetstoreError
from assetstore.files.replace import Draft
from assetstore.files.source import Source


def fork(thread: Thread) -> Thread:
    """Copy a thread under a new id, where its client's format allows that.

    The copy is one log, whose history is all in it, wherever the thread's own is.

    Raises:
        SourceRefused: The format does not, or the file is compressed.
    """
    client = client_named(thread.client)
    forks = client is not None and client.forks
    if not forks or thread.compressed or len(thread.id) != 36:
        raise AssetstoreError(
            f"{thread.path} cannot be forked: it has no id that could be changed",
            hint="Rescue it in place; --undo takes that back.",
        )
    now = datetime.now(UTC)
    id = _uuid7(now)
    path = thread.path.with_name(thread.path.name.replace(thread.id, id))
    if thread.client == "codex":
        name = f"rollout-{now:%Y-%m-%dT%H-%M-%S}-{id}.jsonl"
        path = thread.path.with_name(name)
    old, new = thread.id.encode(), id.encode()
    with ExitStack() as stack:
        source = stack.enter_context(Source.open(thread.path))
        draft = stack.enter_context(Draft(path))
        parts = [
            (stack.enter_context(opened(base)), end)
            for base, end in reversed(list(ancestors(thread)))
        ]
        rest = b""
        for piece in one_log([*parts, (source, source.size)]):
            text = (rest + piece).replace(old, new)
            rest = text[len(text) - len(old) + 1 :]
            draft.write(text[: len(text) - len(rest)])
        draft.write(rest)
        draft.publish(like=source.fd)
    stat = path.stat()
    return Thread(path, thread.client, id, stat.st_size, stat.st_mtime_ns, stat.st_ino)


def resumed_by(thread: Thread) -> str:
    """The command line by which a thread's client goes on with it, or ""."""
    client = client_named(thread.client)
    if client is None or not client.resume:
        return ""
    return " ".join((*client.resume, quoted(thread.id)))


def _uuid7(now: datetime) -> str:
    """A time-ordered id (RFC 9562, version 7), as Codex names its threads."""
    from uuid import UUID

    value = int(now.timestamp() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(3 << 62) | 2 << 62
    return str(UUID(int=value))
