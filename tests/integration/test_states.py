"""Logs that quote their own placeholders, in whatever state they are left."""

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.documents.catalog import forget, list_documents
from assetstore.documents.state import longest
from assetstore.documents.upkeep import LocalDocuments, collect
from assetstore.errors import SourceRefused, StoreWriteError
from assetstore.files import replace as replacing
from assetstore.files.draft_names import NameSwap
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.restore.run import RestoreOptions, restore_paths
from assetstore.store.backends.base import put
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.pack import pack_key
from assetstore.store.gc.retention import Retention
from assetstore.store.gc.roots import Roots
from assetstore.store.stats import stats
from assetstore.store.store import Store
from support.cut_off import killed
from support.held import no_lease
from support.samples import picture, uri
from support.stores import folder_store

linux = pytest.mark.skipif(sys.platform != "linux", reason="renameat2")
ALL = ArchiveOptions(min_size=0)


def line(number: int) -> bytes:
    """A line of a log with a picture that only the client shows."""
    shot = uri(picture(40, 40, number))
    begin = f'{{"timestamp":"t{number}","type":"event_msg","payload":'
    return f'{begin}{{"image":"{shot}"}}}}\n'.encode()


ONE, TWO = line(1), line(2)
# A line of which there is nothing but a picture: it may be any.
BARE = b'{"image_url":"%b"}\n' % uri(picture(40, 40, 3)).encode()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs" / "log.jsonl"
    path.write_bytes(ONE)
    return path


def archive(store: Store, path: Path, status: str = "archived") -> None:
    report = archive_paths(store, [path], ALL)
    assert report.files[0].status == status, report.files[0].error


@pytest.fixture
def store(tmp_path: Path, page: Path) -> Iterator[Store]:
    """A store in which the page is archived."""
    with folder_store(tmp_path) as opened:
        archive(opened, page)
        yield opened


def restore(store: Store, path: Path, status: str = "restored") -> bytes:
    report = restore_paths(store, [path])
    assert [file.status for file in report.files] == [status], report.files[0].error
    return path.read_bytes()


def quote_of(path: Path) -> bytes:
    """A line that quotes the first placeholder of an archived document."""
    found = re.search(rb"as1:[\w-]{27}", path.read_bytes())
    assert found is not None
    begin = b'{"timestamp":"t","type":"event_msg","payload":'
    return begin + b'{"read":"' + found[0] + b'"}}\n'


def append(path: Path, line: bytes) -> bytes:
    with path.open("ab") as file:
        file.write(line)
    return line


def superseded_in_vain(store: Store, path: Path) -> None:
    """Leave a newer manifest of a form that never takes the file's place."""
    slim = path.read_bytes()
    path.write_bytes(slim + TWO)
    archive(store, path)
    path.write_bytes(slim)


def collected(store: Store) -> int:
    return collect(store, grace=0, retention=Retention(keep_last=1)).superseded


class Killed(BaseException):
    pass


def killed_in_a_restore(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch, *, replaced: bool
) -> None:
    """Restore a page up to its replacement, and no further."""

    def replace(self: object, draft: Draft, source: Source) -> None:
        if replaced:
            draft.replace(source)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("assetstore.formats.beside.Nothing.replace", replace)
        # A process that is killed does not take anything back.
        patch.setattr(store, "take_back", lambda note, own: None)
        with pytest.raises(Killed):
            restore_paths(store, [page])


def test_the_state_that_the_file_is_in_is_kept(store: Store, page: Path) -> None:
    superseded_in_vain(store, page)
    assert collected(store) == 0
    quote = append(page, TWO + quote_of(page))
    archive(store, page)
    assert collected(store) == 2
    assert restore(store, page) == ONE + quote


def test_a_state_that_the_file_grew_out_of_goes(store: Store, page: Path) -> None:
    append(page, TWO)
    archive(store, page)
    assert collected(store) == 1
    assert restore(store, page) == ONE + TWO


def test_a_file_that_cannot_be_read_keeps_its_states(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, name: str) -> None:
        raise PermissionError(13, "Permission denied")

    append(page, TWO)
    archive(store, page)
    monkeypatch.setattr("assetstore.files.text.Source.open", refuse)
    assert collected(store) == 0


def test_restored_with_a_quotation_then_archived(store: Store, page: Path) -> None:
    quote = append(page, quote_of(page))
    assert restore(store, page) == ONE + quote
    archive(store, page)
    collected(store)
    assert restore(store, page) == ONE + quote


def test_restored_twice(store: Store, page: Path) -> None:
    quote = append(page, quote_of(page))
    assert restore(store, page) == ONE + quote
    assert restore(store, page, "unchanged") == ONE + quote
    more = append(page, quote)
    assert restore(store, page, "unchanged") == ONE + quote + more


def test_archived_in_vain_after_a_restore(store: Store, page: Path) -> None:
    quote = append(page, quote_of(page))
    plain = restore(store, page)
    archive(store, page)
    page.write_bytes(plain)
    collected(store)
    archive(store, page)
    assert restore(store, page) == ONE + quote


def refused(store: Store, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archive a page up to its replacement, and no further."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    was = page.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("assetstore.formats.beside.Nothing.replace", refuse)
        archive(store, page, "failed")
    assert page.read_bytes() == was


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("grown", [0, 1, 5000])
@pytest.mark.parametrize("shot", [ONE, BARE])
def test_a_picture_of_its_own_again_beside_its_quotation_archived_in_vain(
    store: Store,
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    shot: bytes,
    grown: int,
    again: bool,
) -> None:
    """The manifest says that the picture's placeholder is its own twice."""
    page.write_bytes(shot)
    archive(store, page)
    quote = quote_of(page)
    if shot == BARE:  # a line of an agent's log would make it one
        quote = b'{"read":' + quote.partition(b'{"read":')[2].replace(b"}}", b"}")
    more = append(page, (quote + shot) * (grown > 1) + shot)
    refused(store, page, monkeypatch)
    more += append(page, (quote + shot) * bool(grown) + b"{}\n" * grown)
    if again:
        refused(store, page, monkeypatch)
        archive(store, page)
    assert restore(store, page) == shot + more


def test_a_log_that_quotes_is_first_archived_in_vain(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = page.with_name("other.jsonl")
    was = quote_of(page) + ONE + quote_of(page)
    other.write_bytes(was)
    refused(store, other, monkeypatch)
    assert restore(store, other, "unchanged") == was
    was += append(other, quote_of(page))
    archive(store, other)
    assert restore(store, other) == was


@pytest.mark.parametrize("again", [False, True])
def test_a_restored_log_is_archived_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    """What it was restored to, and what was to be replaced, are the same bytes."""
    page = tmp_path / "log.jsonl"
    page.write_bytes(BARE)
    with folder_store(tmp_path) as store:
        archive(store, page)
        quote = b'{"read":' + quote_of(page).partition(b'{"read":')[2].replace(
            b"}}", b"}"
        )
        restore(store, page)
        refused(store, page, monkeypatch)
        more = append(page, quote)
        if again:
            archive(store, page)
        assert restore(store, page, "restored" if again else "unchanged") == BARE + more


def test_an_edited_log_is_archived_in_vain(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its older manifest is gone with the form that it knew."""
    quote = quote_of(page)
    was = TWO + page.read_bytes() + quote + BARE
    page.write_bytes(was)
    refused(store, page, monkeypatch)
    collected(store)
    more = append(page, quote + ONE)
    assert restore(store, page) == TWO + ONE + quote + BARE + more


def test_a_log_is_archived_in_vain_and_edited(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = append(page, TWO + quote_of(page))
    refused(store, page, monkeypatch)
    page.write_bytes(b"{}\n" + page.read_bytes())
    assert restore(store, page) == b"{}\n" + ONE + quote


@pytest.mark.parametrize("again", [False, True])
def test_a_log_grows_under_another_name_and_comes_back(
    store: Store, page: Path, again: bool
) -> None:
    """What its own path knows of it is shorter than what the other one knows."""
    other = page.rename(page.with_name("other.jsonl"))
    more = append(other, TWO)
    archive(store, other)
    other.rename(page)
    if again:
        archive(store, page, "unchanged")
    assert restore(store, page) == ONE + more


def test_a_log_archived_in_vain_is_renamed(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its old name has nothing any more, and of its manifests the newest is left."""
    more = append(page, quote_of(page) + TWO)
    refused(store, page, monkeypatch)
    other = page.rename(page.with_name("other.jsonl"))
    collected(store)
    more += append(other, quote_of(other))
    archive(store, other)
    assert restore(store, other) == ONE + more


def test_a_restore_is_killed_and_a_log_that_quotes_is_edited(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = append(page, quote_of(page))
    killed_in_a_restore(store, page, monkeypatch, replaced=False)
    page.write_bytes(b"{}\n" + page.read_bytes())
    assert restore(store, page) == b"{}\n" + ONE + quote


@pytest.mark.parametrize("number", [1, 5])
def test_an_earlier_form_is_put_back_and_goes_on(
    store: Store, page: Path, number: int
) -> None:
    """Its bytes tell what is its own; what came since is text."""
    backup, quote = page.read_bytes(), quote_of(page)
    append(page, ONE * number)
    archive(store, page)
    page.write_bytes(backup + quote)
    assert restore(store, page) == ONE + quote


def test_a_log_that_was_cut_off_keeps_what_is_left(store: Store, page: Path) -> None:
    quote = quote_of(page)
    append(page, quote + TWO + ONE + TWO)
    archive(store, page)
    lines = page.read_bytes().splitlines(keepends=True)
    page.write_bytes(b"".join(lines[:3]))
    assert restore(store, page) == ONE + quote + TWO


def test_a_store_that_met_an_unknown_one_learns_of_others_archives(
    tmp_path: Path, page: Path
) -> None:
    with folder_store(tmp_path) as one, folder_store(tmp_path) as other:
        assert one.find_recipe(bytes(20)) is None
        archive(other, page)
        with pytest.raises(SourceRefused, match="still holds 1 placeholder"):
            forget(one, page)
        assert collected(one) == 0
        assert restore(other, page) == ONE


def test_killed_in_a_restore_and_quoted_then(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = quote_of(page)
    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    more = append(page, quote)
    assert restore(store, page, "unchanged") == ONE + more
    archive(store, page)
    assert restore(store, page) == ONE + more


def test_a_restore_that_is_refused_leaves_what_was_known(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    quote = append(page, quote_of(page))
    with monkeypatch.context() as patch:
        patch.setattr("assetstore.formats.beside.Nothing.replace", refuse)
        assert restore_paths(store, [page]).files[0].status == "failed"
    known = store.manifest(page)
    assert known is not None
    assert known.state == "archived"
    collected(store)
    assert restore(store, page) == ONE + quote


def test_a_restore_that_is_refused_and_done_later(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("assetstore.formats.beside.Nothing.replace", refuse)
        assert restore_paths(store, [page]).files[0].status == "failed"
    assert [document.state for document in list_documents(store)] == ["present"]
    assert restore(store, page) == ONE
    collect(store, grace=0)
    assert not store.packs()


def test_killed_between_a_restore_and_its_note(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = ONE + append(page, quote_of(page))
    archive(store, page, "unchanged")
    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    assert page.read_bytes() == was
    archive(store, page)
    collected(store)
    assert restore(store, page) == was


def needed(store: Store) -> set[str]:
    return {id.hex() for m in store.manifests() for _, id in m.refs}


def test_a_restore_that_was_done_but_not_noted(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    assert page.read_bytes() == ONE
    assert needed(store)
    found = set(store.manifest_keys())
    dry = collect(store, grace=0, dry_run=True)
    assert set(store.manifest_keys()) == found
    real = collect(store, grace=0)
    assert real.superseded == dry.superseded == 2
    assert real.freed == dry.freed > 0
    assert not store.packs()
    assert len(list(store.manifest_keys())) == 1
    assert page.read_bytes() == ONE
    archive(store, page)
    assert restore(store, page) == ONE


def test_one_that_was_done_and_grew_since(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    append(page, TWO)
    collected(store)
    assert not store.packs()


def test_one_that_was_done_and_archived_without_its_picture(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    append(page, TWO)
    (first, *_) = ONE.split(b"data:")
    spare = ArchiveOptions(min_size=0, spare=frozenset([len(first)]))
    assert archive_paths(store, [page], spare).files[0].payloads == 1
    collect(store, grace=0)
    assert len(list(store.manifest_keys())) == 1
    assert restore(store, page) == ONE + TWO


@pytest.mark.parametrize("grown", [False, True])
def test_one_that_was_not_done(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch, grown: bool
) -> None:
    more = append(page, TWO) if grown else b""
    for _ in range(2):
        killed_in_a_restore(store, page, monkeypatch, replaced=False)
        collected(store)
    assert restore(store, page) == ONE + more
    collected(store)
    assert not store.packs()
    assert len(list(store.manifest_keys())) == 1


def test_one_that_was_not_done_before_an_edit(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_in_a_restore(store, page, monkeypatch, replaced=False)
    page.write_bytes(TWO + page.read_bytes())
    assert restore(store, page) == TWO + ONE
    collected(store)
    assert not store.packs()


def test_one_that_was_not_done_before_the_file_was_moved(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key,) = store.manifest_keys()
    killed_in_a_restore(store, page, monkeypatch, replaced=False)
    moved = page.rename(page.with_suffix(".1"))
    collect(store, grace=0)
    page.write_bytes(TWO)
    archive(store, page)
    collect(store, grace=0)
    assert key in store.manifest_keys()  # it says what is its own in the moved one
    quote = append(moved, quote_of(moved))
    assert restore(store, moved) == ONE + quote
    assert restore(store, page) == TWO


@pytest.mark.parametrize("now", [TWO, b"", None])
def test_one_of_which_nobody_can_tell(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch, now: bytes | None
) -> None:
    slim = page.read_bytes()
    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    page.unlink() if now is None else page.write_bytes(now)
    assert collected(store) == 0
    page.write_bytes(slim)
    assert restore(store, page) == ONE


def test_one_whose_document_is_archived_meanwhile(
    tmp_path: Path, store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without locks, an archive puts its manifest where gc is to put its note."""

    def late(source: Source, states: list[Manifest]) -> Manifest | None:
        found = longest(source, states)
        with folder_store(tmp_path) as other:
            if len(other.states(archived)) == 2:
                other.put_manifest(archived)
        return found

    slim = page.read_bytes()
    (archived,) = store.manifests()
    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    with monkeypatch.context() as patch:
        patch.setattr("assetstore.documents.state.longest", late)
        collect(store, grace=0)
    collect(store, grace=0)
    page.write_bytes(slim)
    assert restore(store, page) == ONE


def test_one_of_another_client(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    store.writer = "0" * 26
    assert collected(store) == 0
    assert needed(store)


def test_one_on_a_full_disk(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(manifest: Manifest) -> bool:
        raise StoreWriteError("there is no room")

    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    with monkeypatch.context() as patch:
        patch.setattr(store, "put_signed", full)
        assert collected(store) == 0
    assert needed(store)
    collected(store)
    assert not store.packs()


def test_what_is_said_of_a_restore_that_was_begun(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def state() -> str:
        (document,) = list_documents(store)
        assert document.payloads == 1
        return document.state

    for _ in range(2):
        killed_in_a_restore(store, page, monkeypatch, replaced=False)
        assert state() == "present"
        (document,) = list_documents(store)
        assert document.slim_size == page.stat().st_size
        found = stats(store)
        assert (found.documents, found.restored) == (1, 0)
        assert found.slim_bytes == page.stat().st_size
    killed_in_a_restore(store, page, monkeypatch, replaced=True)
    assert state() == "restored"
    page.write_bytes(ONE.replace(b"image", b"other"))
    assert state() == "changed"
    page.unlink()
    assert state() == "missing"


def test_a_file_that_cannot_be_removed_is_named_and_removed_later(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was exchanged out of its place, by an archive and by a restore."""

    unlink = Path.unlink

    def refused(path: Path, missing_ok: bool = False) -> None:
        if path.parent == page.parent:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        unlink(path, missing_ok)

    def beside() -> list[str]:
        return [str(path) for path in page.parent.iterdir() if path != page]

    for work in (restore_paths, archive_paths):
        with monkeypatch.context() as change:
            change.setattr(Path, "unlink", refused)
            (file,) = work(store, [page]).files
        assert file.status in ("restored", "archived")
        assert [file.left] == beside()
        assert file.left in file.warnings[0]
        (file,) = work(store, [page]).files
        assert file.status == "unchanged"
        assert not beside()


@linux
@pytest.mark.parametrize("work", [restore, archive])
@pytest.mark.parametrize("quoted", [False, True])
def test_nothing_is_decided_by_what_may_be_taken_back(
    store: Store,
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    work: Callable[[Store, Path], object],
    quoted: bool,
) -> None:
    """A collection looks at a file just before it is found to be written to."""
    real = replacing.exchange  # type: ignore[attr-defined]
    more = append(page, quote_of(page) * quoted + TWO)
    slim = page.read_bytes()
    found: list[bytes] = []

    def late(one: Path, other: Path) -> bool:
        done = bool(real(one, other))
        if not found:
            found.append(page.read_bytes())
            append(one, TWO)  # by who had opened it
            with folder_store(page.parents[1]) as beside:
                collected(beside)
        return done

    with monkeypatch.context() as change:
        change.setattr(replacing, "exchange", late)
        change.setattr(replacing, "leased", no_lease)
        with pytest.raises(AssertionError, match="SourceChanged"):
            work(store, page)
    assert found != [slim]
    assert page.read_bytes() == slim + TWO
    with folder_store(page.parents[1]) as fresh:
        assert restore(fresh, page) == ONE + more + TWO


def test_nothing_is_decided_where_a_replacement_was_cut_off(
    store: Store, page: Path
) -> None:
    append(page, TWO)
    archive(store, page)
    left = page.with_name(NameSwap((1, 2, 3), (4, 5, 6)).name(page))
    left.write_bytes(b"")
    assert collected(store) == 0
    left.unlink()
    assert collected(store) == 1


@linux
def test_a_dry_run_leaves_what_was_cut_off_as_it_is(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = killed(page, monkeypatch, exchanged=True)
    append(left, TWO)
    before = {path: path.read_bytes() for path in page.parent.iterdir()}
    archive_paths(store, [page], ArchiveOptions(dry_run=True))
    restore_paths(store, [page], RestoreOptions(dry_run=True))
    assert {path: path.read_bytes() for path in page.parent.iterdir()} == before


def test_a_document_that_no_file_can_be(store: Store, page: Path) -> None:
    """A collection does not stop at it."""
    for _ in range(2):
        store.put_manifest(
            Manifest(
                document="/a\0b/c", source_size=1, slim_size=1, slim_hash=b"x" * 32
            )
        )
    assert collected(store) == 1
    assert restore(store, page) == ONE


def test_whether_a_document_is_gone_is_asked_once(store: Store, page: Path) -> None:
    append(page, TWO)
    archive(store, page)
    asked: list[str] = []

    def gone(manifest: Manifest) -> str:
        asked.append(manifest.document)
        return "it was asked twice" if len(asked) > 1 else ""

    roots = Roots(
        store, LocalDocuments(), grace=0, retention=Retention(keep_last=1), gone=gone
    )
    roots.mark()
    roots.close()
    assert asked == [str(page)]
    assert len(roots.superseded) == 1


def test_what_is_pasted_is_kept_from_a_collection_at_work(
    store: Store, page: Path
) -> None:
    """It condemned what nobody claimed; the document that does now gets a copy."""
    note = page.with_name("note.txt")
    note.write_bytes(b"as in " + page.read_bytes())
    assert restore(store, page) == ONE
    condemned = list(store.packs())
    for name in condemned:
        put(store.backend, f"tombs/{name}", [])
    archive(store, note, "unchanged")
    for name in condemned:
        store.backend.delete(pack_key(name))
    assert store.packs()
    assert restore(store, note) == b"as in " + ONE


def test_a_log_that_begins_like_another_one(store: Store, page: Path) -> None:
    """Its own manifest says what is its own, whatever was edited."""
    more = page.with_name("resumed.jsonl")
    more.write_bytes(page.read_bytes() + TWO)
    archive(store, more)
    edited = more.read_bytes().replace(b"t2", b"t9")
    more.write_bytes(edited)
    whole = restore(store, more)
    assert whole.count(b"data:") == 2
