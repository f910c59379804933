"""Codecs: how a blob's bytes are kept in a pack.

A record names its codec by number. To add one, write a class with the methods
of `base.Decoder`, give it the next number here, and describe it in
docs/format.md; the contract suite runs over everything in `known_decoders`.
"""

from collections.abc import Mapping
from typing import TypeVar

from assetstore.errors import UnsupportedStore
from assetstore.store.codecs.base import Codec, Decoder
from assetstore.store.codecs.png import PngCodec
from assetstore.store.codecs.raw import RawCodec
from assetstore.store.codecs.whole import DictionaryCodec, JpegCodec
from assetstore.store.codecs.zstd import ZstdCodec

_D = TypeVar("_D", bound=Decoder)


def known_codecs() -> dict[int, Codec]:
    """New instances of the codecs that an archive uses, by number.

    They keep state: one per thread.
    """
    codecs: tuple[Codec, ...] = (RawCodec(), ZstdCodec())
    return {codec.number: codec for codec in codecs}


def known_decoders() -> dict[int, Decoder]:
    """New instances of every codec, by number; the state they keep is a thread's."""
    more: tuple[Decoder, ...] = (DictionaryCodec(), PngCodec(), JpegCodec())
    return {**known_codecs(), **{codec.number: codec for codec in more}}


def codec_for(codecs: Mapping[int, _D], number: int) -> _D:
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
