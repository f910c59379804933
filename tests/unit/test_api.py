"""The public names, and the verbs that hang on a store, a document and a blob."""

import ast
import doctest
import gzip
import importlib
import io
import os
import pkgutil
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

import assetstore
from assetstore import api
from assetstore.archiver.run import archive_paths
from assetstore.documents.catalog import list_documents
from assetstore.errors import (
    AmbiguousId,
    ContainerRefused,
    MissingBlob,
    PurgedBlob,
    SourceRefused,
    StoreError,
    UsageError,
)
from assetstore.restore.run import restore_paths
from assetstore.store.store import Store as BaseStore
from support.samples import lines, picture, uri

ROOT = Path(__file__).parents[2]
PNG, JPEG = picture(20, 20, 1), picture(20, 20, 2, "JPEG")
PAGE = (
    f'<img src="{uri(PNG)}"><img src="{uri(JPEG, "image/jpeg")}">\n'
    f'<img src="{uri(PNG)}">\n'
).encode()
LOG = lines(
    {
        "role": "user",
        "content": [{"type": "image_url", "image_url": {"url": uri(PNG)}}],
    }
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two documents, and a home of its own."""
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("page.html").write_bytes(PAGE)
    Path("session.jsonl").write_bytes(LOG)
    return folder


@pytest.fixture
def store(here: Path) -> Iterator[assetstore.Store]:
    with assetstore.Store.open("pictures", create=True) as store:
        yield store


# The names of the package


def test_every_public_name_is_there_and_documented() -> None:
    for name in assetstore.__all__:
        value = getattr(assetstore, name)
        assert name == "__version__" or value.__doc__, name
    assert set(assetstore.__all__) <= set(dir(assetstore))


def test_type_checkers_read_the_same_names() -> None:
    tree = ast.parse(Path(assetstore.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    read = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        (alias,) = node.names
        assert alias.asname == alias.name
        read[alias.name] = (node.module or "").removeprefix("assetstore.")
    verbs = {name: module for name, (module, _) in assetstore._VERBS.items()}
    assert read == assetstore._HOME | verbs


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        assetstore.nonsense  # noqa: B018


def test_the_api_brings_no_command_line() -> None:
    code = (
        "import sys, assetstore\n"
        "[getattr(assetstore, name) for name in assetstore.__all__]\n"
        "print(*{'click', 'tqdm'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", sorted(assetstore._VERBS))
def test_a_function_that_is_a_verb_by_now_says_so(name: str) -> None:
    module, verb = assetstore._VERBS[name]
    with pytest.warns(DeprecationWarning, match=rf"{name} is deprecated.*{verb}$"):
        value = getattr(assetstore, name)
    assert value is getattr(importlib.import_module(f"assetstore.{module}"), name)
    method = verb.removeprefix("Store.")
    assert callable(getattr(assetstore.Store, method))
    assert name not in assetstore.__all__


def test_an_import_of_one_warns_where_it_stands() -> None:
    with pytest.warns(DeprecationWarning, match="archive_paths") as warned:
        from assetstore import archive_paths as found
    assert found is archive_paths
    assert {warning.filename for warning in warned} == {__file__}


def test_no_verb_hides_what_a_store_has() -> None:
    parts = [
        cls
        for cls in assetstore.Store.__mro__
        if cls.__module__.startswith("assetstore.api")
    ]
    verbs = {name for cls in parts for name in vars(cls) if name[0] != "_"}
    verbs.add("_named")
    assert len(verbs) > 20
    assert [name for name in sorted(verbs) if hasattr(BaseStore, name)] == []


def test_functions_take_a_store_with_verbs(store: assetstore.Store) -> None:
    assert isinstance(store, BaseStore)
    archive_paths(store, ["page.html"])
    assert [info.state for info in list_documents(store)] == ["present"]
    assert [document.state for document in store.documents()] == ["present"]
    restore_paths(store, ["page.html"])
    assert Path("page.html").read_bytes() == PAGE


def test_a_store_that_is_met_is_one_with_verbs(here: Path) -> None:
    for create in (True, False):
        with assetstore.open_store("pictures", create=create) as store:
            assert type(store) is assetstore.Store
    with assetstore.open_store("new", create=True, dry_run=True) as store:
        assert type(store) is assetstore.Store
        assert repr(store) == "<Store in memory>"


# Files


def test_files_go_and_come_back(store: assetstore.Store) -> None:
    report = store.archive(["page.html", Path("session.jsonl")])
    assert report.count("archived") == 2
    assert b"data:image" not in Path("page.html").read_bytes()
    assert store.restore(["."]).count("restored") == 2
    assert Path("page.html").read_bytes() == PAGE
    assert Path("session.jsonl").read_bytes() == LOG


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


class Heard:
    """A progress that notes what it is told."""

    def __init__(self) -> None:
        self.bytes = 0
        self.labels: list[str] = []

    def start(self, total_bytes: int | None, label: str) -> None:
        self.labels.append(label)

    def advance(self, n: int) -> None:
        self.bytes += n

    def message(self, text: str) -> None: ...

    def close(self) -> None:
        self.labels.append("closed")


def test_progress_is_told(store: assetstore.Store) -> None:
    heard = Heard()
    store.archive(["page.html"], progress=heard)
    assert heard.bytes == len(PAGE)
    store.restore(["page.html"], progress=heard)
    assert {"archiving", "restoring", "closed"} <= set(heard.labels)
    for verb in (store.verify, store.repair, store.collect):
        told = Heard()
        verb(progress=told)
        assert told.labels[-1] == "closed", verb


# Bytes and file objects


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


class Dribble(io.RawIOBase):
    """Not seekable; reads and writes a few bytes at a time."""

    def __init__(self, data: bytes = b""):
        self._given = io.BytesIO(data)
        self.taken = b""

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._given.read(min(size, 7))

    def write(self, data: Any, /) -> int:
        self.taken += bytes(data[:11])
        return len(data[:11])


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


# Documents and blobs


def test_a_document(store: assetstore.Store, here: Path) -> None:
    store.archive(["page.html"])
    page = store.document("page.html")
    assert page.path == str(here / "page.html")
    assert (page.state, page.payloads) == ("present", 3)
    assert page.source_size == len(PAGE)
    assert page.slim_size == Path("page.html").stat().st_size
    assert page.profile == page.info.profile
    assert [image.type for image in page.images()] == ["image/png", "image/jpeg"]
    assert repr(page) == f"<Document {page.path!r} present>"
    assert page.restore(to="copy.html").payloads == 3
    states = [page.state]
    assert page.restore().status == "restored"
    states.append(page.state)
    assert list(page.images()) == []
    assert page.archive().status == "archived"
    states.append(page.state)
    assert states == ["present", "restored", "present"]
    assert store.restore([page]).count("restored") == 1
    assert Path("page.html").read_bytes() == Path("copy.html").read_bytes() == PAGE


def test_a_document_that_changed_and_went(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    first, second = (f'<img src="{t}">'.encode() for t in ("a", "b"))
    text = Path("page.html").read_bytes()
    Path("page.html").write_bytes(text[-60:] + first + second)
    page = store.document("page.html")
    assert page.state == "changed"
    assert {image.read() for image in page.images()} == {PNG, JPEG}
    Path("page.html").unlink()
    page = store.document("page.html")
    assert page.state == "missing"
    assert {image.read() for image in page.images()} == {PNG, JPEG}
    with pytest.raises(OSError, match="No such file"):
        page.restore()
    with pytest.raises(OSError, match="No such file"):
        page.archive()
    page.forget()
    with pytest.raises(StoreError, match="knows no document"):
        page.images()


def test_images_stand_in_the_order_of_the_document(store: assetstore.Store) -> None:
    pictures = [picture(12, 12, seed) for seed in range(9)]
    text = "".join(f'<img src="{uri(one)}">' for one in pictures)
    Path("many.html").write_text(text)
    store.archive(["many.html"])
    images = list(store.document("many.html").images())
    assert [image.read() for image in images] == pictures


def test_a_document_that_still_needs_its_pictures(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    page = store.document("page.html")
    with pytest.raises(SourceRefused, match="still holds 3 placeholders"):
        page.forget()
    with pytest.raises(SourceRefused):
        store.forget([page])
    page.forget(force=True)
    with pytest.raises(StoreError, match="knows no document"):
        store.document("page.html")


def test_documents_below_a_folder(store: assetstore.Store) -> None:
    Path("deep").mkdir()
    Path("deep/page.html").write_bytes(PAGE)
    store.archive(["."])
    assert len(list(store.documents())) == 3
    (deep,) = store.documents(["deep"])
    assert deep.path.endswith("page.html")


def test_a_blob(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    blobs = {blob.type: blob for blob in store.blobs()}
    assert list(blobs) == [
        blob.type for blob in sorted(blobs.values(), key=lambda b: b.hash)
    ]
    png = blobs["image/png"]
    assert (png.size, png.copies) == (len(PNG), 1)
    assert 0 < png.stored_size <= len(PNG) + 64
    assert png.read() == PNG
    with png.open() as file, PIL.Image.open(file) as image:
        assert image.size == (20, 20)
    target = io.BytesIO()
    assert png.write_to(target) == len(PNG)
    assert target.getvalue() == PNG
    dribble = Dribble()
    assert png.write_to(dribble) == len(PNG)
    assert dribble.taken == PNG
    with pytest.raises(TypeError, match="binary file object"):
        png.write_to(io.StringIO())  # type: ignore[arg-type]
    assert "_store" not in repr(png)


def test_get_by_a_hash_its_beginning_or_a_placeholder(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    text = Path("page.html").read_text()
    placeholders = re.findall(r"as1:[\w-]{27}", text)
    assert len(placeholders) == 3
    png = store.get(placeholders[0])
    assert png.read() == PNG
    assert store.get(placeholders[1]).read() == JPEG
    for name in (png.hash, png.hash[:4], png.hash[:9].upper()):
        assert store.get(name) == png
    assert hash(store.get(png.hash)) == hash(png)


def test_a_beginning_that_fits_several(
    store: assetstore.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.archive(["page.html"])
    both = [bytes.fromhex(blob.hash) for blob in store.blobs()]
    monkeypatch.setattr(store, "find_media", lambda digits: both)
    with pytest.raises(AmbiguousId, match="fits 2 blobs"):
        store.get("abcd")


def test_find_the_documents_that_hold_a_picture(store: assetstore.Store) -> None:
    store.archive(["page.html", "session.jsonl"])
    png, jpeg = store.document("page.html").images()

    def names(found: Iterator[assetstore.Document]) -> list[str]:
        return [Path(document).name for document in found]

    assert names(store.find(png.hash)) == ["page.html", "session.jsonl"]
    assert names(store.find(jpeg.hash[:12])) == ["page.html"]
    assert names(jpeg.documents()) == ["page.html"]
    store.restore(["page.html"])
    assert names(store.find(png.hash)) == ["session.jsonl"]
    assert names(store.find(jpeg.hash)) == []


def test_what_was_purged_is_still_named(store: assetstore.Store) -> None:
    store.archive(["page.html", "session.jsonl"])
    png, jpeg = store.document("page.html").images()
    report = store.purge(["page.html"], dry_run=True)
    assert [picture.blob for picture in report.pictures] == [jpeg.hash]
    assert any(png.hash in note and "session.jsonl" in note for note in report.notes)
    store.purge([png.hash])
    with pytest.raises(PurgedBlob):
        store.get(png.hash)
    gone, _ = sorted(store.document("page.html").images(), key=lambda b: b.copies)
    assert (gone.hash, gone.size, gone.type) == (png.hash, 0, "")
    with pytest.raises(PurgedBlob):
        gone.read()


def test_a_store_is_kept_well(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    assert store.stats(types=True).documents == 1
    assert store.verify(read_data=True).findings == ()
    assert store.rebuild_index().blobs >= 4
    assert store.repair(sources=["session.jsonl"], dry_run=True).lost == ()
    assert store.optimize(effort=1).effort == 1
    assert store.collect(dry_run=True, scan=["session.jsonl"]).freed == 0
    store.restore(["page.html"])
    store.forget(["page.html"])
    assert store.collect(grace=0).freed > 0
    assert list(store.blobs()) == []


def test_what_was_lost_comes_from_a_source(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    assert store.root is not None
    for pack in (store.root / "packs").rglob("*"):
        if pack.is_file():
            pack.unlink()
    Path("copy.html").write_bytes(PAGE)
    store.repair(sources=["copy.html"])
    assert store.restore(["page.html"]).count("restored") == 1
    assert Path("page.html").read_bytes() == PAGE


# What callers get wrong

WRONG: list[tuple[str, Callable[[Any], object], type[Exception], str]] = [
    ("paths", lambda s: s.archive("page.html"), TypeError, r"write \['page.html'\]"),
    ("bytes", lambda s: s.archive(b"page.html"), TypeError, r"write \["),
    ("Path", lambda s: s.restore(Path("page.html")), TypeError, r"write \["),
    ("documents", lambda s: s.documents("page.html"), TypeError, r"write \["),
    ("extract", lambda s: s.extract("page.html", "out"), TypeError, r"write \["),
    ("forget", lambda s: s.forget("page.html"), TypeError, r"write \["),
    ("scan", lambda s: s.collect(scan="."), TypeError, r"write \["),
    ("sources", lambda s: s.repair(sources="."), TypeError, r"write \["),
    ("accept", lambda s: s.repair(accept="abcd"), TypeError, r"\['abcd'\]"),
    ("purge", lambda s: s.purge("abcd"), TypeError, r"write \['abcd'\]"),
    ("include", lambda s: s.archive(["."], include="*"), TypeError, r"\['\*'\]"),
    ("exclude", lambda s: s.restore(["."], exclude="*"), TypeError, r"\['\*'\]"),
    ("text", lambda s: s.archive_bytes("text"), TypeError, r"data\.encode\(\)"),
    ("text back", lambda s: s.restore_bytes("text"), TypeError, r"data\.encode\(\)"),
    ("None", lambda s: s.archive_bytes(None), TypeError, "bytes, not NoneType"),
    ("ints", lambda s: s.archive_bytes([1, 2]), TypeError, "bytes, not list"),
    (
        "text file",
        lambda s: s.archive_stream(io.StringIO(), io.BytesIO()),
        TypeError,
        '"rb"',
    ),
    (
        "to a text file",
        lambda s: s.restore_stream(io.BytesIO(), io.StringIO()),
        TypeError,
        '"wb"',
    ),
    (
        "a name for a file",
        lambda s: s.archive_stream("page.html", io.BytesIO()),
        TypeError,
        "binary file object",
    ),
    ("a hash of bytes", lambda s: s.get(b"abcd"), TypeError, r"hash\.hex\(\)"),
    ("no hash", lambda s: s.get("picture.png"), ValueError, "names no blob"),
    ("no hash at all", lambda s: s.get(""), ValueError, "'' names no blob"),
    ("too short", lambda s: s.get("abc"), ValueError, "names no blob"),
    ("too long", lambda s: s.get("a" * 65), ValueError, "names no blob"),
    ("half a placeholder", lambda s: s.get("as1:abc"), ValueError, "whole placehold"),
    ("find nothing", lambda s: s.find(""), ValueError, "'' names no blob"),
    ("find bytes", lambda s: s.find(b"abcd"), TypeError, "a hash is text"),
    ("absent", lambda s: s.get("abcd1234"), MissingBlob, "has no blob"),
    ("unknown", lambda s: s.document("page.html"), StoreError, "knows no document"),
    ("profile", lambda s: s.archive(["."], profile="x"), UsageError, "x"),
    ("profile of bytes", lambda s: s.archive_bytes(b"", profile="x"), UsageError, "x"),
    ("media", lambda s: s.archive(["."], media="video"), ValueError, '"any"'),
    ("size", lambda s: s.archive(["."], min_size=-1), ValueError, "0 or more"),
    ("jobs", lambda s: s.restore(["."], jobs=0), ValueError, "1 or more"),
    ("effort", lambda s: s.optimize(effort=0), ValueError, "no effort 0"),
    ("subset", lambda s: s.verify(subset="all"), ValueError, "is not a part"),
]


@pytest.mark.parametrize(
    ("call", "kind", "words"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
def test_what_is_wrong_is_said(
    store: assetstore.Store,
    call: Callable[[assetstore.Store], object],
    kind: type[Exception],
    words: str,
) -> None:
    with pytest.raises(kind, match=words) as caught:
        call(store)
    assert not isinstance(caught.value, StoreError) or caught.value.hint
    assert Path("page.html").read_bytes() == PAGE


def test_quoted_and_as_archived_do_not_go_together(store: assetstore.Store) -> None:
    with pytest.raises(ValueError, match="give one of them"):
        store.restore(["page.html"], quoted=True, as_archived=True)


def test_a_file_object_that_gives_text(store: assetstore.Store) -> None:
    class Words:
        def read(self, size: int = -1, /) -> bytes:
            return "text"  # type: ignore[return-value]

    with pytest.raises(TypeError, match='"rb"'):
        store.archive_stream(Words(), io.BytesIO())


# The examples


def examples() -> Iterator[doctest.DocTest]:
    """Those in the docstrings of the package, and the first part of docs/api.md."""
    for module in pkgutil.iter_modules(api.__path__, "assetstore.api."):
        for found in doctest.DocTestFinder().find(importlib.import_module(module.name)):
            if found.examples:
                yield found
    text = (ROOT / "docs" / "api.md").read_text("utf-8").partition("<!-- verbs -->")[0]
    blocks = "".join(re.findall(r"^```pycon\n(.*?)^```", text, re.M | re.S))
    yield doctest.DocTestParser().get_doctest(blocks, {}, "docs/api.md", None, 0)


EXAMPLES = {test.name: test for test in examples()}


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 15
    assert len(EXAMPLES["docs/api.md"].examples) > 15


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_is_true(name: str, here: Path) -> None:
    Path("page.html").write_bytes(PAGE)
    test = EXAMPLES[name]
    with assetstore.Store.open("pictures", create=True) as store:
        if name != "docs/api.md":
            test.globs = {"assetstore": assetstore, "store": store, "Path": Path}
        told: list[str] = []
        failed, tried = doctest.DocTestRunner().run(test, out=told.append)
    assert tried
    assert not failed, "".join(told)


def test_an_example_that_is_false_is_found(here: Path) -> None:
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "x", None, 0)
    assert doctest.DocTestRunner().run(test, out=lambda text: None).failed == 1
