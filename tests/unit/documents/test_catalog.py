"""The documents of a store: listed, found, forgotten."""

from pathlib import Path

import pytest

from assetstore.archiver.run import archive_one
from assetstore.documents.catalog import (
    DocumentInfo,
    count_placeholders,
    find_blob,
    foreign_claims,
    forget,
    list_documents,
    state_now,
)
from assetstore.errors import (
    AmbiguousId,
    ForeignManifest,
    MissingBlob,
    PurgedBlob,
    SourceRefused,
    StoreError,
    UsageError,
)
from assetstore.restore.options import RestoreOptions
from assetstore.restore.run import restore_one
from assetstore.store.backends.base import put
from assetstore.store.format.dialect import PLAIN
from assetstore.store.format.placeholder import format_placeholder
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.repair.accepted import accept_loss
from assetstore.store.store import Store
from support.blobs import manifest_of, media, pack_of, recipe_of
from support.samples import picture, uri
from support.stores import memory_store

PNG, OTHER = picture(20, 16, 1), picture(24, 20, 2)


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def page(store: Store, tmp_path: Path) -> Path:
    return archived(store, tmp_path / "page.html", PNG)


def archived(store: Store, path: Path, raw: bytes) -> Path:
    path.write_bytes(f'<img src="{uri(raw)}">'.encode())
    archive_one(store, path)
    return path


def only(store: Store, *under: Path) -> DocumentInfo:
    (found,) = list_documents(store, under)
    return found


def test_a_document_is_told_as_it_was_and_as_it_is(store: Store, page: Path) -> None:
    found = only(store)
    assert (found.path, found.state, found.profile) == (str(page), "present", "generic")
    assert (found.slim_size, found.payloads) == (page.stat().st_size, 1)
    assert found.source_size > found.slim_size
    assert (found.client, found.own) == (store.writer, True)
    assert (found.purged, found.lost) == (0, ())


def test_its_state_is_what_the_file_system_says(store: Store, page: Path) -> None:
    slim = page.read_bytes()
    page.write_bytes(slim + b"more")
    assert only(store).state == "changed"
    page.write_bytes(b"x" * len(slim))
    assert only(store).state == "changed"
    page.write_bytes(slim)
    assert only(store).state == "present"
    page.unlink()
    assert only(store).state == "missing"


def test_a_restored_one_needs_nothing(store: Store, page: Path) -> None:
    restore_one(store, page, RestoreOptions())
    assert only(store).state == "restored"


def test_a_restore_that_was_only_begun_is_none(store: Store, page: Path) -> None:
    own = store.manifest(page)
    assert own is not None
    from dataclasses import replace

    begun = store.put_manifest(
        replace(own, state="restored", slim_size=own.source_size, slim_hash=b"x" * 32)
    )
    manifest, state = state_now(store, begun)
    assert (manifest.seq, state) == (own.seq, "present")


def test_rows_of_a_database_are_as_present_as_it_is(
    store: Store, tmp_path: Path
) -> None:
    base = tmp_path / "state.sqlite"
    manifest_of(store, f"{base}#rows")
    assert only(store).state == "missing"
    base.touch()
    assert only(store).state == "present"


def test_documents_are_listed_by_path_and_below_a_folder(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deeper").mkdir()
    paths = [
        archived(store, tmp_path / name, PNG)
        for name in ("z.html", "deep/b.html", "deep/a.html", "deeper/c.html")
    ]
    assert [each.path for each in list_documents(store)] == sorted(map(str, paths))
    below = [each.path for each in list_documents(store, [tmp_path / "deep"])]
    assert below == [str(paths[2]), str(paths[1])]
    assert [e.path for e in list_documents(store, [paths[0]])] == [str(paths[0])]


def test_only_those_that_need_a_blob(store: Store, page: Path, tmp_path: Path) -> None:
    other = archived(store, tmp_path / "other.html", OTHER)
    found = list_documents(store, holding=media(OTHER))
    assert [each.path for each in found] == [str(other)]


def test_what_it_lacks_for_good_is_told(store: Store, page: Path) -> None:
    put(store.backend, f"purged/{media(PNG).hex()}", [])
    accept_loss(store.backend, media(PNG).hex(), "media", [str(page)], 1.0)
    found = only(store)
    assert (found.purged, found.lost) == (1, (media(PNG).hex(),))


def test_one_that_still_holds_placeholders_is_not_forgotten(
    store: Store, page: Path
) -> None:
    assert count_placeholders(store, page) == 1
    with pytest.raises(SourceRefused, match="1 placeholder of this store"):
        forget(store, page)
    assert store.manifest(page) is not None
    manifest = forget(store, page, force=True)
    assert manifest.document == str(page)
    assert store.manifest(page) is None


def test_one_that_is_gone_is_forgotten(store: Store, page: Path) -> None:
    page.unlink()
    assert count_placeholders(store, page) == 0
    forget(store, page)
    assert list(list_documents(store)) == []
    with pytest.raises(StoreError, match="knows no document"):
        forget(store, page)


def test_another_s_is_forgotten_where_that_is_asked_for(
    store: Store, page: Path
) -> None:
    another = Store.on(store.backend, writer="another")
    assert foreign_claims(another, page) == 1
    assert foreign_claims(store, page) == 0
    with pytest.raises(ForeignManifest):
        forget(another, page, force=True)
    forget(another, page, force=True, foreign=True)
    assert store.manifest(page) is None


def test_only_placeholders_of_this_store_count(
    store: Store, page: Path, tmp_path: Path
) -> None:
    mark = page.read_bytes()[10:41]
    path = tmp_path / "many"
    path.write_bytes(mark * 3 + b"as1:" + b"A" * 27 + b" " * (1 << 20) + mark)
    assert count_placeholders(store, path) == 4
    path.write_bytes(b"x" * ((1 << 20) - 15) + mark)
    assert count_placeholders(store, path) == 1, "over an edge of what is read"


def test_a_blob_is_named_by_its_first_digits(store: Store) -> None:
    pack_of(store, PNG, OTHER)
    digits = media(PNG).hex()
    for length in (4, 12, 64):
        assert find_blob(store, digits[:length].upper()) == media(PNG)
    with pytest.raises(MissingBlob):
        find_blob(store, "0000" if not digits.startswith("0000") else "ffff")


@pytest.mark.parametrize("name", ["", "abc", "xyz!", "a" * 65, "as1:short", "as1:é"])
def test_what_names_no_blob_is_a_usage_error(store: Store, name: str) -> None:
    with pytest.raises(UsageError):
        find_blob(store, name)


def test_digits_that_fit_several_are_not_guessed_between(store: Store) -> None:
    blobs = [b"%d" % n for n in range(700)]
    pack_of(store, *blobs)
    shared: dict[str, int] = {}
    for raw in blobs:
        digits = media(raw).hex()[:4]
        shared[digits] = shared.get(digits, 0) + 1
    digits = max(shared, key=lambda each: shared[each])
    if shared[digits] < 2:
        pytest.skip("none of them begin alike")
    with pytest.raises(AmbiguousId, match="fits 2 blobs"):
        find_blob(store, digits)


def test_a_purged_blob_says_so(store: Store) -> None:
    put(store.backend, f"purged/{media(PNG).hex()}", [])
    with pytest.raises(PurgedBlob):
        find_blob(store, media(PNG).hex()[:8])


def test_a_placeholder_names_what_stands_behind_it(store: Store) -> None:
    pack_of(store, PNG, OTHER)

    def mark(*blobs: bytes) -> str:
        recipe = Recipe(was=tuple(Media(media(raw), PLAIN) for raw in blobs) or (b"x",))
        recipe_of(store, recipe.raw)
        return format_placeholder(recipe.id).decode()

    assert find_blob(store, mark(PNG)) == media(PNG)
    assert find_blob(store, mark(PNG, PNG)) == media(PNG)
    with pytest.raises(AmbiguousId):
        find_blob(store, mark(PNG, OTHER))
    with pytest.raises(MissingBlob, match="stands for text"):
        find_blob(store, mark())
    with pytest.raises(MissingBlob, match="does not know"):
        find_blob(store, "as1:" + "A" * 27)
