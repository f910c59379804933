"""PNG files, taken apart and put together again."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.store.codecs.png.container import (
    SIGNATURE,
    Header,
    join,
    minimal,
    split,
)
from support.screens import chunk, pillow, png, screen

WIDTH, HEIGHT = 7, 5
LINES = b"".join(b"\0" + bytes(range(y, y + 3 * WIDTH)) for y in range(HEIGHT))
PLAIN = png(LINES, WIDTH, HEIGHT)
TEXT = chunk(b"tEXt", b"Title\0a picture")
IEND = chunk(b"IEND", b"")
HEAD = PLAIN[:33]
STREAM = zlib.compress(LINES)


def joined(raw: bytes) -> bytes | None:
    parts = split(raw)
    if parts is None:
        return None
    return b"".join(join(parts.head, parts.sizes, parts.stream, parts.tail))


FILES = {
    "plain": PLAIN,
    "several IDATs": png(LINES, WIDTH, HEIGHT, pieces=9),
    "a byte a chunk": png(LINES, WIDTH, HEIGHT, pieces=len(STREAM)),
    "empty chunks": HEAD
    + chunk(b"IDAT", b"")
    + chunk(b"IDAT", STREAM)
    + chunk(b"IDAT", b"") * 2
    + IEND,
    "text before and behind": png(LINES, WIDTH, HEIGHT, before=TEXT, after=TEXT * 2),
    "trailing bytes": PLAIN + b"more\0" * 30,
    "without an end": PLAIN[:-12],
    "a cut end": PLAIN[:-5],
    "a bad end": PLAIN[:-1] + b"x",
    "a bad checksum in front": HEAD + TEXT[:-1] + b"?" + PLAIN[33:],
    "a bad checksum of IHDR": PLAIN[:29] + b"????" + PLAIN[33:],
    "chunks between IDATs": HEAD
    + chunk(b"IDAT", STREAM[:20])
    + TEXT
    + chunk(b"IDAT", STREAM[20:])
    + IEND,
    "animated": png(
        LINES,
        WIDTH,
        HEIGHT,
        before=chunk(b"acTL", bytes(8)) + chunk(b"fcTL", bytes(26)),
        after=chunk(b"fcTL", bytes(26)) + chunk(b"fdAT", b"\0\0\0\2" + STREAM),
    ),
    "a long chunk behind": PLAIN + b"\x7f\xff\xff\xffIDATx",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_comes_back(name: str) -> None:
    assert joined(FILES[name]) == FILES[name]


NONE = {
    "nothing": b"",
    "signature": SIGNATURE,
    "no IDAT": HEAD + TEXT + IEND,
    "no chunks": HEAD,
    "another signature": b"\x89PNX" + PLAIN[4:],
    "IHDR elsewhere": SIGNATURE + TEXT + PLAIN[8:],
    "a bad checksum": PLAIN[:70] + b"?" + PLAIN[71:],
    "cut in IDAT": PLAIN[:60],
    "IDAT longer than the file": HEAD + b"\x7f\xff\xff\xffIDAT" + STREAM + IEND,
    "a chunk longer than the file": HEAD + b"\xff\xff\xff\xfftEXt" + PLAIN[33:],
    "no width": PLAIN[:16] + bytes(4) + PLAIN[20:],
    "no height": PLAIN[:20] + bytes(4) + PLAIN[24:],
    "a negative width": PLAIN[:16] + b"\xff" * 4 + PLAIN[20:],
    "depth 3": PLAIN[:24] + b"\3" + PLAIN[25:],
    "depth 4 of colours": PLAIN[:24] + b"\4" + PLAIN[25:],
    "colour type 5": PLAIN[:25] + b"\5" + PLAIN[26:],
    "compression 1": PLAIN[:26] + b"\1" + PLAIN[27:],
    "filters 1": PLAIN[:27] + b"\1" + PLAIN[28:],
    "interlace 2": PLAIN[:28] + b"\2" + PLAIN[29:],
}


@pytest.mark.parametrize("name", NONE)
def test_what_would_not_come_back_is_left(name: str) -> None:
    assert split(NONE[name]) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"IDAT", b"IDAT", b"tEXt", b"IEND", b"\0\0\0\0"]),
            st.binary(max_size=12),
            st.booleans(),
        ),
        max_size=8,
    ),
    st.binary(max_size=30),
)
def test_any_chunks_come_back_or_are_left(
    chunks: list[tuple[bytes, bytes, bool]], end: bytes
) -> None:
    raw = HEAD
    for kind, data, good in chunks:
        whole = chunk(kind, data)
        raw += whole if good else whole[:-1] + bytes((whole[-1] ^ 1,))
    assert joined(raw + end) in (raw + end, None)


@given(st.integers(0, len(PLAIN) - 1), st.integers(0, 255))
def test_any_byte_changed_comes_back_or_is_left(at: int, value: int) -> None:
    raw = PLAIN[:at] + bytes((value,)) + PLAIN[at + 1 :]
    assert joined(raw) in (raw, None)


def test_rows_of_every_kind() -> None:
    def of(color: int, depth: int, width: int = 9) -> tuple[int, int]:
        header = Header.parse(png(b"", width, 1, color=color, depth=depth)[:33])
        assert header is not None
        return header.row, header.step

    assert [of(0, d) for d in (1, 2, 4, 8, 16)] == [
        (2, 1),
        (3, 1),
        (5, 1),
        (9, 1),
        (18, 2),
    ]
    assert [of(3, d) for d in (1, 2, 4, 8)] == [(2, 1), (3, 1), (5, 1), (9, 1)]
    assert [of(2, 8), of(2, 16)] == [(27, 3), (54, 6)]
    assert [of(4, 8), of(4, 16)] == [(18, 2), (36, 4)]
    assert [of(6, 8), of(6, 16)] == [(36, 4), (72, 8)]


def test_a_minimal_file_shows_the_same() -> None:
    import io

    from PIL import Image

    raw = pillow(screen(64, 48))
    parts = split(raw)
    assert parts is not None
    small = minimal(64, 48, 2, parts.stream)
    with Image.open(io.BytesIO(small)) as one, Image.open(io.BytesIO(raw)) as other:
        assert one.tobytes() == other.tobytes()
