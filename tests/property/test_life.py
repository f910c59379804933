"""Documents that live: archived, edited, copied, restored, while gc runs."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.documents.catalog import forget
from assetstore.documents.upkeep import collect
from assetstore.restore.run import RestoreOptions, restore_paths
from assetstore.store.check.verify import verify
from support.stores import folder_store
from support.strategies import DOCUMENTS, FRAGMENTS

NAMES = st.sampled_from(["a.jsonl", "b.html", "c"])


class Documents(RuleBasedStateMachine):
    """Three files, and what each must be when it is restored."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="assetstore-test-"))
        self.files = self.folder / "files"
        self.files.mkdir()
        self.want: dict[str, bytes] = {}
        self.archived: set[str] = set()

    @initialize()
    def begin(self) -> None:
        self.store = folder_store(self.folder)

    def teardown(self) -> None:
        try:
            for name in self.want:
                self.restored(name)
            assert verify(self.store, read_data=True).findings == ()
        finally:
            self.store.close()
            shutil.rmtree(self.folder)

    def restored(self, name: str) -> None:
        path = self.files / name
        if name in self.archived:
            report = restore_paths(self.store, [path], RestoreOptions())
            assert [f.reason for f in report.files] == [""]
            self.archived.discard(name)
        assert path.read_bytes() == self.want[name]

    @rule(name=NAMES, data=DOCUMENTS)
    def write(self, name: str, data: bytes) -> None:
        """A client writes its file anew."""
        (self.files / name).write_bytes(data)
        self.want[name] = data
        self.archived.discard(name)

    @precondition(lambda self: self.want)
    @rule(data=st.data(), tail=FRAGMENTS)
    def append(self, data: st.DataObject, tail: bytes) -> None:
        """A client goes on writing."""
        name = data.draw(st.sampled_from(sorted(self.want)))
        with (self.files / name).open("ab") as file:
            file.write(tail)
        self.want[name] += tail

    @precondition(lambda self: self.want)
    @rule(data=st.data(), least=st.sampled_from([0, 100]))
    def archive(self, data: st.DataObject, least: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.want)))
        options = ArchiveOptions(min_size=least, media="any")
        path = self.files / name
        report = archive_paths(self.store, [path], options)
        assert [f.reason for f in report.files if f.status == "failed"] == []
        if path.read_bytes() != self.want[name]:
            self.archived.add(name)

    @precondition(lambda self: self.archived)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        self.restored(data.draw(st.sampled_from(sorted(self.archived))))

    @precondition(lambda self: self.want)
    @rule(data=st.data(), other=NAMES)
    def copy(self, data: st.DataObject, other: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.want)))
        if name != other:
            shutil.copyfile(self.files / name, self.files / other)
            self.want[other] = self.want[name]
            self.archived.discard(other)
            if name in self.archived:
                self.archived.add(other)

    @precondition(lambda self: self.archived)
    @rule(data=st.data(), other=NAMES)
    def move(self, data: st.DataObject, other: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.archived)))
        if name != other:
            (self.files / name).replace(self.files / other)
            self.want[other] = self.want.pop(name)
            self.archived.discard(name)
            self.archived.add(other)

    # A copy of an archived file has nobody but that file's manifest to speak for
    # it until it is archived itself.
    @precondition(lambda self: self.want and not self.archived)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        """A restored file's archive is given up."""
        name = data.draw(st.sampled_from(sorted(self.want)))
        path = self.files / name
        if self.store.manifest(path) is not None:
            forget(self.store, path, force=True)

    @rule()
    def collect(self) -> None:
        report = collect(self.store, grace=0, scan=[self.files])
        assert not report.missing

    @invariant()
    def files_are_whole(self) -> None:
        for name in set(self.want) - self.archived:
            assert (self.files / name).read_bytes() == self.want[name]


TestDocuments = Documents.TestCase
TestDocuments.settings = settings(
    max_examples=settings().max_examples // 3, stateful_step_count=20
)
