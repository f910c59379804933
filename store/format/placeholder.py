"""The placeholder that stands in a document where a payload was.

Grammar (docs/format.md): ``as1:`` followed by 27 characters of the URL-safe
base64 alphabet, which spell the first 160 bits of a recipe's id. Nothing in it
needs escaping in JSON at any depth, HTML, CSS, Markdown, YAML or a URL, and its
length is fixed, so that what stands around it cannot change its meaning.
"""

import re
from typing import NewType

import pybase64

MARK = b"as1:"
PREFIX_BYTES = 20
LENGTH = len(MARK) + 27

RecipePrefix = NewType("RecipePrefix", bytes)

PATTERN = re.compile(rb"as1:([A-Za-z0-9_-]{27})")
# The same in text that was decoded.
IN_WORDS = re.compile(r"as1:[A-Za-z0-9_-]{27}")

# Text that could be read as a placeholder, alone or together with one that is put right
# behind it: three characters of the id may come from that one's own "as1". Earlier
# versions archived such text like a payload.
LOOKALIKE = re.compile(rb"as1:[A-Za-z0-9_-]{24}")


def format_placeholder(recipe_id: bytes) -> bytes:
    """The placeholder that names a recipe.

    Args:
        recipe_id: The recipe's id, or at least its first 20 bytes.
    """
    return MARK + pybase64.urlsafe_b64encode(recipe_id[:PREFIX_BYTES]).rstrip(b"=")


def parse_placeholder(text: bytes) -> RecipePrefix | None:
    """The recipe prefix that ``text``, a whole placeholder, spells.

    Returns:
        The 20 bytes, or None where ``text`` is not exactly what
        `format_placeholder` writes.
    """
    if not PATTERN.fullmatch(text):
        return None
    prefix = pybase64.urlsafe_b64decode(text[len(MARK) :] + b"=")
    return RecipePrefix(prefix) if format_placeholder(prefix) == text else None
