"""What the pages' commands say, quiet and not."""

import io
from pathlib import Path

import pytest

from assetstore.cli.output import Output
from assetstore.cli.pages import Page
from assetstore.cli.views.docs import (
    page_outcome,
    pages_outcome,
    recover_script_outcome,
)


def said(outcome: object, verbosity: int = 0) -> str:
    out = io.StringIO()
    output = Output(
        out=out, err=io.StringIO(), json=False, verbosity=verbosity, color="never"
    )
    outcome.view(output)  # type: ignore[attr-defined]
    return out.getvalue()


@pytest.fixture
def page(tmp_path: Path) -> Page:
    path = tmp_path / "one.md"
    path.write_text("# One\n\x1b]0;title\x07\n")
    return Page("one", "One", path)


def test_a_page_says_nothing_to_the_terminal(page: Page) -> None:
    assert said(page_outcome(page, only_path=False)) == "# One\n\\x1b]0;title\\x07\n"
    assert said(page_outcome(page, only_path=True)) == f"{page.path}\n"


def test_all_pages(page: Page, tmp_path: Path) -> None:
    told = said(pages_outcome(tmp_path, [page], only_path=False))
    assert told == "page  about\none   One\n"
    assert said(pages_outcome(tmp_path, [page], only_path=True)) == f"{tmp_path}\n"


def test_quiet_writes_the_script_and_no_place(tmp_path: Path) -> None:
    assert said(recover_script_outcome("x\n", None), -1) == "x\n"
    assert said(recover_script_outcome("x\n", tmp_path), -1) == ""
