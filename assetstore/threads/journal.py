"""What is known of rescues that were begun."""

import json
import os
from typing import Any

import orjson
from blake3 import blake3

from assetstore.atomic import Draft, Sweeper, make_folder
from assetstore.threads.find import Thread


class Journal:
    """What is known of a rescue that was begun, in a file of its own.

    It is written before anything that cannot be seen from the log itself.
    """

    def __init__(self, thread: Thread):
        import platformdirs

        state = platformdirs.user_state_path("assetstore", appauthor=False)
        key = blake3(os.fsencode(thread.path)).hexdigest(12)
        self.path = state / "rescue" / f"{key}.json"
        self.record: dict[str, Any] = {}
        try:
            record = orjson.loads(self.path.read_bytes())
            if isinstance(record, dict):
                self.record = record
        except (OSError, ValueError):
            pass

    def note(self, **facts: object) -> None:
        """Write facts down, durably."""
        self.record |= facts
        make_folder(self.path.parent)
        Sweeper().sweep(self.path)
        with Draft(self.path) as draft:
            draft.write(json.dumps(self.record).encode())
            draft.publish()

    def forget(self) -> None:
        """The rescue is undone."""
        Sweeper().sweep(self.path)
        self.path.unlink(missing_ok=True)
