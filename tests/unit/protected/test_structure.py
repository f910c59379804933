"""Formats told by a look at their structure, and text beside each that is not one."""

import bz2
import io
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.protected import structure
from assetstore.protected.sample import HEAD, Sample
from assetstore.protected.structure import LIKE_TEXT, STRUCTURES

WORDS = b"Ordinary words, one after the other, and again.\n" * 20


def sample(data: bytes) -> Sample:
    return Sample(len(data), data[:HEAD], b"", data[-HEAD:])


def tarred(format: int) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format) as archive:
        info = tarfile.TarInfo("page.html")
        info.size = len(WORDS)
        archive.addfile(info, io.BytesIO(WORDS))
    return file.getvalue()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("page.html", WORDS)
    return file.getvalue()


def at(place: int, data: bytes) -> bytes:
    return WORDS * 100 if place < 0 else (WORDS * 100)[:place] + data + WORDS


def leveldb_log(kind: int = 1) -> bytes:
    batch = struct.pack("<QI", 5, 1) + WORDS
    return b"crc!" + struct.pack("<HB", len(batch), kind) + batch


TOLD: dict[str, tuple[str, bytes, str]] = {
    "tar, ustar": ("tar", tarred(tarfile.USTAR_FORMAT), "a tar archive"),
    "tar, GNU": ("tar", tarred(tarfile.GNU_FORMAT), "a tar archive"),
    "zip": ("zip_behind", WORDS + zipped(), "a zip archive behind other bytes"),
    "pdf": ("pdf", b"%PDF-1.4\n" + WORDS, "a PDF"),
    "pdf behind junk": ("pdf", b"junk%PDF-1.4\n\nstartxref\n9\n%%EOF", "a PDF"),
    "bzip2": ("bzip2", bz2.compress(WORDS), "compressed by bzip2"),
    "bzip2 of nothing": ("bzip2", bz2.compress(b""), "compressed by bzip2"),
    "zlib": ("deflated", zlib.compress(WORDS), "compressed by zlib"),
    "git": ("deflated", zlib.compress(b"blob 5\0words"), "an object of git"),
    "class": ("cafebabe", b"\xca\xfe\xba\xbe\0\0\0\x34", "a Java class"),
    "fat": ("cafebabe", b"\xca\xfe\xba\xbe\0\0\0\x02", "a Mach-O program for several"),
    "exe": (
        "portable_executable",
        b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0",
        "a Windows program",
    ),
    "dos": ("portable_executable", b"MZ" + bytes(90), "a DOS program"),
    "asar": (
        "asar",
        struct.pack("<IIII", 4, 104, 100, 95) + b'{"files":{}}',
        "an asar archive",
    ),
    "tensors": ("tensors", struct.pack("<Q", 20) + b'{"a":1}' * 9, "a file of tensors"),
    "leveldb table": (
        "leveldb",
        WORDS + struct.pack("<Q", 0xDB4775248B80FB57),
        "a table of LevelDB",
    ),
    "rocksdb table": (
        "leveldb",
        WORDS + struct.pack("<Q", 0x88E241B785F4CFF7),
        "a table of RocksDB",
    ),
    "leveldb log": ("leveldb", leveldb_log(), "a log of LevelDB or RocksDB"),
    "leveldb manifest": (
        "leveldb",
        b"crc!" + struct.pack("<HB", 40, 1) + b"\x01\x1aleveldb.BytewiseComparator" * 2,
        "a manifest of LevelDB or RocksDB",
    ),
    "lmdb": ("memory_mapped", bytes(16) + b"\xde\xc0\xef\xbe", "an LMDB database"),
    "berkeley, big": (
        "memory_mapped",
        bytes(12) + struct.pack(">I", 0x053162),
        "a Berkeley DB database",
    ),
    "pickle": ("pickled", pickle.dumps([1]), "a pickle"),
    "pickle 0": ("pickled", pickle.dumps({"a": 1}, 0), "a pickle"),
    "mp4": ("boxed", b"\0\0\0\x18ftypisom", "an MP4 or QuickTime file"),
    "heic": ("boxed", b"\0\0\0\x18ftypheic", "a HEIC or AVIF image"),
    "mdat": ("boxed", b"\0\0\0\x18mdat", "an MP4 or QuickTime file"),
    "wav": ("boxed", b"RIFF\x10\0\0\0WAVEfmt " + bytes(9), "audio or video in chunks"),
    "webp": ("boxed", b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP image"),
    "id3": ("sounds", b"ID3\x04\0\0" + bytes(20), "an MP3 file"),
    "mp3": ("sounds", b"\xff\xfb\x90\x44", "an MP3 file"),
    "aac": ("sounds", b"\xff\xf1\x50\x80", "an AAC recording"),
    "bmp": (
        "bitmap",
        b"BM" + bytes(12) + b"\x28" + bytes(9),
        "a BMP image",
    ),
    "qoi": ("bitmap", b"qoif" + bytes(8) + b"\x04\0", "a QOI image"),
    "parquet": ("columns", b"PAR1" + WORDS + b"PAR1", "a Parquet file"),
    "feather": ("columns", b"FEA1" + WORDS + b"FEA1", "a Feather file"),
    "iso": ("far_in", at(32769, b"CD001"), "an image of a disc"),
    "dicom": ("far_in", at(128, b"DICM"), "a DICOM image"),
    "dmg": ("far_in", WORDS + b"koly" + bytes(508), "an Apple disk image"),
    "hdf5": ("far_in", at(512, b"\x89HDF\r\n\x1a\n"), "an HDF5 file"),
    "pyc": ("compiled_python", b"\xa7\r\r\n" + bytes(20), "compiled Python"),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_format_is_told_by_its_own_look_and_by_no_other(name: str) -> None:
    function, data, words = TOLD[name]
    own: Callable[[Sample], str] = getattr(structure, function)
    assert own in STRUCTURES
    assert own(sample(data)).startswith(words)
    others = {look.__name__: look(sample(data)) for look in STRUCTURES if look != own}
    assert not any(others.values()), others


LIKE = {
    "tar": b"page.html" + b"\0" * 139 + b"0000001\0" + WORDS,
    "zip_behind": WORDS + b"PK\x05\x06" + b"\xff" * 18,
    "pdf": WORDS + b"%PDF-1.4 is how one begins\n",
    "bzip2": b"BZh9 is how one begins, and then there is more",
    "deflated": b"x\x9cwords that are no stream at all, and more of them",
    "cafebabe": b"\xca\xfe\xba",
    "portable_executable": b"MZ" + WORDS,
    "asar": b"\x04\0\0\0" + bytes(12) + b"[",
    "tensors": b"\xff" * 8 + b'{"a":1}',
    "leveldb": WORDS,
    "memory_mapped": WORDS,
    "pickled": b"(dp0\nthat is how one begins",
    "boxed": b"RIFF is a word\nWAVE is another",
    "sounds": b"ID3 is a tag, or three characters",
    "bitmap": b"BM is a pair of letters, no more than that",
    "columns": b"PAR1 is how one begins and ends",
    "far_in": at(-1, b""),
    "compiled_python": b"ab\r\n" + WORDS,
}


@pytest.mark.parametrize("name", LIKE)
def test_what_only_begins_so_is_none(name: str) -> None:
    assert getattr(structure, name)(sample(LIKE[name])) == ""
    assert getattr(structure, name)(sample(b"")) == ""
    assert getattr(structure, name)(sample(LIKE[name][:3])) == ""


def test_what_may_look_like_text_is_among_them() -> None:
    assert set(LIKE_TEXT) <= set(STRUCTURES)
    assert {look.__name__ for look in STRUCTURES} == set(LIKE)


@given(st.binary(max_size=120), st.sampled_from(sorted(LIKE)))
def test_any_bytes_have_an_answer(data: bytes, name: str) -> None:
    head = LIKE[name][:20]
    for bytes_ in (data, head + data):
        assert isinstance(getattr(structure, name)(sample(bytes_)), str)
