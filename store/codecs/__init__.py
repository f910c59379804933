"""Codecs: how a blob's bytes are kept in a pack.

A record names its codec by number. To add one, write a class with the methods of
`base.Decoder`, give it a line with the next number in `table`, and describe it in
docs/format.md. What codes blobs with it is `assetstore.store.optimize.encode`. The
contract suite, tests/contract/test_stored_forms.py, decodes what it made with every
codec in the table, whole and spoilt. docs/first-steps.md adds one, step by step.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TypeVar

from assetstore.errors import UnsupportedStore
from assetstore.store.codecs.base import Codec, Decoder
from assetstore.store.codecs.raw import RawCodec
from assetstore.store.codecs.table import TABLE
from assetstore.store.codecs.zstd import ZstdCodec

_D = TypeVar("_D", bound=Decoder)
_HOMES = {codec.number: codec.home for codec in TABLE}


def known_codecs() -> dict[int, Codec]:
    """New instances of the codecs that an archive uses, by number.

    They keep state: one per thread.
    """
    codecs: tuple[Codec, ...] = (RawCodec(), ZstdCodec())
    return {codec.number: codec for codec in codecs}


class Decoders(dict[int, Decoder]):
    """Codecs by number, each loaded when it is first asked for.

    The state they keep is a thread's.
    """

    def __missing__(self, number: int) -> Decoder:
        module, _, name = _HOMES[number].partition(":")
        kind = getattr(import_module(f"assetstore.store.codecs.{module}"), name)
        codec: Decoder = kind()
        self[number] = codec
        return codec


def known_decoders() -> dict[int, Decoder]:
    """New instances of every codec, by number."""
    decoders = Decoders()
    return {number: decoders[number] for number in _HOMES}


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
