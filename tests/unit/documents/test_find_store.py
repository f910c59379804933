"""The store that knows a document's placeholders, among those that were met."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_one
from assetstore.documents import find_store as module
from assetstore.documents.find_store import Owner, owner_of
from assetstore.errors import StoreError
from assetstore.store.known_stores import KnownStores
from assetstore.store.store import Store
from support.samples import picture, uri
from support.stores import memory_store

STRANGE = "as1:" + "A" * 27


class Met:
    """Stores in memory at places of a disk, and those that were opened."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.known = KnownStores(folder / "known")
        self.stores: dict[Path, Store] = {}
        self.opened: list[str] = []

    def store(self, name: str) -> Store:
        """Meet a store; the last one met is asked first."""
        place = self.folder / name
        place.mkdir()
        (place / "config").touch()
        self.stores[place] = memory_store()
        now = 1_700_000_000.0 + len(self.stores)
        self.known.note(place, f"01hf7yat0000000000000000{len(self.stores):02}", now)
        return self.stores[place]

    def open(self, place: Path) -> Store:
        self.opened.append(place.name)
        return Store.on(self.stores[place].backend, writer="anybody")

    def owner(
        self,
        *documents: Path,
        without: Path | None = None,
        opened: Callable[[Path], Store] | None = None,
    ) -> Owner | None:
        return owner_of(
            documents, self.known, opened=opened or self.open, without=without
        )


@pytest.fixture
def met(tmp_path: Path) -> Met:
    return Met(tmp_path)


@pytest.fixture
def page(met: Met, tmp_path: Path) -> Path:
    """Archived into the second of three stores."""
    met.store("one")
    store = met.store("two")
    met.store("three")
    path = tmp_path / "docs" / "page.html"
    path.parent.mkdir()
    path.write_text(f'<img src="{uri(picture(20, 16, 1))}">')
    archive_one(store, path)
    return path


def test_the_store_that_knows_one_is_found(
    met: Met, page: Path, tmp_path: Path
) -> None:
    expected = Owner(place=tmp_path / "two", document=str(page))
    assert met.owner(page) == expected
    assert met.owner(page.parent) == expected


def test_the_one_at_hand_is_left_out(met: Met, page: Path, tmp_path: Path) -> None:
    assert met.owner(page, without=tmp_path / "two") is None
    assert "two" not in met.opened


def test_where_there_is_nobody_to_ask_no_document_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = Met(tmp_path)
    met.store("one")

    def read(documents: object) -> object:
        raise AssertionError("read")

    monkeypatch.setattr(module, "_placeholders", read)
    assert met.owner(tmp_path, without=tmp_path / "one") is None
    assert Met(tmp_path / "none").owner(tmp_path) is None


def test_a_document_without_placeholders_asks_nobody(
    met: Met, page: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.md"
    other.write_text("words")
    assert met.owner(other) is None
    assert met.opened == []


def test_one_that_is_not_there_or_cannot_be_opened_is_passed_over(
    met: Met, page: Path, tmp_path: Path
) -> None:
    (tmp_path / "three" / "config").unlink()

    def opened(place: Path) -> Store:
        if place.name == "one":
            raise StoreError("damaged")
        return met.open(place)

    assert met.owner(page, opened=opened) is not None
    assert met.opened == ["two"]


def test_what_cannot_be_read_is_passed_over(
    met: Met, page: Path, tmp_path: Path
) -> None:
    assert met.owner(tmp_path / "none", Path("/a\0b"), page) is not None


def test_only_so_much_is_looked_at(
    met: Met, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = tmp_path / "many.md"
    many.write_text(STRANGE * 50)
    monkeypatch.setattr(module, "_PLACEHOLDERS", 3)
    assert met.owner(many, page) is None, "three of them were looked at"
    assert met.owner(page, many) is not None
    monkeypatch.setattr(module, "_FILES", 1)
    words = tmp_path / "words.md"
    words.write_text("words")
    assert met.owner(words, page) is None
    monkeypatch.setattr(module, "_FILES", 9)
    monkeypatch.setattr(module, "_BYTES", 3)
    assert met.owner(words, words, page) is None


def test_only_so_many_stores_are_asked(
    met: Met, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_STORES", 1)
    found = met.owner(page)
    assert len(met.opened) == 1
    assert (found is not None) == (met.opened == ["two"])
