"""Codecs: how a blob's bytes are kept in a pack.

A record names its codec by number. To add one, write a class with the methods
of `base.Codec`, give it the next number here, and describe it in
docs/format.md; the contract suite runs over everything in `known_codecs`.
"""

from assetstore.errors import UnsupportedStore
from assetstore.store.codecs.base import Codec
from assetstore.store.codecs.raw import RawCodec
from assetstore.store.codecs.zstd import ZstdCodec


def known_codecs() -> dict[int, Codec]:
    """New instances of every codec, by number. They keep state: one per thread."""
    codecs: tuple[Codec, ...] = (RawCodec(), ZstdCodec())
    return {codec.number: codec for codec in codecs}


def codec_for(codecs: dict[int, Codec], number: int) -> Codec:
    """The codec with a number.

    Raises:
        UnsupportedStore: A newer version wrote it.
    """
    try:
        return codecs[number]
    except KeyError:
        raise UnsupportedStore(
            f"a blob is stored with codec {number}, which this version does not know",
            hint="Update assetstore.",
        ) from None
