"""The state that a document's file is in, whatever its newest manifest says."""

from pathlib import Path

import pytest
from blake3 import blake3

from assetstore.documents.state import file_state, longest, states_at, states_of
from assetstore.errors import DamagedManifest
from assetstore.files.leftovers import Sweeper
from assetstore.files.source import Source
from assetstore.store.format.manifest import Manifest
from support.stores import memory_store

OLD, NEW = b"as it was", b"as it was, and more"


def state(data: bytes, path: Path | str = "/x", **more: object) -> Manifest:
    return Manifest(
        document=str(path),
        source_size=99,
        slim_size=len(data),
        slim_hash=blake3(data).digest(),
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_bytes(NEW)
    return path


def longest_of(page: Path, *states: Manifest) -> Manifest | None:
    with Source.open(page) as source:
        return longest(source, states)


def test_the_state_of_most_of_its_first_bytes(page: Path) -> None:
    first, second, third = state(OLD), state(NEW), state(NEW[:3])
    assert longest_of(page, first, third, second) is second
    page.write_bytes(NEW + b", appended")
    assert longest_of(page, third, second, first) is second
    page.write_bytes(OLD + b"!")
    assert longest_of(page, second, first, third) is first


def test_of_two_that_are_alike_the_first_counts(page: Path) -> None:
    first, second = state(NEW, seq=1), state(NEW, seq=2)
    assert longest_of(page, second, first) is second
    assert longest_of(page, first, second) is first


def test_one_that_says_nothing_fits_nothing(page: Path) -> None:
    empty = Manifest(document="/x", source_size=1, slim_size=0, slim_hash=b"")
    longer = state(NEW + b"!")
    other = state(b"x" * len(NEW))
    assert longest_of(page, empty, longer, other) is None
    assert longest_of(page) is None


def test_all_states_of_a_document(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with memory_store() as store:
        assert states_at(store, page) == []
        first, second = (store.put_manifest(state(d, page)) for d in (OLD, NEW))
        assert states_at(store, page) == [second, first]
        load = store.load_manifest

        def damaged(key: str) -> Manifest:
            if key.endswith("1"):
                raise DamagedManifest(key)
            return load(key)

        monkeypatch.setattr(store, "load_manifest", damaged)
        assert list(states_of(store, second)) == [second]
        assert states_at(store, page) == [second]


def test_a_file_is_in_the_state_that_it_begins_with(page: Path) -> None:
    old, new = state(OLD, page), state(NEW, page)
    assert file_state([new, old], Sweeper()) == (new, "")
    page.write_bytes(OLD)
    assert file_state([new, old], Sweeper()) == (old, "")
    page.write_bytes(b"something else")
    assert file_state([new, old], Sweeper()) == (None, "")


def test_one_that_is_gone_is_in_none(page: Path, tmp_path: Path) -> None:
    page.unlink()
    assert file_state([state(NEW, page)], Sweeper()) == (None, "")
    (tmp_path / "file").touch()
    assert file_state([state(NEW, tmp_path / "file" / "a")], Sweeper()) == (None, "")
    assert file_state([state(NEW, tmp_path)], Sweeper()) == (None, "")


def test_what_came_through_a_pipe_has_no_file() -> None:
    assert file_state([state(NEW, "stdin:0123456789abcdef")], Sweeper()) == (None, "")


def test_a_name_that_no_file_has_is_no_error() -> None:
    assert file_state([state(NEW, "/a\0b")], Sweeper()) == (None, "")


def test_one_that_cannot_be_read_is_told(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, name: str) -> Source:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Source, "open", refuse)
    found, problem = file_state([state(NEW, page)], Sweeper())
    assert found is None
    assert "cannot be read" in problem


class Replacing(Sweeper):
    """Knows that a document is being replaced."""

    def may_be_taken_back(self, document: Path, seen: object) -> bool:
        return True


def test_one_that_is_being_replaced_is_in_no_state_yet(page: Path) -> None:
    found, problem = file_state([state(NEW, page)], Replacing())
    assert found is None
    assert "being replaced" in problem
    page.unlink()
    found, problem = file_state([state(NEW, page)], Replacing())
    assert "being replaced" in problem
