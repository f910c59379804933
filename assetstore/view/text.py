"""Any text as a page: pictures where their placeholders stand."""

import html
from collections.abc import Callable, Iterator, Sequence

from assetstore.documents.placeholders import find_placeholders
from assetstore.documents.rebuild import StoreKnowledge
from assetstore.errors import IntegrityError
from assetstore.files.source import Source
from assetstore.store.format.blob import BlobId
from assetstore.store.format.placeholder import LENGTH
from assetstore.view.page import CLOSING, opening

# Shows a blob: as HTML.
Show = Callable[[BlobId], str]


def text_page(
    title: str, source: Source, known: Sequence[StoreKnowledge], show: Show
) -> Iterator[bytes]:
    """A page with a document's text, in pieces.

    Args:
        title: What it is called.
        source: The document, as it is archived.
        known: The stores.
        show: Shows a medium.

    Raises:
        SourceChanged: The document became shorter meanwhile.
        OSError: It cannot be read.
    """
    yield (opening(title) + "<pre>").encode()
    done = 0
    for offset, prefix in find_placeholders(source):
        recipe = None
        for store in known:
            try:
                recipe = store.recipes.get(prefix)
            except IntegrityError:
                continue
            if recipe is not None:
                break
        if recipe is None or not recipe.blobs:
            continue
        yield from _escaped(source, done, offset)
        yield "".join(map(show, recipe.blobs)).encode()
        done = offset + LENGTH
    yield from _escaped(source, done, source.size)
    yield ("</pre>" + CLOSING).encode()


def _escaped(source: Source, start: int, end: int) -> Iterator[bytes]:
    for piece in source.pieces(start, end):
        # Each byte as it is: a piece may end within a character.
        words = piece.decode("utf-8", "surrogateescape")
        yield html.escape(words).encode("utf-8", "surrogateescape")
