"""Pictures are put back, and written out."""

import gzip
import io
from pathlib import Path

import pytest

import assetstore
from assetstore.errors import MissingBlob, UsageError
from support.page import JPEG, LOG, PAGE, PNG
from support.samples import picture, uri


def test_files_go_and_come_back(store: assetstore.Store) -> None:
    report = store.archive(["page.html", Path("session.jsonl")])
    assert report.count("archived") == 2
    assert b"data:image" not in Path("page.html").read_bytes()
    assert store.restore(["."]).count("restored") == 2
    assert Path("page.html").read_bytes() == PAGE
    assert Path("session.jsonl").read_bytes() == LOG


def test_one_file_to_another(store: assetstore.Store) -> None:
    assert store.archive_file("page.html", "small.html").payloads == 3
    assert store.restore_file("small.html", "big.html").payloads == 3
    assert Path("page.html").read_bytes() == Path("big.html").read_bytes() == PAGE
    with pytest.raises(UsageError, match="is the file itself"):
        store.archive_file("page.html", "page.html")


def test_another_store_is_asked_for_the_rest(store: assetstore.Store) -> None:
    small = store.archive_bytes(PAGE)
    with assetstore.Store.memory() as other:
        with pytest.raises(MissingBlob):
            other.restore_bytes(small)
        assert other.restore_bytes(small, others=[store]) == PAGE
        Path("page.html").write_bytes(small)
        assert other.restore(["page.html"], others=[store]).count("restored") == 1
    assert Path("page.html").read_bytes() == PAGE


def test_a_compressed_file(store: assetstore.Store) -> None:
    with gzip.open("small.gz", "wb") as small:
        store.archive_stream(io.BytesIO(PAGE), small)
    with gzip.open("small.gz", "rb") as small, Path("big.html").open("wb") as big:
        store.restore_stream(small, big)
    assert Path("big.html").read_bytes() == PAGE


def test_one_that_keeps_what_it_is_given() -> None:
    class Kept:
        def __init__(self) -> None:
            self.pieces: list[bytes | memoryview] = []

        def write(self, data: bytes | memoryview, /) -> None:
            self.pieces.append(data)

    big = "".join(f'<img src="{uri(picture(300, 300, n))}">' for n in (1, 2)).encode()
    with assetstore.Store.memory() as store:
        kept = Kept()
        store.restore_stream(io.BytesIO(store.archive_bytes(big)), kept)
        assert b"".join(kept.pieces) == big


def test_quoted_and_as_archived_do_not_go_together(store: assetstore.Store) -> None:
    with pytest.raises(ValueError, match="give one of them"):
        store.restore(["page.html"], quoted=True, as_archived=True)


def test_what_is_lost_stays_a_placeholder_where_that_is_allowed(
    store: assetstore.Store,
) -> None:
    store.archive(["page.html"])
    png, _ = store.document("page.html").images()
    store.purge([png.hash], shared=True)
    report = store.restore(["page.html"])
    assert report.count("failed") == 1
    report = store.restore(["page.html"], allow_missing=True)
    (file,) = report.files
    assert (file.status, file.payloads, file.code) == ("restored", 1, 0)
    assert file.warnings == (
        "2 placeholders stay: what they name was purged, for good",
    )
    text = Path("page.html").read_bytes()
    assert (text.count(b"as1:"), text.count(b"data:image/jpeg")) == (2, 1)
    small = store.archive_bytes(PAGE)
    assert store.restore_bytes(small, allow_missing=True) == PAGE


def test_pictures_are_written_out_and_the_document_stays(
    store: assetstore.Store,
) -> None:
    store.archive(["page.html"])
    small = Path("page.html").read_bytes()
    assert store.extract(["page.html"], "out", dry_run=True).count("extracted") == 1
    assert not Path("out").exists()
    store.extract(["page.html"], "out")
    found = {path.read_bytes() for path in Path("out").iterdir()}
    assert found == {PNG, JPEG}
    assert Path("page.html").read_bytes() == small
