"""What lies beside a document: nothing, for most, and then it is replaced alone."""

from pathlib import Path

from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.formats.beside import NOTHING, Beside, Nothing
from assetstore.formats.registry import formats
from support.signatures import can_be_called
from support.stores import memory_store


def test_every_format_can_be_asked() -> None:
    for format in formats():
        assert can_be_called(Beside, format.beside), format.name


def test_nothing_lies_beside_most_documents(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(b"old")
    assert not NOTHING.owns(page)
    NOTHING.recover(page)
    NOTHING.mend(page, memory_store())
    with Source.open(page) as source:
        assert NOTHING.earlier_forms(page, source) == ()
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]
    assert page.read_bytes() == b"old"


def test_a_document_is_replaced_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(b"old")
    with Source.open(page) as source, Draft(page) as draft:
        draft.write(b"new")
        Nothing().replace(draft, source)
    assert page.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]
