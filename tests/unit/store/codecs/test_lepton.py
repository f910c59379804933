"""What is asked of a JPEG or a Lepton file before a decoder sees it."""

import contextlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.store.codecs.lepton import (
    MAX_SIZE,
    Refused,
    check_file,
    check_jpeg,
)

BASELINE, PROGRESSIVE = 0xC0, 0xC2


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def frame(
    width: int = 16,
    height: int = 16,
    ids: bytes = b"\1\2\3",
    *,
    marker: int = BASELINE,
    depth: int = 8,
) -> bytes:
    body = bytes((depth,)) + height.to_bytes(2, "big") + width.to_bytes(2, "big")
    body += bytes((len(ids),)) + b"".join(bytes((each, 0x11, 0)) for each in ids)
    return segment(marker, body)


def scan(
    ids: bytes = b"\1\2\3", first: int = 0, last: int = 63, bits: int = 0
) -> bytes:
    body = bytes((len(ids),)) + b"".join(bytes((each, 0)) for each in ids)
    return segment(0xDA, body + bytes((first, last, bits)))


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xd9"


TABLE = segment(0xC4, b"\0" + bytes(16))
CODED = b"\x12\x34\xff\0\x56\xff\xd0\x78"  # a stuffed byte, a restart
SEGMENTS = {
    "baseline": (frame(), TABLE, scan(), CODED),
    "grey": (frame(ids=b"\1"), scan(b"\1"), CODED),
    "a scan for each": (
        frame(),
        *(scan(bytes((each,))) + CODED for each in (1, 2, 3)),
    ),
    "progressive": (
        frame(marker=PROGRESSIVE),
        scan(last=0, bits=1) + CODED,
        scan(b"\1", 1, 63, 2) + CODED,
        scan(b"\1", 1, 63, 1) + CODED,
        scan(b"\1", 1, 63, 0) + CODED,
        scan(last=0, bits=0) + CODED,
    ),
    "the largest": (frame(4096, 4096), scan(), CODED),
    "comments": (segment(0xFE, b"words" * 900), frame(), scan(), CODED),
}


@pytest.mark.parametrize("name", SEGMENTS)
def test_a_picture_of_a_known_kind_is_let_through(name: str) -> None:
    check_jpeg(jpeg(*SEGMENTS[name]))
    check_jpeg(jpeg(*SEGMENTS[name]) + b"garbage behind it")


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "no JPEG"),
    "another file": (b"\x89PNG\r\n", "no JPEG"),
    "too long": (b"\xff\xd8\xff" + bytes(MAX_SIZE), "too long"),
    "no scan": (jpeg(frame()), "no scan"),
    "no frame": (jpeg(TABLE), "no scan"),
    "a scan first": (jpeg(scan(), frame()), "without a frame"),
    "two frames": (jpeg(frame(), frame(), scan()), "second frame"),
    "arithmetic": (jpeg(frame(marker=0xC9), scan()), "another kind"),
    "lossless": (jpeg(frame(marker=0xC3), scan()), "another kind"),
    "12 bits": (jpeg(frame(depth=12), scan()), "another kind"),
    "four colours": (jpeg(frame(ids=b"\1\2\3\4"), scan()), "4 components"),
    "one twice": (jpeg(frame(ids=b"\1\1"), scan()), "2 components"),
    "no width": (jpeg(frame(width=0), scan()), "0 x 16"),
    "too many pixels": (jpeg(frame(4097, 4096), scan()), "4097 x 4096"),
    "a short frame": (jpeg(segment(BASELINE, b"\x08\0\1\0\1"), scan()), "kind"),
    "components missing": (
        jpeg(segment(BASELINE, b"\x08\0\1\0\1\2\1\x11\0"), scan()),
        "components",
    ),
    "a scan twice": (jpeg(frame(), scan(), scan()), "coded already"),
    "of no component": (jpeg(frame(), scan(b"\x09")), "coded already"),
    "no bit less": (
        jpeg(frame(marker=PROGRESSIVE), *[scan(last=0, bits=1)] * 2),
        "coded already",
    ),
    "a short scan": (jpeg(frame(), segment(0xDA, b"\3\1\0\0\x3f\0")), "length"),
    "an empty scan": (jpeg(frame(), segment(0xDA, b"")), "length"),
    "cut": (jpeg(frame(), scan())[:20], "cut short"),
    "no marker": (jpeg(b"xxxx", frame(), scan()), "no JPEG"),
    "no marker behind": (jpeg(TABLE, b"xxxx", frame(), scan()), "cut short"),
    "a length of one": (jpeg(b"\xff\xfe\0\1", frame(), scan()), "cut short"),
    "tables": (jpeg(frame(), *[TABLE] * 3500, scan()), "too many segments"),
    "segments": (jpeg(*[segment(0xFE, b"")] * 8200, frame()), "too many segments"),
    "scans": (
        jpeg(
            frame(1, 1, b"\1", marker=PROGRESSIVE),
            *(scan(b"\1", at, at, 1) for at in range(64)),
            scan(b"\1", 0, 0),
        ),
        "too many scans",
    ),
    "passes": (
        jpeg(
            frame(4096, 4096, b"\1", marker=PROGRESSIVE),
            *(scan(b"\1", at, at) for at in range(17)),
        ),
        "too many scans",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_costs_too_much_or_is_of_another_kind_is_refused(name: str) -> None:
    raw, words = REFUSED[name]
    with pytest.raises(Refused, match=words):
        check_jpeg(raw)


def u32(number: int) -> bytes:
    return number.to_bytes(4, "little")


def section(name: bytes, body: bytes, count: int | None = None) -> bytes:
    return name + u32(len(body) if count is None else count) + body


HEADER = (
    section(b"HDR", frame() + TABLE + scan())
    + b"P0D\1"
    + b"HH\1"
    + bytes(16)
    + section(b"GRB", b"\xff\xd9")
)


def lepton(header: bytes = HEADER, size: int = 1000, *, packed: bytes = b"") -> bytes:
    packed = packed or zlib.compress(header)
    file = b"\xcf\x84\1Z\1" + bytes(15) + u32(size) + u32(len(packed)) + packed
    file += b"CMP" + b"coefficients"
    return file + u32(len(file) + 4)


def test_a_whole_file_is_let_through() -> None:
    check_file(lepton(), 1000)
    more = section(b"CRS", u32(7) * 3, 3) + section(b"FRS", b"x") + b"EEE" + bytes(28)
    check_file(lepton(HEADER + more), 1000)


FILES: dict[str, tuple[bytes, str]] = {
    "another length": (lepton(size=999), "length is wrong"),
    "no magic": (b"\xcf\x85" + lepton()[2:], "no whole Lepton"),
    "another version": (b"\xcf\x84\2" + lepton()[3:], "no whole Lepton"),
    "cut": (lepton()[:-9], "no whole Lepton"),
    "longer": (lepton() + b"x", "no whole Lepton"),
    "no blocks": (lepton().replace(b"CMP", b"CMQ"), "cut short"),
    "no zlib": (lepton(packed=b"no stream"), "damaged"),
    "a bomb": (lepton(HEADER + bytes(1 << 22)), "too long"),
    "two streams": (lepton(packed=zlib.compress(HEADER) + b"more"), "too long"),
    "half a stream": (lepton(packed=zlib.compress(HEADER)[:-5]), "too long"),
    "another section first": (lepton(b"P0D\1" + HEADER), "begin with"),
    "a long JPEG": (lepton(section(b"HDR", frame(), 1 << 30)), "cut short"),
    "a JPEG without a scan": (lepton(section(b"HDR", frame())), "no scan"),
    "an unknown section": (lepton(HEADER + b"XYZ"), "unknown"),
    "a section beyond": (lepton(HEADER + section(b"GRB", b"", 9)), "cut short"),
    "restarts beyond": (lepton(HEADER + section(b"CRS", b"ab", 1)), "cut short"),
    "two partitions": (lepton(HEADER + b"HH\1" + bytes(16)), "cut short"),
    "many at once": (lepton(HEADER.replace(b"HH\1", b"HH\2")), "partition"),
    "a partition beyond": (
        lepton(HEADER.replace(b"HH\1\0\0", b"HH\1\0\0\xff\xff")),
        "partition",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_damaged_or_asks_for_too_much_is_refused(name: str) -> None:
    file, words = FILES[name]
    with pytest.raises(Refused, match=words):
        check_file(file, 1000)


@pytest.mark.parametrize("size", [0, -1, MAX_SIZE + 1])
def test_a_length_that_no_jpeg_has_is_refused(size: int) -> None:
    with pytest.raises(Refused, match="length is wrong"):
        check_file(lepton(size=max(size, 0)), size)


@given(st.binary(max_size=80), st.integers(0, 30), st.integers(0, 255))
def test_any_bytes_are_let_through_or_refused(data: bytes, at: int, new: int) -> None:
    whole = lepton()
    for file in (data, whole[:at] + bytes((new,)) + whole[at + 1 :]):
        with contextlib.suppress(Refused):
            check_file(file, 1000)
            assert file[:3] == whole[:3]
    with contextlib.suppress(Refused):
        check_jpeg(b"\xff\xd8\xff" + data)
        assert len(data) > 20
