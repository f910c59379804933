"""What ``assetstore threads`` prints."""

from pathlib import Path

from assetstore.agents.codex.packing import PackedLog
from assetstore.agents.kept.bring_back import BroughtBack
from assetstore.agents.kept.keeper import KeptThread
from assetstore.agents.kept.listing import ThreadInfo
from assetstore.cli.views.kept import (
    forgotten_outcome,
    kept_outcome,
    packed_outcome,
    restored_outcome,
    threads_outcome,
)
from assetstore.errors import SourceChanged
from assetstore.store.format.manifest import Manifest
from support.shown import shown

INFO = ThreadInfo(
    thread="019a3c5e",
    client="codex",
    path="/h/.codex/sessions/a.jsonl",
    gone=True,
    first="Why \x1b[31m is it slow? " + "x" * 90,
    began="",
    modified=1_790_000_000.0,
    kept=1_790_000_000.0,
    size=5000,
    files=1,
    earlier=0,
    document="thread:/h/.codex/019a3c5e",
    own=True,
)


def test_the_list() -> None:
    text = "\n".join(shown(threads_outcome([INFO], gone=False), 1))
    assert "\x1b[31m" not in text
    for part in ("019a3c5e", "codex", "2026-09-21", "gone", "Why", INFO.document):
        assert part in text
    assert "no thread is kept here" in "\n".join(shown(threads_outcome([], gone=False)))
    assert "no thread that is kept is gone" in "\n".join(
        shown(threads_outcome([], gone=True))
    )


def test_what_was_kept() -> None:
    done = [
        KeptThread(document="d", path=Path("/a"), kept=True, size=9, files=1, stored=3),
        KeptThread(document="e", path=Path("/b")),
        KeptThread(document="f", path=Path("/c"), error=SourceChanged("no")),
    ]
    outcome = kept_outcome(done)
    assert outcome.exit_code == 3
    assert [p.path for p in outcome.errors] == ["/c"]
    assert kept_outcome(done[2:]).exit_code == SourceChanged.exit_code
    assert kept_outcome(done[:2]).exit_code == kept_outcome([]).exit_code == 0
    text = "\n".join(shown(outcome, 1))
    assert "kept /a: 1 file" in text
    assert "kept 1 thread" in text
    assert "1 as they were" in text


def test_what_came_back_and_what_is_forgotten() -> None:
    report = BroughtBack(
        thread="t", client="gemini-cli", path="/a", files=2, there=1, size=9, purged=1
    )
    text = "\n".join(shown(restored_outcome(report)))
    assert "/a: 2 files came back" in text
    assert "1 image did not come back" in text
    assert "general.sessionRetention" in text
    report = BroughtBack(thread="t", client="", path="/a", files=0, there=1, size=0)
    assert "all of it is there" in "\n".join(shown(restored_outcome(report)))
    manifest = Manifest(document=INFO.document, source_size=1, slim_size=1)
    assert "is kept no longer" in "\n".join(shown(forgotten_outcome(manifest)))


def test_what_was_packed() -> None:
    log = Path("/a.jsonl")
    logs = [
        PackedLog(path=log, to=Path("/a.jsonl.zst"), before=5000, after=1000),
        PackedLog(path=log, to=log, before=9, old=True),
        PackedLog(path=log, to=log, before=9, error=SourceChanged("no")),
    ]
    outcome = packed_outcome(logs, dry_run=False)
    assert outcome.exit_code == 3
    text = "\n".join(shown(outcome, 1))
    assert "/a.jsonl.zst: 4.9 KiB -> 1000 B" in text
    assert "took 1 log, 4.9 KiB -> 1000 B" in text
    assert "1 log of Codex before 0.152 left alone" in text
    dry = "\n".join(shown(packed_outcome(logs[:1], dry_run=True)))
    assert "would take 1 log, 4.9 KiB" in dry
