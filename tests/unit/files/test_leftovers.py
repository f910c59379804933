"""What killed processes left beside documents: removed, put back, or kept."""

import os
import sys
from pathlib import Path

import pytest

from assetstore.errors import SourceChanged
from assetstore.files import leftovers
from assetstore.files.draft_names import NameSwap, draft_prefix
from assetstore.files.exchange import can_exchange
from assetstore.files.leftovers import Sweeper

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not can_exchange(), reason="names are exchanged on Linux"
)
OLD, NEW = b"the document as it was read", b"archived"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_bytes(OLD)
    return path


def draft(page: Path, data: bytes = NEW) -> tuple[Path, NameSwap]:
    """A draft that is about to exchange its name with the document."""
    made = page.with_name("made")
    made.write_bytes(data)
    swap = NameSwap.of(made.stat(), page.stat())
    return made.rename(page.with_name(swap.name(page))), swap


def exchanged(page: Path, left: Path) -> None:
    """What a process does just before it is killed."""
    page.rename(page.with_name("between"))
    left.rename(page)
    page.with_name("between").rename(left)


def names(page: Path) -> list[str]:
    return sorted(path.name for path in page.parent.iterdir())


def random_draft(page: Path) -> Path:
    path = page.with_name(draft_prefix(page) + "0123456789abcdef.tmp")
    path.write_bytes(b"half a draft")
    return path


def test_where_there_is_nothing_nothing_is_done(page: Path) -> None:
    Sweeper().sweep(page)
    Sweeper().sweep(page.with_name("none.md"))
    assert names(page) == ["page.md"]


def test_half_a_draft_is_removed_and_another_document_s_is_not(page: Path) -> None:
    random_draft(page)
    other = random_draft(page.with_name("other.md"))
    strange = page.with_name(".page.md.assetstore-notes.tmp")
    strange.write_bytes(b"a file of the user's")
    Sweeper().sweep(page)
    assert names(page) == sorted(["page.md", other.name, strange.name])


def test_one_whose_names_were_not_exchanged_yet_is_removed(page: Path) -> None:
    draft(page)
    Sweeper().sweep(page)
    assert names(page) == ["page.md"]
    assert page.read_bytes() == OLD


def test_one_whose_names_were_exchanged_is_done(page: Path) -> None:
    left, _ = draft(page)
    exchanged(page, left)
    Sweeper().sweep(page)
    assert names(page) == ["page.md"]
    assert page.read_bytes() == NEW


def test_what_another_program_wrote_at_that_moment_is_put_back(page: Path) -> None:
    left, _ = draft(page)
    exchanged(page, left)
    with left.open("ab") as file:
        file.write(b", and more")
    Sweeper().sweep(page)
    assert names(page) == ["page.md"]
    assert page.read_bytes() == OLD + b", and more"


def test_where_both_were_written_to_both_are_kept(page: Path) -> None:
    left, _ = draft(page)
    exchanged(page, left)
    for path in (left, page):
        with path.open("ab") as file:
            file.write(b", and more")
    with pytest.raises(SourceChanged):
        Sweeper().sweep(page)
    assert page.read_bytes() == NEW + b", and more"
    (kept,) = (path for path in page.parent.iterdir() if path != page)
    assert kept.name.endswith(".kept")
    assert kept.read_bytes() == OLD + b", and more"


def test_a_draft_that_somebody_wrote_to_is_kept(page: Path) -> None:
    left, _ = draft(page)
    with left.open("ab") as file:
        file.write(b"!")
    with pytest.raises(SourceChanged):
        Sweeper().sweep(page)
    assert page.read_bytes() == OLD
    assert any(name.endswith(".kept") for name in names(page))


def test_what_its_owner_still_holds_is_left_to_it(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft(page)
    before = names(page)
    monkeypatch.setattr(leftovers, "claim", lambda fd: False)
    Sweeper().sweep(page)
    assert names(page) == before


def test_a_made_up_name_removes_nothing(page: Path) -> None:
    """A file with another name, too, is not one of ours."""
    left, _ = draft(page)
    os.link(left, page.with_name("precious"))
    Sweeper().sweep(page)
    assert left.exists()
    left.unlink()
    target = page.with_name("precious")
    swap = NameSwap.of(target.stat(), page.stat())
    link = page.with_name(swap.name(page))
    link.symlink_to(target)
    Sweeper().sweep(page)
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert page.read_bytes() == OLD


def test_one_that_came_with_its_folder_is_passed_over(page: Path) -> None:
    """A copy has other inodes than its name tells of."""
    left, _ = draft(page)
    copies = page.with_name("copy"), page.with_name("other copy")
    for copy, path in zip(copies, (left, page), strict=True):
        copy.write_bytes(path.read_bytes())
    for copy, path in zip(copies, (left, page), strict=True):
        copy.replace(path)
    before = names(page)
    Sweeper().sweep(page)
    assert names(page) == before
    assert page.read_bytes() == OLD


def test_a_document_that_may_be_taken_back_is_told(page: Path) -> None:
    sweeper = Sweeper()
    assert not sweeper.may_be_taken_back(page, page.stat())
    draft(page)
    assert Sweeper().may_be_taken_back(page, page.stat())
    assert Sweeper().may_be_taken_back(page.with_name("page.md"), None)


def test_half_a_draft_is_no_replacement(page: Path) -> None:
    random_draft(page)
    assert not Sweeper().may_be_taken_back(page, page.stat())


def test_one_that_is_not_there_any_more_was_not_there_to_stay(page: Path) -> None:
    seen = page.stat()
    page.unlink()
    page.write_bytes(NEW)
    other = page.with_name("other")
    other.write_bytes(b"x")
    other.replace(page)
    assert Sweeper().may_be_taken_back(page, seen)
    page.unlink()
    with pytest.raises(FileNotFoundError):
        Sweeper().may_be_taken_back(page, seen)


def test_a_folder_is_listed_once_for_many_documents(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[object] = []
    real = os.listdir

    def count(folder: str) -> list[str]:
        listed.append(folder)
        return real(folder)

    monkeypatch.setattr(os, "listdir", count)
    sweeper = Sweeper()
    for number in range(5):
        sweeper.sweep(page.with_name(f"{number}.md"))
    assert len(listed) == 1
