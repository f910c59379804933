"""How many columns a text takes."""

import pytest

from assetstore.cli.columns import left, right, width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("page.html", 9),
        ("日本語.html", 11),
        ("ﾊﾝｶｸ", 4),
        ("한글", 4),
        ("e\u0301te\u0301", 3),  # marks above other letters
        ("😀", 2),
        ("👍🏽", 2),  # with a color of skin
        ("👩‍👩‍👧", 2),  # three that are joined
        ("❤", 1),
        ("❤\ufe0f", 2),
        ("🇩🇪", 2),
        ("a\u200bb", 2),
        ("\x1b[32mok\x1b[0m", 2),
        ("\x1b[1m日\x1b[0m", 2),
        ("\udcff", 1),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_texts_are_padded_by_columns() -> None:
    assert left("日", 4) == "日  "
    assert right("日", 4) == "  日"
    assert left("long", 2) == "long"
