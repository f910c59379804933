"""What a page refers to, and where it stands beside a copy of it."""

from pathlib import Path

import pytest

from assetstore.view.linked import Linked


def site(folder: Path, **files: str) -> Path:
    for name, words in {"page": "", **files}.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)
    return folder / "page"


def linked(page: Path, words: str, **options: bool) -> list[str]:
    """The files beside a copy of a page."""
    copy = page.parent.parent / "copy"
    copy.mkdir()
    found = Linked(page, copy, **options)
    found.collect(Path.read_bytes, words.encode())
    found.link(lambda path, target: False)
    files = [path for path in copy.rglob("*") if path.is_file()]
    assert len(files) == len(found)
    return sorted(path.relative_to(copy).as_posix() for path in files)


@pytest.mark.parametrize(
    "words",
    [
        '<img src="a b.png">',
        "<IMG SRC='a%20b.png'>".lower(),
        '<img src="./x/../a&#32;b.png?v=1#y">',
        '<img srcset="other.png 1x, a%20b.png 2x">',
        "<p style=\"background:url('a%20b.png')\">",
        '<video poster="a%20b.png">',
        '<link rel="icon" href=a%20b.png>',
    ],
)
def test_a_picture_in_every_spelling(tmp_path: Path, words: str) -> None:
    page = site(tmp_path / "a")
    (page.parent / "a b.png").touch()
    assert linked(page, words) == ["a b.png"]


def test_sheets_are_followed(tmp_path: Path) -> None:
    page = site(
        tmp_path / "a",
        css__one_css='@import "two.css";',
        css__two_css="a{background:url(../b.png)} @import url(one.css)",
        b_png="",
    )
    words = '<link rel=stylesheet href="css/one.css">'
    assert linked(page, words) == ["b.png", "css/one.css", "css/two.css"]


def test_a_file_above_the_page_stays_above_it(tmp_path: Path) -> None:
    page = site(tmp_path / "a" / "deep", x_png="")
    site(tmp_path / "a", y_png="")
    folder = tmp_path / "copy"
    folder.mkdir()
    found = Linked(page, folder)
    found.collect(Path.read_bytes, b'<img src="x.png"><img src="../y.png">')
    assert found.place(page) == folder / "deep" / "page"
    found.link(lambda path, target: False)
    assert (folder / "y.png").is_symlink()
    assert (folder / "deep" / "x.png").is_symlink()


@pytest.mark.parametrize(
    "name",
    [
        "x.js",
        "other.html",
        "https://example.org/x.png",
        "//example.org/x.png",
        "/etc/x.png",
        "data:image/png,x.png",
        "file:x.png",
        "missing.png",
        "folder.png",
        "page",
        "%00.png",
        "x" * 900 + ".png",
    ],
)
def test_what_is_not_followed(tmp_path: Path, name: str) -> None:
    page = site(tmp_path / "a", x_js="", other_html="", x_png="")
    (page.parent / "folder.png").mkdir()
    assert linked(page, f'<img src="{name}">') == []


def test_all_is_followed_for_a_page_as_it_is(tmp_path: Path) -> None:
    page = site(tmp_path / "a", x_js="", other_html="")
    words = '<script src="x.js"></script><a href="other.html">'
    assert linked(page, words, any_kind=True) == ["other.html", "x.js"]


def test_nothing_is_written_through_a_link_of_another_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, copy = site(tmp_path / "a", A_png="one", a_png="other"), tmp_path / "copy"
    copy.mkdir()
    # As where the copy is in a folder in which a name has no case.
    monkeypatch.setattr(Linked, "place", lambda _, path: copy / path.name.lower())
    found = Linked(page, copy)
    found.collect(Path.read_bytes, b'<img src="A.png"><img src="a.png">')
    found.link(lambda path, target: False)
    assert (page.with_name("A.png").read_text(), len(found)) == ("one", 2)
    assert page.with_name("a.png").read_text() == "other"
    assert [path.name for path in copy.iterdir()] == ["a.png"]


def test_where_no_links_can_be_made_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("a right is missing")

    monkeypatch.setattr(Path, "symlink_to", refused)
    page = site(tmp_path / "a", x_png="words")
    assert linked(page, '<img src="x.png">') == ["x.png"]
    copy = tmp_path / "copy" / "x.png"
    assert (copy.is_symlink(), copy.read_text()) == (False, "words")
