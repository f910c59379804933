"""Text over the items of an array, put back where there may be none any more."""

from pathlib import Path

import pytest

from assetstore.documents.listed import fitting
from assetstore.files.source import Source
from assetstore.store.format.blob import BlobId
from assetstore.store.format.dialect import Dialect
from assetstore.store.format.recipe import Media, Part

LISTED = b'\\n",\n   "'
WRAPPED = Dialect(wrap=76, first=76, sep=LISTED)
DRAWN = Dialect(base="raw", subs=((0x0A, LISTED), (0x22, b'\\"')))


def spelt(dialect: Dialect) -> tuple[Part, ...]:
    return (b"head", Media(BlobId(bytes(32)), dialect))


def put(tmp_path: Path, front: bytes, dialect: Dialect) -> Dialect | None:
    """The dialect at the end of a text; None: what it was."""
    path = tmp_path / "a"
    path.write_bytes(front + b'as1:x"]}')
    parts = spelt(dialect)
    with Source.open(path) as source:
        found = fitting(parts, source, len(front))
    if found is parts:
        return None
    assert found[0] == b"head"
    assert isinstance(found[1], Media)
    return found[1].dialect


@pytest.mark.parametrize(
    "front",
    [
        b'{"a": ["',
        b'{"a": [\n  "x",\n  "',
        b'{"a":["b","say \\"',
        b"no JSON at all",
        b'{"a": "' + bytes(9000),
    ],
)
@pytest.mark.parametrize("dialect", [WRAPPED, DRAWN])
def test_an_item_stays_one(tmp_path: Path, front: bytes, dialect: Dialect) -> None:
    assert put(tmp_path, front, dialect) is None


@pytest.mark.parametrize("front", [b'{"a": "', b'{"a" :\n"x = \\"'])
def test_the_value_of_a_member_has_line_breaks_alone(
    tmp_path: Path, front: bytes
) -> None:
    assert put(tmp_path, front, WRAPPED) == Dialect(wrap=76, first=76, sep=b"\\n")
    subs = ((0x0A, b"\\n"), (0x22, b'\\"'))
    assert put(tmp_path, front, DRAWN) == Dialect(base="raw", subs=subs)
    last = Dialect(base="raw", subs=DRAWN.subs, cut=len(LISTED), tail=b"\\n")
    assert put(tmp_path, front, last) == Dialect(base="raw", subs=subs)


@pytest.mark.parametrize(
    "dialect", [Dialect(), Dialect(wrap=76, first=76, sep=b"\\n"), Dialect(base="raw")]
)
def test_what_was_in_one_string_stays(tmp_path: Path, dialect: Dialect) -> None:
    assert put(tmp_path, b'{"a": "', dialect) is None
