"""Documents that are rows are told from files by their names."""

from pathlib import Path

import pytest

from assetstore.documents.row_names import database_of, name_of, parts_of


@pytest.mark.parametrize(
    ("document", "database"),
    [
        ("/a/app.db#part.data", "/a/app.db"),
        ("/a/b#c.db#part.data", "/a/b#c.db"),
        ("/a/history_1.sqlite#0199-aa", "/a/history_1.sqlite"),
        ("/a/page.html", ""),
        ("/a/page#one.html", "/a/page"),
        ("/a/page#one", ""),
        ('/a/app.db#"a.b".c', "/a/app.db"),
        ("/a/app.db#a.b.c", ""),
        ("/a/x.db#a/b.c", ""),
        ('/a/x.db#"a/b".c', "/a/x.db"),
        ("/a\nb/x.db#part.data", "/a\nb/x.db"),
        ("stdin:0011223344556677", ""),
    ],
)
def test_by_the_name(document: str, database: str) -> None:
    assert database_of(document) == database


def test_what_is_there_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "page#one.html"
    path.write_bytes(b"")
    assert database_of(str(path)) == ""


@pytest.mark.parametrize(
    "parts",
    [("part", "data"), ("a.b", "c#d"), ("a b", "c"), ("a/b", "c\\d"), ("a\nb", "c")],
)
def test_a_name_and_its_parts(parts: tuple[str, str]) -> None:
    name = name_of("/a/app.db", *parts)
    assert parts_of(name) == ("/a/app.db", *parts)
    assert parts_of("/a/history.sqlite#0199-aa") is None
