"""Files that a page shows beside itself: style sheets, pictures, fonts, sounds.

A copy elsewhere would not find them. So the copy stands in a folder as deep as the
document, and links to them stand where the page looks for them.
"""

import html
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

# What is followed; programs and other pages are not.
_SHEET = ".css"
_SUFFIXES = frozenset(
    {_SHEET, ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".ico", ".svg"}
    | {".woff", ".woff2", ".ttf", ".otf", ".mp3", ".ogg", ".wav", ".mp4", ".webm"}
)
_REFERENCE = re.compile(
    rb"(?:\b(?:src|href|poster|background)\s*=|\burl\(|@import\b)\s*"
    rb"(?:\"([^\"<>]{1,1000})|'([^'<>]{1,1000})|([^\s\"'<>()]{1,1000}))"
)
_SOURCE_SET = re.compile(rb"\bsrcset\s*=\s*[\"']([^\"'<>]{1,4000})")
_MOST_FILES = 1000
_MOST_BYTES = 64 << 20
_DEEPEST = 4  # sheets that import sheets


class Linked:
    """The files that documents refer to, and where they stand beside a copy.

    Args:
        document: The document.
        folder: The folder of the copy, which is empty.
        any_kind: Whether programs and other pages are followed, too.
    """

    def __init__(self, document: Path, folder: Path, *, any_kind: bool = False):
        self._document = document
        self._folder = folder
        self._any_kind = any_kind
        self._files: dict[Path, None] = {}

    def collect(self, read: Callable[[Path], bytes | None], page: bytes) -> None:
        """Find what a page refers to, and what its style sheets do.

        Args:
            read: The whole text of a style sheet; None where there is none.
            page: The page.
        """
        texts = [(self._document.parent, page)]
        for _ in range(_DEEPEST):
            sheets: list[tuple[Path, bytes]] = []
            for folder, words in texts:
                for path in self._found(folder, words):
                    self._files[path] = None
                    if path.suffix.lower() == _SHEET:
                        sheet = read(path)
                        sheets += [(path.parent, sheet)] if sheet is not None else []
            texts = sheets

    def _found(self, folder: Path, words: bytes) -> Iterator[Path]:
        """Files that a text in a folder refers to, each once."""
        for name in _names(words):
            path = Path(os.path.normpath(folder / name))
            followed = self._any_kind or path.suffix.lower() in _SUFFIXES
            if not followed or path in self._files or path == self._document:
                continue
            with suppress(OSError):  # no name of a file
                if path.is_file() and len(self._files) < _MOST_FILES:
                    yield path

    def place(self, path: Path) -> Path:
        """Find where the copy of the document, or of a file it needs, is to stand."""
        folders = {str(each.parent) for each in (self._document, *self._files)}
        root = os.path.commonpath(folders)
        return self._folder / path.relative_to(root)

    def link(self, copy: Callable[[Path, Path], bool]) -> None:
        """Put the files in their places.

        Args:
            copy: Writes the whole form of a file somewhere else, if it is archived.
        """
        for path in self._files:
            place = self.place(path)
            if os.path.lexists(place):  # by a name of another case
                continue
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.suffix.lower() in (_SHEET, ".svg") and copy(path, place):
                continue
            try:
                place.symlink_to(path)
            except OSError:  # Windows asks for a right to make links
                with suppress(OSError):
                    if path.stat().st_size <= _MOST_BYTES:
                        shutil.copyfile(path, place)

    def __len__(self) -> int:
        return len(self._files)


def _names(text: bytes) -> Iterator[str]:
    """List what a text refers to that may be a file beside it."""
    found = [match[match.lastindex or 0] for match in _REFERENCE.finditer(text)]
    for match in _SOURCE_SET.finditer(text):
        found += [each.split()[0] for each in match[1].split(b",") if each.strip()]
    for reference in dict.fromkeys(found):
        words = html.unescape(reference.decode("utf-8", "replace"))
        path = words.partition("#")[0].partition("?")[0]
        name = unquote(path)
        far = name.startswith(("/", "\\")) or ":" in name
        if name and not far and "\0" not in name:
            yield name
