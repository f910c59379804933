"""Pictures that stay in documents: the newest, and those that are too young."""

import os
from pathlib import Path

import pytest

from assetstore.agents.keep_newest import KeepNewest
from assetstore.errors import SourceRefused
from support.homes import codex_home, rollout
from support.samples import picture, uri

NOW = 1_790_000_000


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    shots = "".join(f'<img src="{uri(picture(20, 20, n))}">' for n in range(3))
    path.write_text(shots)
    os.utime(path, (NOW, NOW))
    return path


def test_so_many_of_the_newest(page: Path) -> None:
    text = page.read_bytes()
    places = [n for n in range(len(text)) if text[n:].startswith(b"iVBOR")]
    starts = [text.rindex(b"data:", 0, place) for place in places]
    kept = KeepNewest(keep_pictures=2).offsets(page)
    assert kept in (frozenset(places[1:]), frozenset(starts[1:]))
    assert KeepNewest().offsets(page) == frozenset()
    assert len(KeepNewest(keep_pictures=9).offsets(page)) == 3


@pytest.mark.parametrize(("age", "stays"), [(99.0, 3), (101.0, 0)])
def test_in_a_page_pictures_are_as_old_as_the_file(
    page: Path, age: float, stays: int
) -> None:
    keep = KeepNewest(older_than=100.0, clock=lambda: NOW + age)
    assert keep.settled(page)
    assert len(keep.offsets(page)) == stays
    assert keep.settled(page) is (not stays)


def test_in_a_log_as_old_as_their_line(alone: Path) -> None:
    log = codex_home(alone, rollout(2, 0))
    text = log.read_bytes()
    log.write_bytes(text.replace(b"2026-10-03", b"2999-10-03"))  # the second turn
    keep = KeepNewest(older_than=100.0, clock=lambda: 0.0)
    stay = keep.offsets(log)
    assert len(stay) == 2  # the picture is there twice: said and shown
    assert min(stay) > text.index(b"look at number 1") - 200
    assert not keep.settled(log)


def test_a_document_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="is gone"):
        KeepNewest(keep_pictures=1).offsets(tmp_path / "none")
