"""What a user names to be purged: by hash, placeholder, document or file."""

from pathlib import Path

import pytest

from assetstore.archiver.run import archive_one
from assetstore.errors import AmbiguousId, LockedError, MissingBlob, UsageError
from assetstore.files.draft_names import draft_prefix
from assetstore.progress import SILENT
from assetstore.purge_targets import Shared, choose, still_embedded, sweep_drafts
from assetstore.store.backends.base import put
from assetstore.store.store import Store
from support.blobs import media
from support.samples import picture, uri
from support.stores import memory_store

ONE, TWO, SHARED = (picture(20, 16, n) for n in (1, 2, 3))


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def pages(store: Store, tmp_path: Path) -> tuple[Path, Path]:
    """Two documents with a picture of their own each, and one that they share."""
    found = []
    for name, raw in (("a.html", ONE), ("b.html", TWO)):
        path = tmp_path / name
        path.write_bytes(page(raw, SHARED))
        archive_one(store, path)
        found.append(path)
    return found[0], found[1]


def page(*pictures: bytes) -> bytes:
    return "".join(f'<img src="{uri(raw)}">' for raw in pictures).encode()


def ids(*pictures: bytes) -> set[bytes]:
    return set(map(media, pictures))


def test_a_picture_by_its_hash(store: Store, pages: tuple[Path, Path]) -> None:
    digits = media(ONE).hex()
    for name in (digits, digits[:8], digits[:8].upper()):
        assert set(choose(store, [name]).ids) == ids(ONE)


def test_a_picture_by_its_placeholder(store: Store, pages: tuple[Path, Path]) -> None:
    mark = pages[0].read_bytes()[10:41].decode()
    assert set(choose(store, [mark]).ids) == ids(ONE)
    with pytest.raises(MissingBlob):
        choose(store, ["as1:" + "A" * 27])


def test_a_picture_by_its_own_file(
    store: Store, pages: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "one.png").write_bytes(ONE)
    assert set(choose(store, [str(tmp_path / "one.png")]).ids) == ids(ONE)
    (tmp_path / "other.png").write_bytes(picture(9, 9, 9))
    with pytest.raises(MissingBlob, match="neither a document nor a picture"):
        choose(store, [str(tmp_path / "other.png")])


def test_a_document_s_pictures_but_for_those_that_others_need(
    store: Store, pages: tuple[Path, Path]
) -> None:
    first, second = pages
    found = choose(store, [str(first)])
    assert set(found.ids) == ids(ONE)
    assert found.shared == (Shared(blob=media(SHARED).hex(), documents=(str(second),)),)
    assert set(choose(store, [str(first)], shared=True).ids) == ids(ONE, SHARED)
    both = choose(store, [str(first), str(second)])
    assert (set(both.ids), both.shared) == (ids(ONE, TWO, SHARED), ())
    also = choose(store, [str(first), media(SHARED).hex()])
    assert (set(also.ids), also.shared) == (ids(ONE, SHARED), ())


def test_a_document_is_known_though_it_is_gone_or_was_copied(
    store: Store, pages: tuple[Path, Path], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.html"
    copy.write_bytes(pages[0].read_bytes())
    assert set(choose(store, [str(copy)], shared=True).ids) == ids(ONE, SHARED)
    pages[0].unlink()
    assert set(choose(store, [str(pages[0])], shared=True).ids) == ids(ONE, SHARED)


def test_what_was_purged_can_be_named_again(
    store: Store, pages: tuple[Path, Path], tmp_path: Path
) -> None:
    gone = picture(9, 9, 9)
    put(store.backend, f"purged/{media(gone).hex()}", [])
    (tmp_path / "gone.png").write_bytes(gone)
    for name in (media(gone).hex()[:9], str(tmp_path / "gone.png")):
        assert set(choose(store, [name]).ids) == ids(gone)
    digits = media(gone).hex()[:4]
    put(store.backend, f"purged/{digits}{'0' * 60}", [])
    with pytest.raises(AmbiguousId):
        choose(store, [digits])


@pytest.mark.parametrize("name", ["nothing", "no-such-file.png", "", "xyz"])
def test_what_names_nothing_is_a_usage_error(store: Store, name: str) -> None:
    with pytest.raises(UsageError):
        choose(store, [name])


def test_what_names_two_things_is_not_guessed_between(
    store: Store,
    pages: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    digits = media(ONE).hex()[:6]
    Path(digits).write_bytes(TWO)
    with pytest.raises(UsageError, match="a file, and the beginning"):
        choose(store, [digits])
    assert set(choose(store, [f"./{digits}"]).ids) == ids(TWO)
    Path("abcdef").write_bytes(TWO)
    assert set(choose(store, ["abcdef"]).ids) == ids(TWO), "no blob begins so"
    with pytest.raises(UsageError, match="is a folder"):
        choose(store, [str(tmp_path)])


def test_what_killed_restores_left_goes(store: Store, tmp_path: Path) -> None:
    page_ = tmp_path / "page.html"
    page_.write_bytes(b"words")
    left = tmp_path / f"{draft_prefix(page_)}0123456789abcdef.tmp"
    left.write_bytes(page(ONE))
    documents = [str(page_), "stdin:0123456789abcdef", str(tmp_path / "none" / "a")]
    assert sweep_drafts(store, documents) == []
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_what_could_not_be_looked_at_is_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(document: Path, timeout: float = 5, *, reads: bool = False) -> object:
        raise LockedError("at work")

    monkeypatch.setattr(store, "doc_lock", held)
    (problem,) = sweep_drafts(store, [str(tmp_path / "page.html")])
    assert "page.html" in problem
    assert "at work" in problem


def test_files_that_still_embed_a_picture_are_named(
    store: Store, pages: tuple[Path, Path], tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "whole.html").write_bytes(page(ONE))
    (docs / "one.png").write_bytes(ONE)
    (docs / "other.html").write_bytes(page(TWO))
    (docs / "slim.html").write_bytes(pages[0].read_bytes())
    found = still_embedded(store, [media(ONE)], [docs], SILENT)
    assert {Path(path).name for path in found} == {"whole.html", "one.png"}
    assert set(store.packs()) == set(Store.on(store.backend, writer="x").packs())


def test_a_path_that_cannot_be_read_is_an_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(still_embedded(store, [media(ONE)], [tmp_path / "none"], SILENT))
