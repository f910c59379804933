"""A document, and its verbs."""

from pathlib import Path

import pytest

import assetstore
from assetstore.errors import SourceRefused, StoreError
from support.page import JPEG, PAGE, PNG
from support.samples import picture, uri


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
