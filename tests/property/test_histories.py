"""Logs that grow, quote, are renamed, archived and restored, also in vain."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.documents.upkeep import collect
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.restore.run import restore_paths
from assetstore.store.format.placeholder import PATTERN
from assetstore.store.gc.retention import Retention
from assetstore.store.store import Store
from support.samples import picture, uri
from support.stores import memory_store

SHOTS = [uri(picture(9, 9, number)).encode() for number in range(3)]
ALL = ArchiveOptions(min_size=0)
# How far the replacement of a file gets.
ENDS = st.sampled_from(["done", "done", "refused", "killed before", "killed after"])


class KilledError(BaseException):
    """The process ends here; it takes nothing back."""


@contextmanager
def ended(store: Store, end: str) -> Iterator[None]:
    """Let a replacement of a file end in some way."""

    def replace(beside: object, draft: Draft, source: Source) -> None:
        if end == "refused":
            raise PermissionError(13, "Permission denied")
        if end != "killed before":
            draft.replace(source)
        if end != "done":
            raise KilledError

    with ExitStack() as stack:
        where = "assetstore.formats.beside.Nothing.replace"
        stack.enter_context(mock.patch(where, replace))
        if end.startswith("killed"):
            nothing = mock.Mock()
            stack.enter_context(mock.patch.object(store, "take_back", nothing))
        stack.enter_context(suppress(KilledError))
        yield


class Logs(RuleBasedStateMachine):
    """A log, and what it is to be when it is restored."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="assetstore-test-"))
        self.path = self.folder / "0.jsonl"
        self.want = b""
        self.names = 0

    @initialize(shot=st.sampled_from(SHOTS))
    def begin(self, shot: bytes) -> None:
        self.store = memory_store()
        self.append(b'{"image_url":"%b"}\n' % shot)

    def teardown(self) -> None:
        try:
            restore_paths(self.store, [self.path])
            assert self.path.read_bytes() == self.want
            restore_paths(self.store, [self.path])
            assert self.path.read_bytes() == self.want
        finally:
            shutil.rmtree(self.folder)

    def append(self, line: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(line)
        self.want += line

    @rule(shot=st.sampled_from(SHOTS), key=st.sampled_from([b"image_url", b"n"]))
    def shows(self, shot: bytes, key: bytes) -> None:
        self.append(b'{"%b":"%b"}\n' % (key, shot))

    @rule(number=st.integers(0, 99))
    def says(self, number: int) -> None:
        self.append(b'{"text":%d}\n' % number)

    @rule(number=st.integers(0, 99), key=st.sampled_from([b"image_url", b"read"]))
    def quotes(self, number: int, key: bytes) -> None:
        """The client reads its own log: what it finds there is text."""
        if found := PATTERN.findall(self.path.read_bytes()):
            self.append(b'{"%b":"%b"}\n' % (key, found[number % len(found)]))

    @rule()
    def is_renamed(self) -> None:
        self.names += 1
        self.path = self.path.rename(self.folder / f"{self.names}.jsonl")

    @rule()
    def is_collected(self) -> None:
        report = collect(self.store, grace=0, retention=Retention(keep_last=1))
        assert not report.missing

    @rule(end=ENDS)
    def is_archived(self, end: str) -> None:
        with ended(self.store, end):
            report = archive_paths(self.store, [self.path], ALL)
            assert end == "refused" or report.files[0].status != "failed"

    @rule(end=ENDS)
    def is_restored(self, end: str) -> None:
        before = self.path.read_bytes()
        with ended(self.store, end):
            report = restore_paths(self.store, [self.path])
            assert end == "refused" or report.files[0].status != "failed"
        if end in ("refused", "killed before"):
            assert self.path.read_bytes() == before
        else:
            assert self.path.read_bytes() == self.want


TestLogs = Logs.TestCase
TestLogs.settings = settings(stateful_step_count=20)
