"""Build a site of the README and all pages: searched, versioned, without the network.

    python docs/build_site.py [--check] [--version NAME] [FOLDER]

It writes FOLDER/VERSION (default: build/site, the version of the package), and lists
the versions in FOLDER, which each page then has to choose from. Every link is checked:
one to a page, a heading or a file that is not there is an error. With --check, nothing
is built; else it needs the dependency group "docs" (zensical).
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assetstore.version import __version__

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "zensical.toml"
PAGES = (
    "*.md",
    "docs/*.md",
    "benchmarks/*.md",
    "fixtures/*.md",
    "changelog.d/README.md",
)
_LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)\s]*))?\)")
_BLOCK = re.compile(r"^ *```.*?^ *```$", re.M | re.S)
_HEADING = re.compile(r"^#+ +(.+)$", re.M)
# What a browser would load with a page.
_LOADED = re.compile(
    r"<(?:script|img|iframe)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^>]*>"
    r"|<link\b[^>]*\brel=[\"']?(?:stylesheet|preconnect|preload)[^>]*//[^>]*>"
)
_NEWEST = '<!doctype html><meta http-equiv="refresh" content="0; url={0}/index.html">\n'


def pages(root: Path) -> list[Path]:
    """The pages of the site."""
    return sorted(page for pattern in PAGES for page in root.glob(pattern))


def linked(page: Path) -> Iterator[tuple[Path, str]]:
    """What a page refers to: a file below the root, and a heading in it, or ""."""
    for target, heading in _LINK.findall(_BLOCK.sub("", page.read_text("utf-8"))):
        if not re.match(r"[a-z]+:", target):
            path = os.path.normpath(page.parent / target) if target else page
            yield Path(path), heading


def headings(page: Path) -> set[str]:
    """The names of a page's headings, as in links to them."""
    found: set[str] = set()
    for heading in _HEADING.findall(_BLOCK.sub("", page.read_text("utf-8"))):
        words = re.sub(r"\]\([^)]*\)", "", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-"))
    return found


def faults(root: Path, named: set[Path]) -> Iterator[str]:
    """Links that lead nowhere, and pages that nobody is led to.

    Args:
        root: Where the pages are.
        named: Those in the site's navigation.
    """
    known = {page: headings(page) for page in pages(root)}
    for page in known:
        for target, heading in linked(page):
            there = target in known if target.suffix == ".md" else target.is_file()
            if not there or (heading and heading not in known.get(target, ())):
                place = f"{target}#{heading}" if there else target
                yield f"{page.relative_to(root)}: there is no {place}"
    led = named | {root / "CHANGELOG.md"}  # it is there once there was a release
    yield from (f"{page} is not in the navigation" for page in {*known} - led)
    yield from (f"{page} is in the navigation only" for page in named - {*known})


def navigation(nav: list[dict[str, Any]], root: Path) -> Iterator[Path]:
    """The pages in a navigation."""
    for entry in nav:
        for value in entry.values():
            if isinstance(value, str):
                yield root / value
            else:
                yield from navigation(value, root)


def lay_out(root: Path, folder: Path) -> None:
    """Copy the pages, and the files that they refer to, to where zensical reads."""
    found = pages(root)
    files = {*found, *(target for page in found for target, _ in linked(page))}
    for file in sorted(files):
        copy = folder / file.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def build(work: Path) -> Path:
    """Build the site in a folder with the pages; what zensical wrote."""
    shutil.copyfile(CONFIG, work / CONFIG.name)
    subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=work, check=True
    )
    site = work / "site"
    for page in site.rglob("*.html"):
        if loaded := _LOADED.search(page.read_text("utf-8")):
            raise SystemExit(f"{page.relative_to(site)} loads {loaded[0]}")
    return site


def list_versions(folder: Path) -> None:
    """Write which versions a folder has, the newest first, and lead to that one."""
    names = [each.parent.name for each in folder.glob("*/index.html")]
    names.sort(
        key=lambda name: [int(n) for n in re.findall(r"\d+", name)], reverse=True
    )
    known = [{"version": name, "title": name, "aliases": []} for name in names]
    (folder / "versions.json").write_text(json.dumps(known) + "\n", "utf-8")
    (folder / "index.html").write_text(_NEWEST.format(names[0]), "utf-8")


def main() -> int:
    """Build the site.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--version", default=__version__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    project = tomllib.loads(CONFIG.read_text("utf-8"))["project"]
    if wrong := sorted(faults(ROOT, {*navigation(project["nav"], ROOT)})):
        print("\n".join(wrong), file=sys.stderr)
    if wrong or given.check:
        return bool(wrong)
    with tempfile.TemporaryDirectory() as work:
        lay_out(ROOT, Path(work) / project["docs_dir"])
        try:
            site = build(Path(work))
        except subprocess.CalledProcessError as e:
            return e.returncode
        place = given.folder / given.version
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(site, place)
    list_versions(given.folder)
    print(f"wrote {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
