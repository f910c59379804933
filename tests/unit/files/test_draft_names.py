"""The names of drafts: whose they are, and which of two files is the new one."""

import os
from pathlib import Path

import pytest

from assetstore.files.draft_names import (
    NameSwap,
    cut,
    draft_prefix,
    drafts_of,
    is_temporary,
)

DRAFT = ".page.html.assetstore-0123456789abcdef.tmp"


def test_a_draft_is_its_document_s() -> None:
    names = [
        DRAFT,
        ".page.html.assetstore-1-2-3-4-5-6.swap",
        ".page.html.assetstore-notours.tmp",
        ".other.html.assetstore-0123456789abcdef.tmp",
        "page.html",
    ]
    assert drafts_of(Path("/a/page.html"), names) == names[:2]
    assert [is_temporary(name) for name in names] == [True, True, False, True, False]


@pytest.mark.parametrize("letter", ["x", "ü", "\udcff"])
def test_long_names_are_cut_and_stay_apart(letter: str) -> None:
    one, other = Path("/a") / (letter * 120 + "1"), Path("/a") / (letter * 120 + "2")
    assert draft_prefix(one) != draft_prefix(other)
    for path in (one, other):
        name = draft_prefix(path) + "0123456789abcdef.tmp"
        assert len(os.fsencode(name)) <= 255
        assert drafts_of(path, [name]) == [name]


def test_a_name_is_cut_between_letters() -> None:
    assert cut("page", 4) == "page"
    assert cut("page", 3) == "pag"
    assert cut("üü", 3) == "ü"


def test_a_swap_tells_the_two_files_apart(tmp_path: Path) -> None:
    document, draft = tmp_path / "page.html", tmp_path / "draft"
    document.write_bytes(b"as it was")
    draft.write_bytes(b"new")
    swap = NameSwap.of(draft.stat(), document.stat())
    again = NameSwap.named(swap.name(document), document)
    assert again == swap
    assert is_temporary(swap.name(document))
    assert swap.is_new(draft.stat())
    assert swap.is_old(document.stat())
    assert not swap.is_old(draft.stat())
    with draft.open("ab") as file:
        file.write(b", and longer")
    assert not swap.is_new(draft.stat())  # somebody wrote to it


@pytest.mark.parametrize("name", [DRAFT, ".page.html.assetstore-1-2-3.swap", "page"])
def test_another_name_is_no_swap(name: str) -> None:
    assert NameSwap.named(name, Path("/a/page.html")) is None
