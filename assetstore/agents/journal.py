"""What is known of rescues that were begun."""

import json
import os
import time
from pathlib import Path
from typing import Any

import orjson
from blake3 import blake3

from assetstore.agents.codex.forks import earlier_forms
from assetstore.agents.codex.rollout import Rollout
from assetstore.agents.find import Thread
from assetstore.agents.log_records import is_whole
from assetstore.agents.log_text import opened
from assetstore.agents.log_values import values_of
from assetstore.documents.ownership import Lineage
from assetstore.documents.placeholders import find_placeholders
from assetstore.files.durable import make_folder, sync_folder
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft, absolute
from assetstore.files.source import Source
from assetstore.files.user_folders import user_folder
from assetstore.store.store import Store


def handoffs() -> Path:
    """Return the folder where a rescue writes what a thread knows."""
    return user_folder("data") / "handoffs"


class Journal:
    """What is known of a rescue that was begun, in a file of its own.

    It is written before anything that cannot be seen from the log itself.
    """

    def __init__(self, thread: Thread):
        state = user_folder("state")
        # Codex compresses a log, unpacks it and puts it away: it stays the thread.
        rollout = Rollout.at(thread.path)
        name = str(thread.path) if rollout is None else f"{rollout.home}#{rollout.id}"
        key = blake3(os.fsencode(name)).hexdigest(12)
        self.path = state / "rescue" / f"{key}.json"
        self.record: dict[str, Any] = {}
        try:
            record = orjson.loads(self.path.read_bytes())
            # One that is damaged says nothing; one of an older version has no sum.
            if isinstance(record, dict):
                check = record.pop("check", None)
                if check is None or check == _checksum(record):
                    self.record = record
        except (OSError, ValueError):
            pass

    def begin(self, store: Store, thread: Thread) -> None:
        """Note what a log is before its rescue, if that is not noted yet.

        One that holds placeholders already was another before; of that, nothing is
        known here.
        """
        if "started" in self.record:
            return
        facts: dict[str, object] = {}
        with opened(thread) as source:
            if not _was_archived(store, thread, source):
                facts = {"size": source.size, "blake3": source.blake3().hex()}
                if is_whole(thread.path):
                    facts["records"], facts["values"] = values_of(source)
        self.note(
            path=str(thread.path),
            thread=thread.id,
            store=str(store.root and absolute(store.root)),
            started=time.time(),
            history={},
            **facts,
        )

    def note(self, **facts: object) -> None:
        """Write facts down, durably."""
        self.record |= facts
        make_folder(self.path.parent)
        Sweeper().sweep(self.path)
        with Draft(self.path) as draft:
            record = {**self.record, "check": _checksum(self.record)}
            draft.write(json.dumps(record).encode())
            draft.publish()

    def note_handoff(self, path: Path, text: bytes) -> None:
        """Write down where it was written what a thread knows, durably."""
        self.note(handoff=[str(absolute(path)), blake3(text).hexdigest()])

    def take_handoff(self) -> tuple[str, str]:
        """Remove the handoff, if it is where handoffs go and as it was written.

        One whose place somebody named is theirs. It is gone durably: when the journal
        is gone too, nothing knows of it.

        Returns:
            Where one stays, and where one was; each may be "".
        """
        match self.record.get("handoff"):
            case [str(name), str(digest)]:
                path = Path(name)
            case _:
                return "", ""
        try:
            is_ours = path.parent == handoffs() and path.is_file()
            if is_ours and blake3(path.read_bytes()).hexdigest() == digest:
                path.unlink()
                sync_folder(path.parent)
                return "", name
            return (name if path.exists() else ""), ""
        except OSError:
            return name, ""

    def forget(self) -> None:
        """The rescue is undone."""
        Sweeper().sweep(self.path)
        self.path.unlink(missing_ok=True)


def _was_archived(store: Store, thread: Thread, source: Source) -> bool:
    """Tell whether a log is what an archive made of another.

    Without a placeholder it is none. That is asked first: to look for what a log was
    takes all manifests of a store, and `rescue --all` asks for each of its threads.
    """
    if next(find_placeholders(source), None) is None:
        return False
    earlier = earlier_forms(thread.path, source)
    known = Lineage(store).of(source, store.manifest(thread.path), earlier)
    return known.archived


def _checksum(record: dict[str, Any]) -> str:
    return blake3(json.dumps(record, sort_keys=True).encode()).hexdigest()
