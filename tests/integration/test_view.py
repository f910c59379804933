"""A copy for the eye, of a file that stays archived."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from support.program import Program
from support.samples import html, notebook, picture, uri

PNG, JPEG = uri(picture(30, 20, 1)), uri(picture(20, 30, 2, "JPEG"), "image/jpeg")


@pytest.fixture
def site(program: Program) -> Path:
    """An archived page, with an archived style sheet and a plain picture beside it."""
    folder = program.folder / "site"
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "a.css").write_text(f"body{{background:url({JPEG})}}")
    (folder / "b.png").write_bytes(picture(9, 9, 3))
    page = folder / "page.html"
    page.write_text(
        f'<!doctype html><link rel=stylesheet href="css/a.css"><img src="{PNG}">'
        '<img src="b.png"><script src="x.js"></script>'
    )
    assert program("archive", "--min-size", "0", folder).code == 0
    return page


def view(program: Program, *words: str | Path) -> Path:
    ran = program("view", *words, "--no-open", "--json")
    assert ran.code == 0, ran.err
    assert ran.result["opened"] is False
    return Path(ran.result["page"])


def test_a_page_with_what_it_refers_to(program: Program, site: Path) -> None:
    slim = site.read_bytes()
    ran = program("view", site, "--no-open", "-o", "look")
    assert ran.code == 0, ran.err
    look = program.folder / "look"
    assert f"page {site}: {look / 'page.html'}\n  with 2 files" in ran.out.decode()
    page = (look / "page.html").read_text()
    assert PNG in page
    assert page.startswith("<!doctype html><meta http-equiv=")
    assert JPEG in (look / "css" / "a.css").read_text()
    assert (look / "b.png").read_bytes() == (site.parent / "b.png").read_bytes()
    assert site.read_bytes() == slim
    assert b"as1:" in (site.parent / "css" / "a.css").read_bytes()
    # Nothing was given up, either.
    assert program("gc", "--grace", "0").code == 0
    assert program("restore", site.parent).code == 0
    assert PNG in site.read_text()


def test_nobody_else_can_read_it(program: Program, site: Path, tmp_path: Path) -> None:
    program.environment["TMPDIR"] = str(tmp_path / "tmp")
    (tmp_path / "tmp").mkdir()
    page = view(program, site)
    assert page.parent.parent == tmp_path / "tmp"
    if os.name != "nt":
        assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
    shutil.rmtree(page.parent)
    for broken in ("nowhere.html", "book.ipynb"):
        (program.folder / "book.ipynb").write_text("no notebook")
        assert program("view", broken, "--no-open").code == 1
        assert list((tmp_path / "tmp").iterdir()) == []


def test_as_it_is(program: Program) -> None:
    for name, data in (("a.html", html()), ("a.ipynb", notebook())):
        path = program.folder / name
        path.write_bytes(data)
        assert program("archive", "--min-size", "0", path).code == 0
        copy = view(program, path, "--as-is", "-o", program.folder / f"look-{name}")
        assert copy.read_bytes() == data


def test_renamed_copied_and_pasted(program: Program, site: Path) -> None:
    moved = site.rename(site.with_name("moved.html"))
    assert PNG in view(program, moved, "-o", "one").read_text()
    note = program.folder / "note.md"
    pasted = moved.read_text().partition('<img src="')[2].partition('"')[0]
    note.write_text(f"![x]({pasted})\n")
    assert PNG in view(program, note, "-o", "two").read_text()
    text = program.folder / "note.txt"
    text.write_text(f"see {pasted} <script>\n")
    page = view(program, text, "-o", "three")
    words = page.read_text()
    (shown,) = (page.parent / "pictures").iterdir()
    assert f'src="pictures/{shown.name}"> &lt;script&gt;' in words
    assert shown.read_bytes() == picture(30, 20, 1)


def test_what_no_store_knows_is_told(program: Program, site: Path) -> None:
    for name in ("a.html", "a.txt"):
        path = program.folder / name
        path.write_text(site.read_text() + "as1:AAAAAAAAAAAAAAAAAAAAAAAAAAA\n")
        ran = program("view", path, "--no-open", "--json", "-o", f"look-{name}")
        assert ran.code == 0, ran.err
        assert ran.result["missing"] == 1
        assert "1 placeholder stays" in ran.json["warnings"][0]


def test_the_folder_is_a_new_one(program: Program, site: Path) -> None:
    assert program("view", site, "--no-open", "-o", site.parent).code == 2
    link = program.folder / "link"
    link.symlink_to(program.folder / "elsewhere")
    assert program("view", site, "--no-open", "-o", link).code == 2
    assert (
        program("view", site, "--no-open", "-o", program.folder / "a" / "b").code == 0
    )


def test_a_second_store_is_asked(program: Program, site: Path) -> None:
    other = program.folder / "other"
    assert program("init", "--store", other).code == 0
    assert program("view", site, "--store", other, "--no-open").code == 0
    page = view(program, site, "--store", other, "--store", program.store, "-o", "x")
    assert PNG in page.read_text()
