"""Pictures are taken out of files, bytes and file objects."""

import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import assetstore
from assetstore.errors import ContainerRefused
from support.page import JPEG, LOG, PAGE, PNG, Dribble
from support.samples import uri


def test_options_count(store: assetstore.Store) -> None:
    assert store.archive(["."], include=["*.jsonl"], dry_run=True).files[0].payloads
    assert Path("session.jsonl").read_bytes() == LOG
    report = store.archive(["."], exclude=["*.jsonl"], min_size=len(uri(PNG)) + 1)
    assert [file.payloads for file in report.files] == [0]
    assert store.archive(["."], min_age=3600).count("skipped") == 2
    assert store.archive(["."], jobs=2).count("archived") == 2
    assert store.restore(["."], include=["*.html"]).count("restored") == 1
    assert store.extract(["session.jsonl"], "out").files[0].payloads == 1
    assert [path.read_bytes() for path in Path("out").iterdir()] == [PNG]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_go_and_come_back(kind: Callable[[bytes], Any]) -> None:
    with assetstore.Store.memory() as store:
        small = store.archive_bytes(kind(PAGE))
        assert type(small) is bytes
        assert len(small) < len(PAGE) / 5
        assert store.restore_bytes(kind(small)) == PAGE
        (document,) = store.documents()
        assert document.path.startswith("stdin:")
        assert {image.read() for image in document.images()} == {PNG, JPEG}
        store.forget([document])
        assert not list(store.documents())


def test_what_is_empty_or_has_nothing() -> None:
    with assetstore.Store.memory() as store:
        for data in (b"", b"nothing here\n", b"as1:"):
            assert store.archive_bytes(data) == data
            assert store.restore_bytes(data) == data


def test_what_is_no_text_is_refused_unless_it_is_wanted() -> None:
    data = b"PK\3\4\0\0" + PAGE
    with assetstore.Store.memory() as store:
        with pytest.raises(ContainerRefused):
            store.archive_bytes(data)
        small = store.archive_bytes(data, binary=True)
        assert len(small) < len(data)
        assert store.restore_bytes(small) == data


def test_file_objects_that_give_and_take_a_part() -> None:
    with assetstore.Store.memory() as store:
        small, whole = Dribble(), Dribble()
        assert store.archive_stream(Dribble(PAGE), small).payloads == 3
        assert small.taken == store.archive_bytes(PAGE)
        store.restore_stream(Dribble(small.taken), whole)
        assert whole.taken == PAGE


def test_a_pipe(store: assetstore.Store) -> None:
    reading, writing = os.pipe()
    with (
        os.fdopen(reading, "rb", buffering=0) as source,
        os.fdopen(writing, "wb") as other,
    ):

        def feed() -> None:
            with other:
                other.write(PAGE)

        thread = threading.Thread(target=feed)
        thread.start()
        target = io.BytesIO()
        store.archive_stream(source, target)
        thread.join()
    assert store.restore_bytes(target.getvalue()) == PAGE


def test_a_file_object_that_gives_text(store: assetstore.Store) -> None:
    class Words:
        def read(self, size: int = -1, /) -> bytes:
            return "text"  # type: ignore[return-value]

    with pytest.raises(TypeError, match='"rb"'):
        store.archive_stream(Words(), io.BytesIO())


def test_nothing_is_taken_for_all_where_nobody_waits() -> None:
    """What reads None has nothing yet; `shutil` would take that for the end."""

    class Later(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            return None  # type: ignore[return-value]

        def write(self, data: Any, /) -> int:
            return None  # type: ignore[return-value]

    with assetstore.Store.memory() as store:
        with pytest.raises(BlockingIOError, match="make it blocking"):
            store.archive_stream(Later(), io.BytesIO())
        with pytest.raises(BlockingIOError, match="make it blocking"):
            store.archive_stream(io.BytesIO(PAGE), Later())


def test_a_target_is_as_it_was_where_it_did_not_work(store: assetstore.Store) -> None:
    Path("bad.html").write_bytes(b"PK\3\4\0\0" + PAGE)
    Path("small.html").write_bytes(b"mine")
    with pytest.raises(ContainerRefused):
        store.archive_file("bad.html", "small.html")
    assert Path("small.html").read_bytes() == b"mine"
    target = io.BytesIO()
    with pytest.raises(ContainerRefused):
        store.archive_stream(io.BytesIO(b"PK\3\4\0\0" + PAGE), target)
    assert target.getvalue() == b""


def test_what_goes_wrong_with_one_file_ends_nothing_else(
    store: assetstore.Store,
) -> None:
    report = store.archive(["none.html", "page.html"])
    assert [file.status for file in report.files] == ["failed", "archived"]
    assert report.exit_code == 3
