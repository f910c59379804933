"""What is asked of a Lepton file before a decoder sees it.

A Lepton file (https://github.com/dropbox/lepton, integers little-endian):

    offset  size  field
    0       2     CF 84
    2       1     1
    3       1     "Z" sequential, "X" several scans
    4       1     partitions: 1
    5       15    what wrote it; not looked at here
    20      4     length of the JPEG
    24      4     m
    28      m     zlib: the header
    28 + m  3     "CMP"
    31 + m        blocks of arithmetic code
    -4      4     length of the Lepton file

The header is a sequence of sections: "HDR", u32, so many bytes: the JPEG's segments
without SOI and without the scans' data; "P0D", 1 byte; "HH", a byte: partitions, 16
bytes for each; "CRS", u32, so many u32; "FRS" and "GRB", u32, so many bytes; "EEE",
28 bytes. "GRB" is what follows the picture, from the EOI marker on.

A decoder believes the header: it allocates two bytes for each coefficient of the
frame, passes over all of them once for every scan, and writes what every scan codes.
"""

import re
import zlib

MAX_PIXELS = 1 << 24
MAX_SIZE = 64 << 20

_FIXED = 28
_MAX_SCANS = 64
# Pixels times scans: 16 scans of the largest frame.
_MAX_PASSES = 16 * MAX_PIXELS
_MAX_SEGMENTS = 8192
_MAX_TABLES = 64 << 10
# Sections of the header beside the JPEG's own bytes, inflated.
_SLACK = 16 << 10
_DHT, _EOI, _SOS = 0xC4, 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {_DHT, 0xC8, 0xCC}
# What ends a scan: a marker that is neither a stuffed zero nor a restart.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_COEFFICIENTS = 64
# A coefficient's first scan leaves out at most 13 low bits.
_BITS = 14


class Refused(Exception):
    """Bytes that are not handed to a decoder or an encoder."""


def check_jpeg(raw: bytes) -> None:
    """Look at a JPEG's segments: is it of a kind that can be encoded?

    Raises:
        Refused: It is not, or asks for too much time or memory.
    """
    if not raw.startswith(b"\xff\xd8\xff") or len(raw) > MAX_SIZE:
        raise Refused("it is no JPEG, or too long")
    _check_segments(raw, 2, coded=True)


def check_file(file: bytes, size: int) -> None:
    """Look at a Lepton file's header.

    Args:
        file: The Lepton file.
        size: The length of the JPEG, in bytes, that it has to be of.

    Raises:
        Refused: It is none, or asks for too much time or memory.
    """
    if not 0 < size <= MAX_SIZE or _u32(file, 20) != size:
        raise Refused("its length is wrong")
    if file[:3] != b"\xcf\x84\x01" or _u32(file, len(file) - 4) != len(file):
        raise Refused("it is no whole Lepton file")
    end = _FIXED + _u32(file, 24)
    if file[end : end + 3] != b"CMP":
        raise Refused("its header is cut short")
    inflater = zlib.decompressobj()
    try:
        header = inflater.decompress(file[_FIXED:end], size + _SLACK)
    except zlib.error as e:
        raise Refused(f"its header is damaged: {e}") from e
    if not inflater.eof or inflater.unused_data:
        raise Refused("its header is too long")
    if header[:3] != b"HDR":
        raise Refused("its header does not begin with the JPEG's")
    at = 7 + _u32(header, 3)
    if at > len(header):
        raise Refused("its header is cut short")
    _check_segments(header[7:at], 0, coded=False)
    _check_sections(header, at, size)


def _check_sections(header: bytes, at: int, size: int) -> None:
    """Walk the sections behind the first; a length beyond the end is refused."""
    partitions = 0
    while at < len(header):
        name = header[at : at + 3]
        at += 3
        if name[:2] == b"HH":
            partitions += 1
            first, segment = header[at : at + 2], _u32(header, at + 2)
            if name[2:] != b"\1" or first != b"\0\0" or segment > size:
                raise Refused("it has a partition too many")
            at += 16
        elif name == b"P0D":
            at += 1
        elif name == b"EEE":
            at += 28
        elif name in (b"CRS", b"FRS", b"GRB"):
            at += 4 + _u32(header, at) * (4 if name == b"CRS" else 1)
        else:
            raise Refused("its header has an unknown section")
    if at != len(header) or partitions != 1:
        raise Refused("its header is cut short")


def _check_segments(data: bytes, at: int, *, coded: bool) -> None:
    """Refuse segments (ITU-T T.81, annex B) that ask for much time or memory.

    Args:
        data: Segments, to its end or the EOI marker.
        at: Where they begin.
        coded: Whether the scans' data is there, each behind its header.
    """
    frame: _Frame | None = None
    tables = segments = 0
    while at < len(data) and data[at : at + 2] != bytes((0xFF, _EOI)):
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at] != 0xFF or length < 2 or at + 2 + length > len(data):
            raise Refused("a segment is cut short")
        marker, body = data[at + 1], data[at + 4 : at + 2 + length]
        at += 2 + length
        segments += 1
        if marker in _FRAMES:
            if frame:  # a decoder takes memory for each
                raise Refused("it has a second frame")
            frame = _Frame(marker, body)
        elif marker == _DHT:
            tables += length
        elif marker == _SOS:
            if frame is None:
                raise Refused("it has a scan without a frame")
            frame.scan(body)
            if coded:  # what follows is no segment, up to a marker that is none of it
                found = _MARKER.search(data, at)
                at = found.start() if found else len(data)
        if tables > _MAX_TABLES or segments > _MAX_SEGMENTS:
            raise Refused("it has too many segments")
    if frame is None or not frame.scans:
        raise Refused("it has no scan")


class _Frame:
    """A frame header (B.2.2), and what of its coefficients the scans coded."""

    def __init__(self, marker: int, body: bytes):
        known = marker in (_BASELINE, _EXTENDED, _PROGRESSIVE)
        if not known or len(body) < 6 or body[0] != 8:
            raise Refused("its frame is of another kind")
        height = int.from_bytes(body[1:3], "big")
        width = int.from_bytes(body[3:5], "big")
        self.pixels = width * height
        if not 0 < self.pixels <= MAX_PIXELS:
            raise Refused(f"it has {width} x {height} pixels")
        ids = body[6::3]
        if len(body) != 6 + 3 * body[5] or len(set(ids)) != len(ids) or len(ids) > 3:
            raise Refused(f"it has {len(ids)} components")
        self.progressive = marker == _PROGRESSIVE
        self.low = {each: [_BITS] * _COEFFICIENTS for each in ids}
        self.scans = 0

    def scan(self, body: bytes) -> None:
        """Take in a scan header (B.2.3); no bit is coded a second time."""
        self.scans += 1
        if self.scans > _MAX_SCANS or self.scans * self.pixels > _MAX_PASSES:
            raise Refused("it has too many scans")
        if not body or len(body) != 4 + 2 * body[0]:
            raise Refused("a scan header has a wrong length")
        first, last, low = body[-3], body[-2], body[-1] & 15
        if not self.progressive:
            first, last, low = 0, _COEFFICIENTS - 1, 0
        for each in body[1:-3:2]:
            bits = self.low.get(each, [])[first : last + 1]
            if not bits or min(bits) <= low:
                raise Refused("a scan codes what is coded already")
            self.low[each][first : last + 1] = [low] * len(bits)


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4] if at >= 0 else b"", "little")
