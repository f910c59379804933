"""Sessions that quote placeholders, archived, rescued and undone in any order."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from assetstore.agents.find import find_threads
from assetstore.agents.rescue import RescueOptions, rescue, undo
from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.errors import AssetstoreError
from assetstore.restore.run import restore_paths
from assetstore.store.format.placeholder import PATTERN
from support.samples import b64, picture, uri
from support.stores import folder_store

SHOTS = [picture(12, 9, number) for number in range(3)]
NUMBERS = st.integers(0, len(SHOTS) - 1)
SESSION = "11111111-2222-4333-8444-555555555555"
ROLLOUT = f"rollout-2026-09-01T00-00-00-{SESSION}.jsonl"
NOBODYS = "as1:" + "a" * 27
# What is said of a placeholder, or of the log, by the user, a tool, or a summary.
QUOTES: list[Callable[[str, str], str]] = [
    lambda name, log: name,
    lambda name, log: f"[image 12x9 png archived {name}]",
    lambda name, log: f"so {name}, {name[:25]} and [image 12x9 png archived {name}].",
    lambda name, log: json.dumps({"result": [{"placeholder": name, "size": 100}]}),
    lambda name, log: log.splitlines()[-1],
    lambda name, log: log[-2000:],
]

Record = dict[str, Any]


def claude_code(kind: str, words: str, shot: bytes | None) -> Record:
    content: list[object] = [{"type": "text", "text": words}]
    source = {"type": "base64", "media_type": "image/png", "data": b64(shot or b"")}
    if shot is not None:
        content.append({"type": "image", "source": source})
    if kind == "tool":
        content = [{"type": "tool_result", "tool_use_id": "t", "content": content}]
    return {
        "parentUuid": None,
        "isSidechain": False,
        "type": "user",
        "message": {"role": "user", "content": content},
        "sessionId": SESSION,
        **({"isCompactSummary": True} if kind == "summary" else {}),
        **({"toolUseResult": {"stdout": words}} if kind == "tool" else {}),
    }


def codex(kind: str, words: str, shot: bytes | None) -> Record:
    content = [{"type": "input_text", "text": words}]
    if shot is not None:
        content.append({"type": "input_image", "image_url": uri(shot)})
    said = {"type": "message", "role": "user", "content": content}
    if kind == "tool":
        said = {"type": "function_call_output", "call_id": "c", "output": words}
    if kind == "summary":
        return {
            "timestamp": "2026-09-01T00:00:00Z",
            "type": "compacted",
            "payload": {"message": words, "replacement_history": [said]},
        }
    return {
        "timestamp": "2026-09-01T00:00:00Z",
        "type": "response_item",
        "payload": said,
    }


PLACES = {
    f".claude/projects/-p/{SESSION}.jsonl": claude_code,
    f".codex/sessions/2026/09/01/{ROLLOUT}": codex,
}


class Quotes(RuleBasedStateMachine):
    """A session, and each line as its client wrote it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="assetstore-test-"))
        self.store = folder_store(self.folder)
        self.want: list[bytes] = []

    @initialize(place=st.sampled_from(sorted(PLACES)))
    def begin(self, place: str) -> None:
        self.record = PLACES[place]
        self.path = self.folder / place
        self.path.parent.mkdir(parents=True)
        self.write("user", "look", SHOTS[0])

    def write(self, kind: str, words: str, shot: bytes | None) -> None:
        record = self.record(kind, words, shot)
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        with self.path.open("ab") as file:
            file.write(line)
        self.want.append(line)

    def check(self) -> None:
        """Lines without a picture are as the client wrote them."""
        os.utime(self.path, (1_790_000_000 + len(self.want),) * 2)
        lines = self.path.read_bytes().splitlines(keepends=True)
        assert len(lines) == len(self.want)
        for line, want in zip(lines, self.want, strict=True):
            if not re.search(rb"[A-Za-z0-9+/]{100}", want):
                assert line == want

    @rule(number=NUMBERS)
    def show(self, number: int) -> None:
        self.write("user", "look", SHOTS[number])

    @rule(
        kind=st.sampled_from(["user", "tool", "summary"]),
        quote=st.sampled_from(QUOTES),
        which=st.integers(0, 9),
        shot=st.none() | NUMBERS,
    )
    def quote(
        self,
        kind: str,
        quote: Callable[[str, str], str],
        which: int,
        shot: int | None,
    ) -> None:
        log = self.path.read_bytes()
        names = [found[0].decode() for found in PATTERN.finditer(log)] or [NOBODYS]
        words = quote(names[which % len(names)], log.decode())
        self.write(kind, words, None if shot is None else SHOTS[shot])

    @rule(times=st.integers(1, 2))
    def archive(self, times: int) -> None:
        for _ in range(times):
            archive_paths(self.store, [self.path], ArchiveOptions(min_size=0))
        self.check()

    @rule(keep=st.integers(0, 1))
    def rescue(self, keep: int) -> None:
        (thread,) = find_threads([self.path])
        rescue(self.store, thread, RescueOptions(now=True, keep_pictures=keep))
        self.check()

    @rule()
    def undo(self) -> None:
        (thread,) = find_threads([self.path])
        with suppress(AssetstoreError):  # there is nothing to take back
            undo(self.store, thread)
        self.check()

    @rule()
    def restore(self) -> None:
        restore_paths(self.store, [self.path])
        assert self.path.read_bytes() == b"".join(self.want)

    def teardown(self) -> None:
        try:
            self.restore()
        finally:
            self.store.close()
            shutil.rmtree(self.folder)


TestQuotes = Quotes.TestCase
TestQuotes.settings = settings(
    max_examples=settings().max_examples // 5, stateful_step_count=12
)
