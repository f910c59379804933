"""Pictures that an agent asks for: those of its threads, and no others."""

import io
from collections.abc import Iterator
from pathlib import Path

import PIL.Image
import pytest

from assetstore.agents.paging import MOST_PIXELS, Pager
from assetstore.archiver.run import archive_paths
from assetstore.errors import AssetstoreError, MissingBlob, UsageError
from assetstore.store.store import Store
from support.homes import SESSION, THREAD, claude_home, codex_home
from support.samples import picture, uri
from support.stores import memory_store


@pytest.fixture
def store(alone: Path) -> Iterator[Store]:
    """A store with what two threads and a page had."""
    page = alone / "page.html"
    page.write_text(f'<img src="{uri(picture(70, 70, 9))}">')
    with memory_store() as made:
        archive_paths(made, [codex_home(alone), claude_home(alone), page])
        yield made


@pytest.fixture
def pager(store: Store, alone: Path) -> Pager:
    homes = {"codex": alone / ".codex", "claude-code": alone / ".claude"}
    return Pager(store, [], homes)


def test_a_threads_pictures_are_listed_each_once(pager: Pager) -> None:
    found = pager.images(THREAD[:8])
    assert len(found) == len({image.placeholder for image in found}) == 4
    first = found[0]
    assert (first.name, first.line, first.said) == ("image 60x40 png", 3, "user")
    assert (first.size, first.words[:16]) == (
        len(picture(60, 40, 0)),
        "look at number 0",
    )
    assert len(pager.images(SESSION)) == 3
    with pytest.raises(UsageError, match="there is no thread nobody"):
        pager.images("nobody")


def test_one_is_shown_as_png_and_fits(pager: Pager) -> None:
    name = pager.images(THREAD)[0].placeholder
    for most, size in ((MOST_PIXELS, (60, 40)), (30, (30, 20)), (0, (16, 11))):
        with PIL.Image.open(io.BytesIO(pager.image(name, most))) as shown:
            assert (shown.format, shown.size) == ("PNG", size)


def test_what_no_thread_refers_to_is_not_shown(
    pager: Pager, store: Store, alone: Path
) -> None:
    """A store may hold pictures of documents that are not the agent's to see."""
    text = (alone / "page.html").read_text()
    other = text[text.index("as1:") :][:31]
    with pytest.raises(MissingBlob, match="no thread here refers to"):
        pager.image(other)
    name = pager.images(THREAD)[0].placeholder
    alone_with_claude = Pager(store, [alone / ".claude"])
    with pytest.raises(MissingBlob, match="no thread here refers to"):
        alone_with_claude.image(name)


def test_what_is_no_placeholder_is_refused(pager: Pager) -> None:
    for name in ("", "as1:abc", "picture", "as1:" + "\udcff" * 27):
        with pytest.raises(UsageError, match="is no placeholder"):
            pager.image(name)


def test_what_the_store_lacks_has_no_size(pager: Pager, alone: Path) -> None:
    name = pager.images(THREAD)[0].placeholder
    with memory_store() as empty:
        lacking = Pager(empty, [], {"codex": alone / ".codex"})
        assert {image.size for image in lacking.images()} == {0}
        with pytest.raises(AssetstoreError):
            lacking.image(name)
