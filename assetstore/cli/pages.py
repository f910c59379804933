"""The project's own pages: docs/, in the package of a wheel, beside a checkout's."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import assetstore
from assetstore.errors import AssetstoreError, UsageError

_NAMED = 5  # pages in a hint


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        name: What it is called: its place in docs/, without an ending.
        title: Its first heading.
        path: The file.
    """

    name: str
    title: str
    path: Path

    @property
    def text(self) -> str:
        """All of it, in Markdown."""
        return self.path.read_text("utf-8")


def docs_folder() -> Path:
    """Find the folder ``docs``.

    Raises:
        AssetstoreError: It was not installed.
    """
    package = Path(assetstore.__file__).parent
    for root in (package, package.parent):
        if (root / "docs" / "recover.py").is_file():
            return root / "docs"
    raise AssetstoreError(
        f"the pages are not there, in {package / 'docs'}",
        hint="Install assetstore again: a wheel of it has them.",
    )


def recover_script() -> str:
    """The script of docs/recovery.md, which gets pictures out without assetstore."""
    return (docs_folder() / "recover.py").read_text("utf-8")


def find_pages() -> list[Page]:
    """All pages by name."""
    folder = docs_folder()
    pages = (_page(path, path.relative_to(folder)) for path in folder.rglob("*.md"))
    return sorted(pages, key=lambda page: page.name)


def find_page(name: str) -> Page:
    """One page.

    Args:
        name: Its name, or its place as a hint gives it: "recovery" and
            "docs/recovery.md#backups" are one.

    Raises:
        UsageError: There is none.
    """
    wanted = name.partition("#")[0].replace("\\", "/").lower()
    wanted = wanted.removeprefix("docs/").removesuffix(".md")
    pages = {page.name: page for page in find_pages()}
    if wanted in pages:
        return pages[wanted]
    raise UsageError(f"there is no page {name!r}", hint=_hint(wanted, pages))


def _hint(wanted: str, pages: dict[str, Page]) -> str:
    if wanted == "recover.py":
        return "assetstore recover-script prints it."
    names = get_close_matches(wanted, pages, _NAMED, cutoff=0.75)
    if names:
        return f"Close to it: {', '.join(names)}. 'assetstore docs' lists all."
    names = list(_speaking_of(wanted, pages))[:_NAMED] if wanted else []
    if names:
        return f"Pages that speak of it: {', '.join(names)}."
    return "'assetstore docs' lists them."


def _speaking_of(wanted: str, pages: dict[str, Page]) -> Iterator[str]:
    """Pages that have a word, those that have it most often first."""
    counts = {name: page.text.lower().count(wanted) for name, page in pages.items()}
    for name in sorted(counts, key=lambda name: (-counts[name], name)):
        if counts[name]:
            yield name


def _page(path: Path, place: Path) -> Page:
    with path.open(encoding="utf-8") as file:
        heads = (line[2:].strip() for line in file if line.startswith("# "))
        title = next(heads, place.stem)
    return Page(place.with_suffix("").as_posix().lower(), title, path)
