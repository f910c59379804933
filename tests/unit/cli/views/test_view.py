"""A copy to look at, as people and programs are told of it."""

from pathlib import Path

import pytest

from assetstore.cli.views.view import view_outcome
from assetstore.view.view import View
from support.shown import shown, told


def test_where_the_copy_is() -> None:
    view = View(page=Path("/x/p\n.html"), kind="page", opens=True, linked=1)
    outcome = view_outcome(Path("/a\x1b[2J"), view, opened=True, notes=["said"])
    assert shown(outcome) == [
        r"page /a\x1b[2J: /x/p\n.html",
        "  with 1 file that it refers to",
        "warning: said",
    ]
    assert told(outcome)["result"]["opened"] is True


@pytest.mark.parametrize(
    ("missing", "warnings", "said"),
    [
        (0, (), []),
        (2, (), ["2 placeholders left: no store here knows what they name"]),
        (2, ("another",), ["another"]),
    ],
)
def test_what_it_lacks(
    missing: int, warnings: tuple[str, ...], said: list[str]
) -> None:
    view = View(
        page=Path("/p"), kind="copy", opens=False, missing=missing, warnings=warnings
    )
    assert list(view_outcome(Path("/a"), view, opened=False).warnings) == said
