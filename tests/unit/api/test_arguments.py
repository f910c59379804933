"""What callers get wrong is said in words."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import assetstore
from assetstore.api.arguments import archive_options, given_bytes, restore_options
from assetstore.archiver.options import ArchiveOptions
from assetstore.errors import MissingBlob, StoreError, UsageError
from assetstore.restore.options import RestoreOptions
from support.page import PAGE

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


def test_what_a_caller_gives_is_put_together() -> None:
    options = archive_options(
        profile="auto",
        media="any",
        min_size=0,
        min_age=5.0,
        include=["*.md"],
        exclude=iter(["a", "b"]),
        ignore=False,
        binary=True,
        dry_run=True,
        jobs=2,
    )
    assert options == ArchiveOptions(
        profile="auto",
        media="any",
        min_size=0,
        min_age=5.0,
        include=("*.md",),
        exclude=("a", "b"),
        ignore=False,
        binary=True,
        dry_run=True,
        jobs=2,
    )
    back = restore_options(allow_missing=True, as_archived=True, include=["x"], jobs=3)
    assert back == RestoreOptions(
        allow_missing=True, as_archived=True, include=("x",), jobs=3
    )


@pytest.mark.parametrize("given", [b"a", bytearray(b"a"), memoryview(b"a")])
def test_bytes_of_any_kind_are_bytes(given: object) -> None:
    assert given_bytes(given) == b"a"
    assert type(given_bytes(given)) is bytes
