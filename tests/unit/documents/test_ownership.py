"""What placeholders in a document are: its own, text, or nobody knows."""

from dataclasses import replace
from pathlib import Path

import pytest
from blake3 import blake3

from assetstore.archiver.run import archive_one
from assetstore.documents.ownership import (
    Ancestry,
    Judge,
    Lineage,
    appends,
    note_appending,
)
from assetstore.documents.placeholders import find_placeholders
from assetstore.files.source import Source
from assetstore.formats.registry import formats
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.notes import Verdict
from assetstore.store.store import Store
from support.blobs import manifest_of
from support.samples import lines, picture, uri
from support.stores import memory_store

OPEN, OWN, TEXT = Verdict.OPEN, Verdict.OWN, Verdict.TEXT
STRANGE = b"as1:" + b"A" * 27


@pytest.fixture(autouse=True)
def _known() -> None:
    formats()  # each says whether its documents are logs


@pytest.fixture
def store() -> Store:
    return memory_store()


def page(number: int = 1) -> bytes:
    return f'<img src="{uri(picture(20, 16, number))}">'.encode()


def archived(store: Store, path: Path, data: bytes) -> bytes:
    path.write_bytes(data)
    archive_one(store, path)
    return path.read_bytes()


def verdicts(store: Store, path: Path, *, strict: bool | None = None) -> list[Verdict]:
    with Source.open(path) as source:
        known = Lineage(store).of(source, store.manifest(path))
        strict = known.appends if strict is None else strict
        judge = Judge(known, source, strict=strict)
        return [judge(at, prefix) for at, prefix in find_placeholders(source)]


def ancestry(store: Store, path: Path) -> Ancestry:
    with Source.open(path) as source:
        return Lineage(store).of(source, store.manifest(path))


def test_what_an_archive_put_there_is_the_document_s_own(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    archived(store, path, STRANGE + page())
    assert verdicts(store, path) == [Verdict.STRANGE, OWN]
    known = ancestry(store, path)
    assert (known.archived, known.plain, known.appends) == (True, False, False)
    assert known.profile == "generic"


def test_of_a_document_of_which_nothing_is_known_nothing_is(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(STRANGE)
    assert verdicts(store, path) == [OPEN]
    known = ancestry(store, path)
    assert known == Ancestry()
    assert (known.archived, known.plain, known.appends) == (False, False, False)


def test_what_was_added_stands_for_its_picture_wherever_it_came_from(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    slim = archived(store, path, page())
    path.write_bytes(slim + STRANGE)
    assert verdicts(store, path) == [OWN, OPEN]


def test_what_was_appended_to_a_log_is_text(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    slim = archived(store, path, lines({"a": uri(picture(20, 16, 1))}))
    path.write_bytes(slim + b'{"quote":"' + slim[6:37] + b'"}\n')
    assert verdicts(store, path) == [OWN, TEXT]
    assert ancestry(store, path).appends


def test_a_copy_is_known_by_its_first_bytes(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    slim = archived(store, path, page())
    copy = tmp_path / "copy.html"
    copy.write_bytes(slim + STRANGE)
    assert verdicts(store, copy) == [OWN, OPEN]
    known = ancestry(store, copy)
    assert known.own is None
    assert known.state is not None
    assert known.state.document == str(path)


def test_an_edited_document_is_known_by_what_it_needs(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    slim = archived(store, path, page() + STRANGE)
    path.write_bytes(b"<p>new</p>" + slim)
    assert verdicts(store, path) == [Verdict.LIKELY, Verdict.STRANGE]


def test_of_an_edited_log_there_are_no_more_than_were_put_there(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "data.jsonl"
    slim = archived(store, path, lines({"a": uri(picture(20, 16, 1))}))
    path.write_bytes(b'{"new":1}\n' + slim + slim)
    assert verdicts(store, path) == [Verdict.LIKELY, TEXT]


def test_the_form_that_a_document_was_restored_to_has_nothing_of_its_own(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    data = page() + STRANGE
    path.write_bytes(data)
    manifest_of(
        store,
        str(path),
        state="restored",
        slim_size=len(data),
        slim_hash=blake3(data).digest(),
    )
    assert verdicts(store, path) == [TEXT]
    assert ancestry(store, path).plain


def test_a_form_that_never_took_its_place_judges_what_it_was_to_replace(
    store: Store, tmp_path: Path
) -> None:
    """The archive put its manifest, and was killed before it replaced the log."""
    path = tmp_path / "data.jsonl"
    data = lines({"q": STRANGE.decode()}, {"a": uri(picture(20, 16, 1))})
    archived(store, path, data)
    path.write_bytes(data + b'{"more":"' + STRANGE + b'"}\n')
    known = ancestry(store, path)
    assert known.replaced
    assert not known.archived
    assert verdicts(store, path) == [TEXT, TEXT]


def test_an_older_state_is_found_where_the_newest_never_was(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    slim = archived(store, path, page())
    newest = store.manifest(path)
    assert newest is not None
    store.put_manifest(replace(newest, slim_hash=b"x" * 32))
    known = ancestry(store, path)
    assert known.state is not None
    assert (known.state.seq, known.state.slim_size) == (newest.seq, len(slim))
    assert verdicts(store, path) == [OWN]


def test_a_manifest_that_cannot_be_read_tells_nothing(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    slim = archived(store, path, page())
    for key in list(store.manifest_keys()):
        store.backend.objects[key] = b"damaged"  # type: ignore[attr-defined]
    copy = tmp_path / "copy.html"
    copy.write_bytes(slim)
    assert verdicts(store, copy) == [OPEN]


def test_a_restore_that_was_killed_is_noted_as_done(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    data = page()
    archived(store, path, data)
    own = store.manifest(path)
    assert own is not None
    begun = replace(
        own, state="restored", slim_size=len(data), slim_hash=blake3(data).digest()
    )
    store.put_manifest(begun)
    path.write_bytes(data)
    with Source.open(path) as source:
        Lineage(store).settle(path, source)
    now = store.manifest(path)
    assert now is not None
    assert (now.state, now.begun, now.refs) == ("restored", False, ())


def test_profiles_say_whether_documents_are_appended_to() -> None:
    assert appends("json-lines")
    assert not appends("generic")
    assert not appends("my own")
    note_appending("my own log")
    assert appends("my own log")
    state = Manifest(document="/a", profile="my own log", source_size=1, slim_size=1)
    assert Ancestry(own=state).appends


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A document with a thousand placeholders that nobody knows."""
    path = tmp_path / "many.html"
    path.write_bytes(STRANGE * 1000)
    return path


def test_many_that_nobody_knows_are_judged_without_asking_each_time(
    store: Store, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    load = Store.load_manifest

    def count(self: Store, key: str) -> Manifest:
        asked.append(key)
        return load(self, key)

    manifest_of(store, "/else")
    monkeypatch.setattr(Store, "load_manifest", count)
    assert verdicts(store, many) == [OPEN] * 1000
    assert len(asked) < 5
