"""Texts in a store, in pieces that stay the same while their file grows.

A text is cut into blocks: as many of `BLOCK` bytes as there are, then as many of a
sixteenth of that, then what is left. So of a log that grew, all blocks but the last
are there already, until sixteen small ones become a large one: a log that is kept each
hour is written about twice, where smaller steps would write it more often, and small
blocks alone would make long lists. Each is a blob, and the recipe that names them in
their order is the text: a placeholder stands for it, so that every reader of stores
can put it together.
"""

from collections.abc import Iterator

from assetstore.documents.recipes import Recipes
from assetstore.errors import IntegrityError, MissingBlob, PurgedBlob
from assetstore.files.source import RandomAccess
from assetstore.store.format.blob import Kind
from assetstore.store.format.dialect import RAW
from assetstore.store.format.placeholder import format_placeholder, parse_placeholder
from assetstore.store.format.recipe import MAX_RECIPE, Media, Recipe
from assetstore.store.sink import Sink

BLOCK = 1 << 20
_SMALL = BLOCK // 16


def blocks(size: int) -> Iterator[int]:
    """The lengths of the blocks that a text is cut into, in their order.

    Args:
        size: Bytes of the text.
    """
    for block in (BLOCK, _SMALL):
        while size >= block:
            yield block
            size -= block
    if size:
        yield size


def put_text(session: Sink, source: RandomAccess, *, grows: bool) -> Recipe:
    """Put a text into a store.

    Args:
        session: Takes it.
        source: The text.
        grows: Whether it is a log, to which is appended; else it is one blob, as
            which a picture's own file is the same as the picture in a log.

    Raises:
        StoreWriteError: The store cannot be written.
        PurgedBlob: A part of it was purged from the store.
        SourceChanged: It became shorter meanwhile.
    """
    was: list[Media] = []
    at = 0
    for length in blocks(source.size) if grows else [source.size]:
        writer = session.writer(Kind.MEDIA)
        for piece in source.pieces(at, at + length):
            writer.write(piece)
        id, _, _ = writer.finish()
        if session.forgets(id):
            raise PurgedBlob("its words were purged from the store")
        was.append(Media(id, RAW))
        at += length
    recipe = Recipe(was=tuple(was))
    if len(recipe.raw) > MAX_RECIPE:
        raise IntegrityError(f"{source.size:,} bytes are too many to be kept")
    session.put(Kind.RECIPE, recipe.raw)
    return recipe


def put_bytes(session: Sink, data: bytes) -> Recipe:
    """Put a short text that is in memory into a store."""
    id, _ = session.put(Kind.MEDIA, data)
    recipe = Recipe(was=(Media(id, RAW),))
    session.put(Kind.RECIPE, recipe.raw)
    return recipe


def placeholder(recipe: Recipe) -> str:
    """The placeholder that stands for a text."""
    return format_placeholder(recipe.id).decode()


def recipe_at(recipes: Recipes, text: str) -> Recipe:
    """The recipe of a text.

    Raises:
        MissingBlob: The store has none of this placeholder.
        IntegrityError: It cannot be read.
    """
    prefix = parse_placeholder(text.encode())
    recipe = recipes.get(prefix) if prefix is not None else None
    if recipe is None:
        raise MissingBlob(f"the store does not hold what {text} stands for")
    return recipe


def text_pieces(
    recipes: Recipes, recipe: Recipe, *, check: bool = True
) -> Iterator[bytes | memoryview]:
    """A text, in pieces, each valid until the next one is asked for.

    Args:
        recipes: Where the recipe is from.
        recipe: The text's.
        check: Compare blobs with their hashes.

    Raises:
        MissingBlob: A part is not in the store.
        DamagedBlob: A part is damaged.
    """
    for part in recipe.was:
        if isinstance(part, bytes):
            yield part
        else:
            yield from recipes.vault.stream(Kind.MEDIA, part.blob, check=check)
