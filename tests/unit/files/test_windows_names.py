"""Names that Windows can have."""

import pytest

from assetstore.files.windows_names import is_name


@pytest.mark.parametrize(
    "name",
    [
        "a.html",
        ".a",
        "console",
        "com10.txt",
        "a con",
        "nul_",
        "\u00e9\u4e2d",
        "x" * 255,
    ],
)
def test_what_it_has(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("CON", "nul", "Com1", "lpt9.txt", "AUX .tar.gz", "com\u00b9", "CONIN$"),
        *("", ".", "..", "a.", "a ", "a:b", "con:x", "a<b", "a|b", 'a"b', "a?b", "a*b"),
        *("a/b", "a\\b", "a\nb", "a\x1fb", "x" * 256, "\U0001f600" * 128),
    ],
)
def test_what_it_does_not(name: str) -> None:
    assert not is_name(name)
