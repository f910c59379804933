"""What a restore knows of a document, and what its stores say before and after."""

from pathlib import Path
from typing import Any

import pytest

from assetstore.archiver.run import archive_one
from assetstore.errors import MissingBlob, StoreWriteError
from assetstore.files.source import Source
from assetstore.restore.options import RestoreOptions
from assetstore.restore.work import Claim, Opened, Work, between, several_stores
from assetstore.store.format.manifest import Manifest
from assetstore.store.store import Store
from support.samples import picture, uri
from support.stores import memory_store

PAGE = f'<img src="{uri(picture(20, 16, 1))}">'.encode()
STRANGE = b"as1:" + b"A" * 27


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def page(store: Store, tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(PAGE)
    archive_one(store, path)
    return path


class Done:
    """A restore that was gone through.

    Attributes:
        whole: What the document becomes.
        work: The restore.
        claims: What the stores are to say.
    """

    def __init__(
        self,
        path: Path,
        *stores: Store,
        **options: Any,
    ):
        with Source.open(path) as source:
            self.work = Work(
                source,
                path,
                [Opened(store) for store in stores],
                RestoreOptions(**options),
            )
            self.whole = b"".join(map(bytes, self.work.pieces()))
        out = path.with_name("whole")
        out.write_bytes(self.whole)
        with Source.open(out) as source:
            self.claims = self.work.claims(source, source.blake3())


def test_one_store_is_several(store: Store) -> None:
    assert several_stores(store) == [store]
    assert several_stores([store, store]) == [store, store]


def test_what_a_document_becomes_is_counted(store: Store, page: Path) -> None:
    done = Done(page, store)
    assert done.whole == PAGE
    assert done.work.tally.payloads == 1
    assert done.work.archived
    assert not done.work.unknown
    done.work.check()


def test_a_store_says_that_it_was_begun_and_then_that_it_was_done(
    store: Store, page: Path
) -> None:
    (claim,) = Done(page, store).claims
    assert claim.own is not None
    assert claim.own == store.manifest(page)
    assert claim.before.begun
    assert set(claim.before.refs) == set(claim.own.refs)
    assert claim.after is not None
    assert (claim.after.state, claim.after.refs) == ("restored", ())
    assert claim.after.slim_size == len(PAGE)


def test_a_store_that_knows_nothing_of_it_says_nothing(
    store: Store, page: Path
) -> None:
    done = Done(page, memory_store(), store)
    assert done.whole == PAGE
    assert [claim.store for claim in done.claims] == [store]


def test_a_copy_is_known_by_its_bytes(store: Store, page: Path) -> None:
    copy = page.with_name("copy.html")
    copy.write_bytes(page.read_bytes())
    done = Done(copy, store)
    assert done.whole == PAGE
    assert done.work.archived
    assert done.claims == [], "the store need not say anything of it"


def test_one_that_nobody_knows_is_unknown(store: Store, page: Path) -> None:
    other = page.with_name("other.html")
    other.write_bytes(b"see " + page.read_bytes())
    done = Done(other, store)
    assert (done.work.archived, done.work.unknown) == (False, True)
    assert not Done(other, store, allow_missing=True).work.unknown


def test_one_of_another_store_is_refused_unless_it_was_asked_for(page: Path) -> None:
    with pytest.raises(MissingBlob):
        Done(page, memory_store()).work.check()
    for option in ("allow_missing", "owned"):
        Done(page, memory_store(), **{option: True}).work.check()


def test_what_stays_is_noted_and_needed(store: Store, page: Path) -> None:
    page.write_bytes(page.read_bytes() + b" " + STRANGE)
    done = Done(page, store)
    assert done.whole == PAGE + b" " + STRANGE
    (claim,) = done.claims
    noted = claim.after or claim.before
    assert [note.offset for note in noted.notes] == [len(PAGE) + 1]


def claim(store: Store, page: Path) -> Claim:
    (found,) = Done(page, store).claims
    return found


def test_between_the_two_a_file_is_replaced(store: Store, page: Path) -> None:
    states: list[Manifest | None] = []
    between(
        [claim(store, page)], lambda: states.append(store.manifest(page)), lambda: False
    )
    (during,) = states
    assert during is not None
    assert during.begun
    after = store.manifest(page)
    assert after is not None
    assert (after.begun, after.state) == (False, "restored")


@pytest.mark.parametrize("placed", [False, True])
def test_what_fails_is_taken_back_unless_the_file_is_in_its_place(
    store: Store, page: Path, placed: bool
) -> None:
    before = store.manifest(page)

    def failing() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        between([claim(store, page)], failing, lambda: placed)
    now = store.manifest(page)
    assert now is not None
    assert before is not None
    assert now.begun == placed
    assert set(now.refs) == set(before.refs)


def test_a_store_that_cannot_be_written_matters_where_it_knows_the_document(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = claim(store, page)
    done: list[str] = []

    def full(manifest: Manifest) -> Manifest:
        raise StoreWriteError("no room")

    monkeypatch.setattr(store, "put_manifest", full)
    with pytest.raises(StoreWriteError):
        between([found], lambda: done.append("done"), lambda: False)
    assert done == []
    stranger = Claim(store, None, found.before)
    between([stranger], lambda: done.append("done"), lambda: False)
    assert done == ["done"]
