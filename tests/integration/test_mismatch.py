"""A draft that would not come back as the document was: the end, unless rot is why."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetstore.archiver import archive as archiver
from assetstore.archiver.draft import Drafter
from assetstore.archiver.run import archive_file, archive_paths
from assetstore.documents.rebuild import rebuild
from assetstore.errors import SourceChanged, VerifyMismatch
from assetstore.restore.run import restore_paths
from assetstore.store.check.verify import verify
from support.samples import picture, uri
from support.stores import folder_store


def page(folder: Path, seed: int) -> Path:
    path = folder / f"page-{seed}.html"
    path.write_bytes(f"<p>{seed}</p><img src={uri(picture(30, 20, seed))}>\n".encode())
    return path


@pytest.fixture
def drafts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that were drafted, each as often as it was."""
    seen: list[str] = []

    class Counted(Drafter):
        def __init__(self, source: Any, *given: Any, **named: Any):
            seen.append(Path(source.name).name)
            super().__init__(source, *given, **named)

    monkeypatch.setattr(archiver, "Drafter", Counted)
    return seen


def spoil(monkeypatch: pytest.MonkeyPatch, what: bytes) -> None:
    """Let documents that begin with some bytes come back as others."""

    def spoilt(source: Any, *given: Any, **named: Any) -> Iterator[Any]:
        yield from rebuild(source, *given, **named)
        if source.read(0, len(what)) == what:
            yield b"!"

    monkeypatch.setattr(archiver, "rebuild", spoilt)


def test_it_ends_at_once_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drafts: list[str]
) -> None:
    one = page(tmp_path, 1)
    before = one.read_bytes()
    spoil(monkeypatch, b"<p>1")
    with folder_store(tmp_path) as store:
        (done,) = archive_paths(store, [one]).files
        assert isinstance(done.error, VerifyMismatch)
        with pytest.raises(VerifyMismatch):
            archive_file(store, one, tmp_path / "out.html")
        assert store.packs() == {}
        assert list(store.manifest_keys()) == []
    assert drafts == ["page-1.html", "page-1.html"]
    assert one.read_bytes() == before
    assert not (tmp_path / "out.html").exists()


def test_others_of_the_batch_are_archived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drafts: list[str]
) -> None:
    pages = [page(tmp_path, seed) for seed in (1, 2)]
    spoil(monkeypatch, b"<p>1")
    with folder_store(tmp_path) as store:
        one, two = archive_paths(store, pages).files
        assert (one.error_type, two.status) == (VerifyMismatch.__name__, "archived")
        assert not verify(store, read_data=True).findings
    assert sorted(drafts) == ["page-1.html", "page-2.html"]


def test_a_damaged_blob_is_still_written_anew(
    tmp_path: Path, drafts: list[str]
) -> None:
    one = page(tmp_path, 1)
    two = tmp_path / "copy.html"
    two.write_bytes(whole := one.read_bytes())
    with folder_store(tmp_path) as store:
        assert archive_paths(store, [one]).files[0].payloads == 1
        (pack,) = [p for p in (tmp_path / "store/packs").rglob("*") if p.is_file()]
        data = bytearray(pack.read_bytes())
        data[16 + 64 + 99] ^= 1  # within its first blob
        pack.chmod(0o600)
        pack.write_bytes(data)
        (done,) = archive_paths(store, [two]).files
        assert done.status == "archived"
        assert len(store.packs()) == 2
        restore_paths(store, [two])
    assert two.read_bytes() == whole
    assert drafts == ["page-1.html", "copy.html", "copy.html"]


def test_a_document_that_is_written_to_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = page(tmp_path, 1)

    def writing(source: Any, *given: Any, **named: Any) -> Iterator[Any]:
        data = one.read_bytes()
        one.write_bytes(b"<P" + data[2:] + b"more")
        yield from rebuild(source, *given, **named)

    monkeypatch.setattr(archiver, "rebuild", writing)
    with (
        folder_store(tmp_path) as store,
        pytest.raises(SourceChanged, match="changed while it was being read"),
    ):
        archive_file(store, one, tmp_path / "out.html")
    assert not (tmp_path / "out.html").exists()
