"""Write a copy of a document that can be looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assetstore.documents.placeholders import find_placeholders
from assetstore.documents.rebuild import StoreKnowledge
from assetstore.documents.recipes import Recipes
from assetstore.errors import AssetstoreError, ContainerRefused, SourceRefused
from assetstore.files.draft_names import cut
from assetstore.files.replace import Draft, absolute
from assetstore.files.source import Source
from assetstore.files.text import open_text
from assetstore.protected.containers import container
from assetstore.restore.extract import write_medium
from assetstore.restore.options import RestoreOptions
from assetstore.restore.restore import Restorer
from assetstore.store.format.blob import BlobId
from assetstore.store.media import sniff
from assetstore.store.store import Store
from assetstore.view.linked import Linked
from assetstore.view.markdown import renderer
from assetstore.view.notebook import notebook_page
from assetstore.view.page import data_uri, guarded, in_utf8, own_page, shown, text
from assetstore.view.text import text_page

_PAGES = frozenset((".html", ".htm", ".xhtml"))
_MARKDOWN = frozenset((".md", ".markdown"))
# What a program that opens it does not run.
_OPENED = _PAGES | _MARKDOWN | {".svg", ".ipynb"}
# Longer ones are not read as a whole.
_LONGEST = 256 << 20
# Bytes of a document's name in that of its page; 255 is what a name may have.
_LONGEST_NAME = 250
_HEAD = 1 << 12


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A copy that can be looked at.

    Attributes:
        page: The file to open.
        kind: What became of the document: page, drawing, notebook, markdown, text, or
            copy.
        opens: Whether a desktop may be told to open it.
        linked: How many files stand beside it that it refers to.
        missing: Placeholders that stay, since no store knows them.
        warnings: Sentences for the user.
        note: What is not shown as it could be, or "".
    """

    page: Path
    kind: str
    opens: bool
    linked: int = 0
    missing: int = 0
    warnings: tuple[str, ...] = ()
    note: str = ""


def view(
    stores: Sequence[Store], path: Path, folder: Path, *, as_is: bool = False
) -> View:
    """Write a copy of a document with its pictures, for the eye.

    The document stays as it is. The copy runs no scripts and loads nothing from the
    network, unless it is to be as it is.

    Args:
        stores: The stores, in the order in which they are asked.
        path: The document.
        folder: Where the copy goes: an empty folder.
        as_is: Write the whole document, byte for byte, and no page that shows it.

    Raises:
        SourceRefused: It is no file, or no notebook, or too long to be shown.
        ContainerRefused: It is no text.
        AssetstoreError: The document cannot be read.
        OSError: The same, or the copy cannot be written.
    """
    document = absolute(path)
    with open_text(document) as source:
        if reason := container(source):
            raise ContainerRefused(str(path), reason)
        kind = "copy" if as_is else _kind(document, source.read(0, _HEAD))
        raw = kind == "markdown" and renderer() is None
        if kind == "text" or raw:
            found = _as_text(stores, source, document, folder)
            return replace(found, note=_raw()) if raw else found
    return _Viewer(stores, document, folder).show(kind)


def _raw() -> str:
    """Say why Markdown is not shown as what it is, and what changes that."""
    from assetstore.installation import how_to_get

    return (
        "Markdown is shown as it is written: markdown-it-py, which renders it, is not "
        f"installed. Install it: {how_to_get('view')}"
    )


def _kind(path: Path, head: bytes) -> str:
    suffix, begin = path.suffix.lower(), head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if suffix in _PAGES or begin.startswith((b"<!doctype html", b"<html")):
        return "page"
    if suffix == ".svg" or sniff(head) == "image/svg+xml":
        return "drawing"
    if suffix == ".ipynb":
        return "notebook"
    return "markdown" if suffix in _MARKDOWN else "text"


def _as_text(
    stores: Sequence[Store], source: Source, document: Path, folder: Path
) -> View:
    known = [StoreKnowledge(Recipes(store)) for store in stores]
    pictures = folder / "pictures"
    given: dict[BlobId, str] = {}

    def show(blob: BlobId) -> str:
        if blob not in given:
            try:
                file, mime = write_medium(known, blob, pictures)
            except (AssetstoreError, OSError) as e:
                given[blob] = f"[{type(e).__name__}]"
            else:
                address = f"{pictures.name}/{file.name}"
                given[blob] = shown(address, mime, mime or file.name)
        return given[blob]

    page = folder / _page_name(document.name)
    _write(page, text_page(document.name, source, known, show))
    missing = sum(
        all(store.recipes.get(prefix) is None for store in known)
        for _, prefix in find_placeholders(source)
    )
    return View(page=page, kind="text", opens=True, missing=missing)


class _Viewer:
    """Shows a document that is restored first.

    Args:
        stores: The stores.
        document: The document.
        folder: Where the copy goes.
    """

    def __init__(self, stores: Sequence[Store], document: Path, folder: Path):
        self._restorer = Restorer(stores, RestoreOptions(allow_missing=True))
        self._document = document
        self._folder = folder
        self._whole = folder / "whole"

    def show(self, kind: str) -> View:
        """Write the copy."""
        result = self._restorer.to_file(self._document, self._whole)
        name, linked = self._document.name, 0
        if kind != "copy" and self._whole.stat().st_size > _LONGEST:
            raise SourceRefused(
                f"{self._document} is too long to be shown",
                hint="'assetstore restore FILE -o COPY' writes all of it.",
                path=str(self._document),
            )
        if kind == "drawing":
            data = self._whole.read_bytes()
            picture = shown(data_uri(data, "image/svg+xml"), "image/svg+xml", name)
            page = self._put(own_page(name, picture))
        elif kind == "notebook":
            render = renderer() or _as_it_is
            page = self._put(notebook_page(name, self._whole.read_bytes(), render))
        else:
            page, linked = self._with_links(kind)
        self._whole.unlink(missing_ok=True)
        return View(
            page=page,
            kind=kind,
            opens=page.suffix.lower() in _OPENED,
            linked=linked,
            missing=result.unknown,
            warnings=result.warnings,
        )

    def _with_links(self, kind: str) -> tuple[Path, int]:
        """Write a page, with what it refers to beside it."""
        if kind == "copy" and (
            self._document.suffix.lower() not in _OPENED
            or self._whole.stat().st_size > _LONGEST
        ):
            page = self._folder / self._document.name
            self._whole.rename(page)
            return page, 0
        data = in_utf8(self._whole.read_bytes())
        if kind == "markdown" and (render := renderer()) is not None:
            words = data.decode("utf-8-sig", "replace")
            data = own_page(self._document.name, render(words))
        linked = Linked(self._document, self._folder, any_kind=kind == "copy")
        linked.collect(self._read, data)
        page = linked.place(self._document)
        page.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if kind == "copy":
            self._whole.rename(page)
        else:
            page = page.with_name(_page_name(page.name))
            _write(page, [guarded(data) if kind == "page" else data])
        linked.link(self._copy)
        return page, len(linked)

    def _put(self, data: bytes) -> Path:
        page = self._folder / _page_name(self._document.name)
        _write(page, [data])
        return page

    def _read(self, path: Path) -> bytes | None:
        """The whole text of a file that the document refers to."""
        try:
            if path.stat().st_size > _LONGEST:
                return None
            return self._restorer.of_bytes(path.read_bytes(), str(path))
        except (AssetstoreError, OSError):
            return None

    def _copy(self, path: Path, target: Path) -> bool:
        """Write the whole form of an archived file somewhere else."""
        whole = self._read(path)
        if whole is None or whole == path.read_bytes():
            return False
        _write(target, [whole])
        return True


def _page_name(name: str) -> str:
    if name.lower().endswith((".html", ".htm")):
        return name
    return f"{cut(name, _LONGEST_NAME)}.html"


def _as_it_is(words: str) -> str:
    return text(words)


def _write(path: Path, pieces: Sequence[bytes] | Iterator[bytes]) -> None:
    with Draft(path) as draft:
        for piece in pieces:
            draft.write(piece)
        draft.publish()
