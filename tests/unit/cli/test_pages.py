"""Pages are found where a wheel and a checkout have them, by what hints call them."""

from pathlib import Path

import pytest

import assetstore
from assetstore.cli import pages
from assetstore.cli.pages import docs_folder, find_page, find_pages
from assetstore.errors import AssetstoreError, UsageError

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in a folder of its own, as far as its place is asked for."""
    package = tmp_path / "site-packages" / "assetstore"
    package.mkdir(parents=True)
    monkeypatch.setattr(assetstore, "__file__", str(package / "__init__.py"))
    return package


def put(docs: Path, **texts: str) -> None:
    docs.mkdir(parents=True)
    (docs / "recover.py").write_text("print()\n")
    for name, text in texts.items():
        (docs / f"{name}.md").write_text(text)


def test_a_checkout_has_them_beside_the_package() -> None:
    assert docs_folder() == DOCS
    names = {page.name for page in find_pages()}
    assert names == {path.stem for path in DOCS.rglob("*.md")}
    assert find_page("recovery").title == "Recovery"
    assert pages.recover_script() == (DOCS / "recover.py").read_text("utf-8")


def test_a_wheel_has_them_in_it(package: Path) -> None:
    put(package / "docs", stuck="intro\n\n# My thread\n## more\n", plain="no head\n")
    (package / "docs" / "guide").mkdir()
    (package / "docs" / "guide" / "git.md").write_text("# Git\n")
    put(package.parent / "docs", other="# Somebody else's\n")
    assert [(page.name, page.title) for page in find_pages()] == [
        ("guide/git", "Git"),
        ("plain", "plain"),
        ("stuck", "My thread"),
    ]
    assert find_page("guide/git").text == "# Git\n"


def test_where_there_are_none_it_is_said(package: Path) -> None:
    (package / "docs").mkdir()
    with pytest.raises(AssetstoreError, match="not there") as caught:
        find_pages()
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    "name", ["recovery", "recovery.md", "docs/recovery.md#backups", r"docs\Recovery.md"]
)
def test_as_hints_call_them(name: str) -> None:
    assert find_page(name).path == DOCS / "recovery.md"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("recover", "Close to it: recovery"),
        ("recover.py", "recover-script"),
        ("quarantine", "Pages that speak of it: "),
        ("zzyzzx", "'assetstore docs' lists them."),
        ("../../etc/passwd", "'assetstore docs' lists them."),
        ("", "'assetstore docs' lists them."),
    ],
)
def test_a_page_that_is_none(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_page(name)
    assert caught.value.hint is not None
    assert hint in caught.value.hint
