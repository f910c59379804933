"""What a store asks of whoever can open documents is what is there to be asked."""

from pathlib import Path

from assetstore.documents.upkeep import LocalDocuments
from assetstore.progress import SILENT
from assetstore.store.document_protocol import Documents
from assetstore.store.format.manifest import Manifest
from assetstore.store.gc.live_set import LiveSet
from support.signatures import can_be_called
from support.stores import memory_store


class Deaf:
    """Has the names and not the parameters."""

    def state(self) -> None: ...

    def scan(self, store: object) -> None: ...

    def needs(self, store: object, path: object, digest: object, more: object) -> None:
        """Ask for more than a store gives."""


def test_the_documents_of_this_machine_can_be_asked() -> None:
    assert can_be_called(Documents, LocalDocuments())
    assert not can_be_called(Documents, Deaf())


def test_the_answers_are_of_the_kinds_that_are_promised(tmp_path: Path) -> None:
    documents: Documents = LocalDocuments()
    page = tmp_path / "page.md"
    page.write_bytes(b"no placeholder")
    store, live = memory_store(), LiveSet()
    state = Manifest(document=str(page), source_size=1, slim_size=1, slim_hash=b"x")
    assert documents.state([state]) == (None, "")
    assert documents.scan(store, live, [page], SILENT) == 1
    assert list(live) == []
    assert documents.needs(store, page, "00" * 32) is None
    live.close()
