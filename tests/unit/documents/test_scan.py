"""Files and folders searched for placeholders: what they name lives."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.documents.scan import scan
from assetstore.errors import IntegrityError, SourceError, UsageError
from assetstore.files.source import Source
from assetstore.store.format.blob import Kind
from assetstore.store.format.recipe import Recipe
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.store import Store
from support.blobs import media, spoil
from support.samples import picture, uri
from support.stores import archived, folder_store, memory_store

PNG = picture(20, 16, 1)
STRANGE = b"as1:" + b"A" * 27


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def slim(store: Store) -> bytes:
    return archived(store, f'"{uri(PNG)}"'.encode())[0]


@pytest.fixture
def live() -> Iterator[LiveSet]:
    found = LiveSet()
    yield found
    found.close()


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_what_a_file_names_lives(
    store: Store, slim: bytes, live: LiveSet, tmp_path: Path
) -> None:
    page = write(tmp_path / "page.bin", b"\0" + slim + STRANGE + slim)
    assert scan(store, live, [page]) == 1
    recipes = [e.record.id for e in store.entries() if e.record.kind is Kind.RECIPE]
    assert set(live) == {media(PNG), *recipes}


def test_all_below_a_folder_is_searched_whatever_is_ignored(
    store: Store, slim: bytes, live: LiveSet, tmp_path: Path
) -> None:
    write(tmp_path / ".gitignore", b"*\n")
    write(tmp_path / "node_modules" / "deep" / "a.js", slim)
    write(tmp_path / "words.md", b"words")
    assert scan(store, live, [tmp_path]) == 3
    assert media(PNG) in live


@pytest.mark.skipif(sys.platform == "win32", reason="links and FIFOs of POSIX")
def test_links_are_not_followed_below_and_devices_are_passed_over(
    store: Store, slim: bytes, live: LiveSet, tmp_path: Path
) -> None:
    outside = write(tmp_path / "outside" / "page.md", slim)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(outside)
    (inside / "folder").symlink_to(outside.parent)
    os.mkfifo(inside / "pipe")
    assert scan(store, live, [inside]) == 0
    assert scan(store, live, [inside / "link"]) == 1, "it was named"
    assert media(PNG) in live


def test_what_the_store_does_not_know_is_not_needed(
    store: Store, live: LiveSet, tmp_path: Path
) -> None:
    scan(store, live, [write(tmp_path / "a.md", STRANGE)])
    assert list(live) == []


def test_its_own_folder_is_not_searched(live: LiveSet, tmp_path: Path) -> None:
    with folder_store(tmp_path) as store:
        write(tmp_path / "page.md", b"words")
        searched = scan(store, live, [tmp_path])
        assert store.root is not None
        files = [p for p in tmp_path.rglob("*") if p.is_file()]
        assert searched == sum(store.root not in path.parents for path in files)


def test_a_recipe_that_cannot_be_read_ends_it(
    store: Store, slim: bytes, live: LiveSet, tmp_path: Path
) -> None:
    page = write(tmp_path / "a.md", slim)
    for entry in list(store.entries()):
        if entry.record.kind is Kind.RECIPE:
            spoil(store, entry.record.id)
    with pytest.raises(IntegrityError):
        scan(store, live, [page])


def test_a_file_that_cannot_be_read_ends_it_and_is_named(
    store: Store, live: LiveSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = write(tmp_path / "a.md", b"words")
    with pytest.raises(UsageError, match="none is not there") as missing:
        scan(store, live, [tmp_path / "none"])
    assert "--scan" in missing.value.hint

    def refuse(path: Path) -> Source:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Source, "open", refuse)
    with pytest.raises(SourceError, match="Permission denied") as caught:
        scan(store, live, [tmp_path])
    assert caught.value.path == str(page)


def test_one_that_goes_meanwhile_is_passed_over(
    store: Store, live: LiveSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.md", b"words")

    def gone(path: Path) -> Source:
        raise FileNotFoundError(2, "gone", str(path))

    monkeypatch.setattr(Source, "open", gone)
    assert scan(store, live, [tmp_path]) == 0


def test_a_crafted_recipe_is_refused(
    store: Store, live: LiveSet, tmp_path: Path
) -> None:
    raw = b'{"now":["",""],"v":1,"was":[{"as":"rot13","blob":"00"}]}'
    with store.session() as session:
        id, _ = session.put(Kind.RECIPE, raw)
        session.commit()
    from assetstore.store.format.placeholder import format_placeholder

    page = write(tmp_path / "a.md", format_placeholder(id))
    with pytest.raises(IntegrityError):
        scan(store, live, [page])
    with pytest.raises(IntegrityError):
        Recipe.parse(raw)
