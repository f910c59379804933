"""What a codec has: every one in the table, and those that an archive uses."""

import base64
import inspect
import random

import pytest

from assetstore.store.codecs import known_codecs, known_decoders
from assetstore.store.codecs.base import PIECE, Codec, Decoder, Encoder


def same_words(wanted: object, found: object) -> bool:
    """Tell whether a method can be called as a protocol says."""
    theirs = inspect.signature(found).parameters  # type: ignore[arg-type]
    asked = list(inspect.signature(wanted).parameters.values())[1:]  # type: ignore[arg-type]
    return all(
        each.name in theirs and each.default == theirs[each.name].default
        for each in asked
    )


def test_pieces_of_base64_join() -> None:
    data = random.Random(1).randbytes(2 * PIECE + 1)
    pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
    assert b"".join(map(base64.b64encode, pieces)) == base64.b64encode(data)


@pytest.mark.parametrize("number", sorted(known_decoders()))
def test_a_decoder_is_called_as_the_protocol_says(number: int) -> None:
    codec = known_decoders()[number]
    assert (codec.number, bool(codec.name)) == (number, True)
    assert same_words(Decoder.decode, codec.decode)


@pytest.mark.parametrize("number", sorted(known_codecs()))
def test_a_codec_encodes_too(number: int) -> None:
    codec = known_codecs()[number]
    assert same_words(Codec.pays, codec.pays)
    assert same_words(Codec.encode, codec.encode)
    encoder: Encoder = codec.encoder()
    assert same_words(Encoder.encode, encoder.encode)
    assert isinstance(encoder.encode(b"a piece") + encoder.finish(), bytes)
