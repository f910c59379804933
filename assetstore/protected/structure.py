"""Formats that a look at a document's structure tells, where a prefix does not.

Each function has the document's sample and answers with what it is, or "". Sources:
the formats' own specifications; POSIX for tar; the Mach-O and class file formats
share a magic number and differ in the number behind it.
"""

import re
import struct
import zlib
from collections.abc import Callable

from assetstore.protected.sample import Sample

_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_OCTAL = re.compile(rb"[ 0]*([0-7]{1,7})[ \0]")
_LEVELDB_FOOTER = 0xDB4775248B80FB57
_ROCKSDB_FOOTERS = (0x88E241B785F4CFF7, 0x8242229663BF9564)
_BDB_MAGICS = (0x053162, 0x061561, 0x042253, 0x040988)
_LMDB_MAGIC = 0xBEEFC0DE
# Class files have this version at least; a fat program fewer processors.
_FIRST_CLASS_VERSION = 45


def tar(sample: Sample) -> str:
    """A tar archive, by its first header's checksum: ustar, GNU, pax and v7 alike."""
    header = sample.head[:512]
    if len(header) < 512 or not header[0]:
        return ""
    field = _OCTAL.match(header, 148, 156)
    if field is None:
        return ""
    want = int(field[1], 8)
    blank = header[:148] + b" " * 8 + header[156:]
    signed = sum(blank) - 256 * sum(byte > 127 for byte in blank)
    return "a tar archive" if want in (sum(blank), signed) else ""


def zip_behind(sample: Sample) -> str:
    """A zip archive behind other bytes: its directory is at the end."""
    tail = sample.tail
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        end = tail[at : at + _ZIP_END_SIZE]
        if len(end) == _ZIP_END_SIZE:
            size, start, comment = struct.unpack_from("<IIH", end, 12)
            where = sample.size - len(tail) + at
            behind = len(tail) - at - _ZIP_END_SIZE
            if comment == behind and (
                size + start <= where or 0xFFFFFFFF in (size, start)
            ):
                return "a zip archive behind other bytes"
        at = tail.rfind(_ZIP_END, 0, at)
    return ""


def pdf(sample: Sample) -> str:
    """A PDF: its first kilobyte says so."""
    at = sample.head[:1024].find(b"%PDF-")
    if at < 0 or not sample.head[at + 5 : at + 6].isdigit():
        return ""
    # Text may speak of it; a document has it first, or junk without a line's end.
    return "a PDF" if at == 0 or b"\nstartxref" in sample.tail else ""


def bzip2(sample: Sample) -> str:
    """Compressed by bzip2: a block or the end behind its level."""
    head = sample.head
    if head[:3] != b"BZh" or not head[3:4].isdigit():
        return ""
    block = head[4:10] in (b"1AY&SY", b"\x17rE8P\x90")
    return "compressed by bzip2" if block else ""


def deflated(sample: Sample) -> str:
    """A zlib stream: a loose object of git, among others."""
    head = sample.head
    if len(head) < 8 or head[0] & 15 != 8 or (head[0] << 8 | head[1]) % 31:
        return ""
    try:
        text = zlib.decompressobj().decompress(head[:512], 64)
    except zlib.error:
        return ""
    if re.match(rb"(?:blob|tree|commit|tag) \d+\0", text):
        return "an object of git"
    return "compressed by zlib" if text else ""


def cafebabe(sample: Sample) -> str:
    """A Java class, or a Mach-O program for several processors."""
    head = sample.head
    if head[:4] != b"\xca\xfe\xba\xbe" or len(head) < 8:
        return ""
    if struct.unpack_from(">H", head, 6)[0] >= _FIRST_CLASS_VERSION:
        return "a Java class"
    return "a Mach-O program for several processors"


def portable_executable(sample: Sample) -> str:
    """A program for Windows or DOS."""
    head = sample.head
    if head[:2] != b"MZ" or len(head) < 64:
        return ""
    at = struct.unpack_from("<I", head, 60)[0]
    if head[at : at + 4] == b"PE\0\0":
        return "a Windows program"
    return "a DOS program" if b"\0" in head[:64] else ""


def asar(sample: Sample) -> str:
    """An asar archive: the length of its index, four times nested, then the index."""
    head = sample.head
    if head[:4] != b"\x04\0\0\0" or len(head) < 16:
        return ""
    outer, inner, text = struct.unpack_from("<III", head, 4)
    fits = outer - inner == 4 and inner - text in (4, 5, 6, 7)
    return "an asar archive" if fits and head[16:17] == b"{" else ""


def tensors(sample: Sample) -> str:
    """A file of tensors: the length of a JSON header, then the header."""
    head = sample.head
    if len(head) < 9 or head[8:9] != b"{":
        return ""
    length = int(struct.unpack_from("<Q", head)[0])
    return "a file of tensors" if length <= sample.size - 8 else ""


def leveldb(sample: Sample) -> str:
    """Tables, logs and manifests of LevelDB and RocksDB."""
    head, tail = sample.head, sample.tail
    if len(tail) >= 48:
        magic = struct.unpack_from("<Q", tail, len(tail) - 8)[0]
        if magic == _LEVELDB_FOOTER:
            return "a table of LevelDB"
        if magic in _ROCKSDB_FOOTERS:
            return "a table of RocksDB"
    if len(head) < 19:
        return ""
    # A log's first record: checksum, length, kind; a batch has a number and a count.
    length, kind = struct.unpack_from("<HB", head, 4)
    if not 1 <= kind <= 8 or length + 7 > 32768:
        return ""
    start = 11 if kind > 4 else 7
    if b"BytewiseComparator" in head[start : start + 64]:
        return "a manifest of LevelDB or RocksDB"
    sequence, count = struct.unpack_from("<QI", head.ljust(32, b"\xff"), start)
    if sequence < 1 << 56 and 0 < count < 1 << 24:
        return "a log of LevelDB or RocksDB"
    return ""


def memory_mapped(sample: Sample) -> str:
    """LMDB and Berkeley DB: a magic number in the first page, in either order."""
    head = sample.head
    for at, magics, name in (
        (16, (_LMDB_MAGIC,), "an LMDB database"),
        (12, _BDB_MAGICS, "a Berkeley DB database"),
    ):
        for order in "<>":
            if len(head) >= at + 4:
                number = struct.unpack_from(f"{order}I", head, at)[0]
                if number in magics:
                    return name
    return ""


def pickled(sample: Sample) -> str:
    """A pickle, of any protocol."""
    head, tail = sample.head, sample.tail
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "a pickle"
    text = re.match(rb"\((?:dp|lp|i)\d*\n|c(?:copy_reg|copyreg|__\w+__)\n\w+\n", head)
    return "a pickle" if text and tail.rstrip(b"\n").endswith(b".") else ""


def boxed(sample: Sample) -> str:
    """Media in boxes and chunks: MP4, HEIC, AVIF, WAV, AVI, WebP, AIFF."""
    head = sample.head
    if head[4:8] == b"ftyp" and head[8:11].isalnum():
        brand = head[8:12]
        if brand in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"):
            return "a HEIC or AVIF image"
        return "an MP4 or QuickTime file"
    if head[4:8] in (b"moov", b"mdat") and not head[0]:
        return "an MP4 or QuickTime file"
    chunks = head[:4] in (b"RIFF", b"RIFX", b"RF64", b"FORM")
    if chunks and head[8:12].strip().isalnum():
        if head[8:12] == b"WEBP":
            return "a WebP image"
        # Text may begin so, too: then the size is none, and there are no NULs.
        size = struct.unpack_from("<I" if head[:4] == b"RIFF" else ">I", head, 4)[0]
        if size <= sample.size or not head[4:8].isascii() or b"\0" in head[:24]:
            return "audio or video in chunks"
    return ""


def sounds(sample: Sample) -> str:
    """MP3 and AAC: a tag, or two frames' beginnings."""
    head = sample.head
    if head[:3] == b"ID3" and len(head) > 10 and 2 <= head[3] <= 4 and head[4] < 16:
        return "an MP3 file"
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return ""
    aac, layer = head[1] & 0xF6 == 0xF0, head[1] >> 1 & 3
    if aac:
        return "an AAC recording"
    mp3 = head[1] >> 3 & 3 != 1 and layer and head[2] >> 4 not in (0, 15)
    return "an MP3 file" if mp3 and head[2] >> 2 & 3 != 3 else ""


def bitmap(sample: Sample) -> str:
    """BMP and QOI."""
    head = sample.head
    if head[:2] == b"BM" and len(head) > 18 and not any(head[6:10]):
        return "a BMP image" if head[14] in (12, 40, 52, 56, 64, 108, 124) else ""
    if head[:4] == b"qoif" and len(head) > 13 and head[12] in (3, 4):
        return "a QOI image"
    return ""


def columns(sample: Sample) -> str:
    """Parquet and Feather: the same word first and last."""
    word = sample.head[:4]
    if word not in (b"PAR1", b"PARE", b"FEA1") or not sample.tail.endswith(word):
        return ""
    return "a Feather file" if word == b"FEA1" else "a Parquet file"


def far_in(sample: Sample) -> str:
    """Name what a document is that says so far from its first byte."""
    head, tail = sample.head, sample.tail
    if head[32769:32774] == b"CD001":
        return "an image of a disc"
    if head[128:132] == b"DICM":
        return "a DICOM image"
    if tail[-512:-508] == b"koly":
        return "an Apple disk image"
    for at in (512, 1024, 2048):
        if head[at : at + 8] == b"\x89HDF\r\n\x1a\n":
            return "an HDF5 file"
    return ""


def compiled_python(sample: Sample) -> str:
    """A .pyc file: a version, CR LF, flags."""
    head = sample.head
    if head[2:4] == b"\r\n" and len(head) > 16 and head[4] < 4 and not any(head[5:8]):
        return "compiled Python"
    return ""


# What may be without a single control character, so that it looks like text.
LIKE_TEXT: tuple[Callable[[Sample], str], ...] = (
    deflated,
    sounds,
    pickled,
    pdf,
    columns,
)
STRUCTURES = (
    cafebabe,
    portable_executable,
    bzip2,
    *LIKE_TEXT,
    tar,
    asar,
    tensors,
    leveldb,
    memory_mapped,
    boxed,
    bitmap,
    far_in,
    compiled_python,
    zip_behind,
)
