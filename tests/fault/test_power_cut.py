"""Every operation, and the power cut at every moment of it.

`support.powercut` says what can be on the medium then. A merge tries a few states of
each operation; ``ASSETSTORE_TEST_FAULTS=all`` tries each that it enumerates.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

import assetstore.archiver.place
import assetstore.files.replace
import assetstore.store.backends.local
import assetstore.store.backends.upload
from assetstore.files.draft_names import NameSwap
from assetstore.files.replace import Draft
from assetstore.store.backends.base import Upload
from assetstore.store.backends.local import LocalBackend
from support.figures import count
from support.powercut import Recording, State, sampled, states
from support.scenes import SCENES, Stage
from support.traced import traced, unavailable

ALL = os.environ.get("ASSETSTORE_TEST_FAULTS") == "all"
SAMPLE = 5
# After every so many states, the operation is run again, to the very end.
AGAIN = 10

pytestmark = [
    pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "it can be traced"),
    pytest.mark.timeout(0 if ALL else 300),
]


def nothing() -> None:
    pass


def recorded(
    stage: Stage, change: Callable[[], None] = nothing, *, then: Sequence[str] = ()
) -> Recording:
    """What a stage's operation does, and another command after it."""
    log = stage.folder / "log"
    stage.reset()
    ended = traced(stage.program, stage.words, log=log, change=change)
    assert ended.code == 0, ended
    if then:
        more = stage.folder / "more"
        ended = traced(stage.program, then, log=more, change=change)
        assert ended.code == 0, ended
        with log.open("ab") as file:
            file.write(more.read_bytes())
    return Recording(log, stage.program.folder, stage.made)


def put(stage: Stage, state: State) -> None:
    tree = stage.folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    state.write(tree)
    stage.put(tree)
    for swap in stage.program.folder.rglob(".*.swap"):
        as_on_the_medium(swap)


def as_on_the_medium(path: Path) -> None:
    """Let a draft's name speak of the files that are here.

    It names inodes and times, and those of a model's files are others each time; on
    a medium they stay. The two files are told apart by their sizes.
    """
    document = path.with_name(path.name[1:].rpartition(".assetstore-")[0])
    was = NameSwap.named(path.name, document)
    assert was is not None, path
    new, old = (path, document), (document, path)
    for one, other in (new, old):
        if one.stat().st_size == was.new[1] and other.stat().st_size == was.old[1]:
            path.rename(
                path.with_name(NameSwap.of(one.stat(), other.stat()).name(document))
            )
            return
    raise AssertionError(f"{path.name}: neither the new nor the old one")


def finish(stage: Stage) -> None:
    """Run the operation again, and all that must follow."""
    stage.again()
    stage.clean()
    left = stage.left()
    assert not left, f"left for ever: {sorted(left)}"
    stage.undo()


@pytest.mark.parametrize("name", SCENES)
def test_the_model_is_what_happens(tmp_path: Path, name: str) -> None:
    """Without a power cut, it ends with what is really there, byte for byte."""
    stage = Stage(SCENES[name], tmp_path / "stage")
    recording = recorded(stage)
    folder = stage.program.folder
    real = {
        path.relative_to(folder).as_posix(): None
        if path.is_dir()
        else path.read_bytes()
        for path in folder.rglob("*")
    }
    assert recording.state(recording.moments()[-1], [], {}) == real


@pytest.mark.parametrize("name", SCENES)
def test_a_power_cut(tmp_path: Path, name: str) -> None:
    stage = Stage(SCENES[name], tmp_path / "stage")
    recording = recorded(stage)
    tried = 0
    failures = []
    for state in states(recording) if ALL else sampled(recording, SAMPLE):
        tried += 1
        put(stage, state)
        try:
            stage.check()
            if tried % AGAIN == 1:
                finish(stage)
        except Exception as e:
            failures.append(f"{state.what}: {type(e).__name__}: {e}")
    count(f"{name}: states after a power cut", tried, len(failures))
    assert not failures, "\n".join(failures)
    assert tried >= SAMPLE


def lost(stage: Stage, recording: Recording) -> str:
    """The first of some states in which something is lost, or ""."""
    return first_lost(stage, sampled(recording, 400))


def first_lost(stage: Stage, found: Iterable[State]) -> str:
    """The first of these states in which something is lost, or ""."""
    for state in found:
        try:
            put(stage, state)
            stage.check()
        except Exception as e:
            return f"{state.what}: {e}"
    return ""


def folders_are_not_synced(change: pytest.MonkeyPatch) -> None:
    for module in (
        assetstore.archiver.place,
        assetstore.files.replace,
        assetstore.store.backends.local,
    ):
        change.setattr(module, "sync_folder", lambda folder: None)


def files_of_the_store_are_not_synced(change: pytest.MonkeyPatch) -> None:
    module = assetstore.store.backends.upload
    change.setattr(module, "sync_file", lambda fd: None)


def drafts_are_not_synced(change: pytest.MonkeyPatch) -> None:
    change.setattr(Draft, "_sync", lambda draft: None)
    change.setattr(Draft, "begin_replacing", lambda draft, source: None)


def the_manifest_comes_before_the_packs(change: pytest.MonkeyPatch) -> None:
    publish = LocalBackend.publish
    waiting: list[Sequence[Upload]] = []

    def late(backend: LocalBackend, uploads: Sequence[Upload]) -> None:
        paths = [str(getattr(upload, "target", "")) for upload in uploads]
        if any("/packs/" in path for path in paths):
            waiting.append(uploads)
            return
        publish(backend, uploads)
        while waiting and any("/manifests/" in path for path in paths):
            publish(backend, waiting.pop())

    change.setattr(LocalBackend, "publish", late)


@pytest.mark.parametrize("name", ["archive", "archive many"])
@pytest.mark.parametrize(
    "mutant",
    [
        folders_are_not_synced,
        files_of_the_store_are_not_synced,
        drafts_are_not_synced,
        the_manifest_comes_before_the_packs,
    ],
    ids=lambda mutant: mutant.__name__,
)
def test_what_archive_leaves_out_is_found(
    tmp_path: Path, mutant: Callable[[pytest.MonkeyPatch], None], name: str
) -> None:
    """The checks can fail: a program that does less to be safe loses something."""
    stage = Stage(SCENES[name], tmp_path / "stage")
    with pytest.MonkeyPatch.context() as change:
        recording = recorded(stage, lambda: mutant(change))
    assert lost(stage, recording)


def test_the_folder_of_a_new_store_is_synced(tmp_path: Path) -> None:
    """Else the whole store is a folder that nothing names."""
    stage = Stage(SCENES["archive"], tmp_path / "stage")
    recording = recorded(stage)
    root = next(c for c in recording.changes if "store" in c.names)
    document = next(c for c in recording.changes if "a.html" in c.names)
    assert root.synced is not None
    assert root.synced < document.ended


def deletions_are_not_synced(change: pytest.MonkeyPatch) -> None:
    change.setattr(LocalBackend, "_sync_deletions", lambda backend: None)


@pytest.mark.parametrize("mutant", [None, deletions_are_not_synced])
def test_a_forgotten_document_does_not_come_back_without_its_blobs(
    tmp_path: Path, mutant: Callable[[pytest.MonkeyPatch], None] | None
) -> None:
    stage = Stage(SCENES["forget"], tmp_path / "stage")
    with pytest.MonkeyPatch.context() as change:
        recording = recorded(
            stage,
            lambda: mutant(change) if mutant else None,
            then=["gc", "--grace", "0"],
        )
    found = first_lost(
        stage, states(recording, drawn=20) if mutant else sampled(recording, 30)
    )
    assert found if mutant else not found


class Careless(sqlite3.Connection):
    """A connection that takes no heed of ``PRAGMA synchronous``."""

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return super().execute("SELECT 1" if "synchronous" in sql else sql, *values)


def commits_are_not_synced(change: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    change.setattr(
        sqlite3,
        "connect",
        lambda *args, **more: connect(*args, **{"factory": Careless, **more}),
    )


@pytest.mark.parametrize("mutant", [None, commits_are_not_synced])
def test_codex_offsets_are_durable_before_the_note_of_them_goes(
    tmp_path: Path, mutant: Callable[[pytest.MonkeyPatch], None] | None
) -> None:
    stage = Stage(SCENES["rescue"], tmp_path / "stage")
    with pytest.MonkeyPatch.context() as change:
        recording = recorded(stage, lambda: mutant(change) if mutant else None)
    # The note is gone, and of what was not synced, nothing else is there.
    (gone,) = [
        change
        for change in recording.changes
        if change.named.endswith(".json")
        and "/state/assetstore/codex/" in change.named
        and set(change.names.values()) == {None}
    ]
    pending = [c for c in recording.pending(gone.ended) if c is not gone]
    entries = [change for change in pending if change.is_entry]
    fates = {id(c): "none" for c in pending if not c.is_entry}
    put(stage, State("", recording.state(gone.ended, entries, fates)))
    assert stage.run().code == 0
    if mutant is None:
        stage.scene.goal(stage.program, stage.documents)
    else:
        with pytest.raises(AssertionError):
            stage.scene.goal(stage.program, stage.documents)
