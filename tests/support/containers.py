"""One file of each kind that is no text, each with a picture's data URI in it."""

import bz2
import dbm.dumb
import gzip
import io
import lzma
import os
import pickle
import plistlib
import shutil
import sqlite3
import struct
import subprocess
import tarfile
import wave
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import zstandard
from PIL import Image, PngImagePlugin

from support.samples import picture, uri

URI = uri(picture(40, 30, 5)).encode()
PAGE = b'<img src="' + URI + b'">\n'


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "little")


def _be32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _leb(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes((number & 127 | 128,))
        number >>= 7
    return out + bytes((number,))


def sqlite_database(folder: Path) -> None:
    with sqlite3.connect(folder / "app.db") as db:
        db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, doc TEXT)")
        db.executemany("INSERT INTO t(doc) VALUES(?)", [(PAGE.decode(),)] * 20)
    db.close()


def sqlite_with_log(folder: Path) -> None:
    """A database with a write-ahead log and its shared memory, as after a kill."""
    live = folder / "live"
    live.mkdir()
    db = sqlite3.connect(live / "w.db", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE t(doc TEXT)")
    db.execute("INSERT INTO t VALUES(?)", (PAGE.decode(),))
    for name in ("w.db", "w.db-wal", "w.db-shm"):
        shutil.copyfile(live / name, folder / name)
    db.close()
    db = sqlite3.connect(live / "j.db", isolation_level=None)
    db.execute("PRAGMA journal_mode=PERSIST")
    db.execute("PRAGMA cache_spill=1")
    db.execute("CREATE TABLE t(doc TEXT)")
    db.execute("BEGIN")
    db.executemany("INSERT INTO t VALUES(?)", [(PAGE.decode(),)] * 9)
    db.execute("COMMIT")
    db.execute("BEGIN")
    db.execute("UPDATE t SET doc = doc || 'x'")
    db.execute("PRAGMA cache_size=1")
    shutil.copyfile(live / "j.db-journal", folder / "j.db-journal")
    db.close()
    shutil.rmtree(live)
    journal = folder / "j.db-journal"
    data = journal.read_bytes()
    if not data.startswith(b"\xd9\xd5\x05\xf9"):  # not synced yet: its header is blank
        journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + data[8:])


def zip_archives(folder: Path) -> None:
    for name in ("a.zip", "a.jar", "a.whl", "a.epub", "a.docx", "a.odt", "a.apk"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("mimetype", "application/epub+zip")
            archive.writestr("page.html", PAGE)
    (folder / "empty.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    program = io.BytesIO()
    program.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(program, "a") as archive:
        archive.writestr("__main__.py", "print('still runs')\n")
        archive.writestr("page.html", PAGE)
    (folder / "tool.pyz").write_bytes(program.getvalue())


def tar_archives(folder: Path) -> None:
    for name, kind in (
        ("ustar.tar", tarfile.USTAR_FORMAT),
        ("gnu.tar", tarfile.GNU_FORMAT),
        ("pax.tar", tarfile.PAX_FORMAT),
    ):
        with tarfile.open(folder / name, "w", format=kind) as archive:
            for member in (
                "page.html",
                "ä.txt" if kind != tarfile.USTAR_FORMAT else "b",
            ):
                info = tarfile.TarInfo(member)
                info.size = len(PAGE)
                archive.addfile(info, io.BytesIO(PAGE))
    info = tarfile.TarInfo("old.html")
    info.size = len(PAGE)
    header = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    header[257:] = bytes(512 - 257)  # version 7 knew no magic number
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    body = PAGE.ljust(-(-len(PAGE) // 512) * 512, b"\0")
    (folder / "v7.tar").write_bytes(bytes(header) + body + bytes(1024))


def compressed(folder: Path) -> None:
    (folder / "a.gz").write_bytes(gzip.compress(PAGE, 0))
    (folder / "a.bz2").write_bytes(bz2.compress(PAGE))
    (folder / "a.xz").write_bytes(lzma.compress(PAGE))
    (folder / "a.lzma").write_bytes(lzma.compress(PAGE, lzma.FORMAT_ALONE))
    (folder / "a.zst").write_bytes(zstandard.ZstdCompressor().compress(PAGE))
    frame = b"\x04\x22\x4d\x18\x60\x40\x82"
    block = _u32(len(PAGE) | 1 << 31) + PAGE
    (folder / "a.lz4").write_bytes(frame + block + bytes(4))
    (folder / "a.zlib").write_bytes(zlib.compress(PAGE, 0))
    (folder / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24) + PAGE)
    (folder / "a.rar").write_bytes(b"Rar!\x1a\x07\x01\0" + bytes(12) + PAGE)
    (folder / "a.cab").write_bytes(b"MSCF\0\0\0\0" + _u32(9000) + bytes(28) + PAGE)
    (folder / "a.Z").write_bytes(b"\x1f\x9d\x90" + PAGE)


def other_archives(folder: Path) -> None:
    head = b"page.html/".ljust(16) + b"0".ljust(12) + b"0".ljust(6) + b"0".ljust(6)
    head += b"644".ljust(8) + str(len(PAGE)).encode().ljust(10) + b"`\n"
    (folder / "a.a").write_bytes(b"!<arch>\n" + head + PAGE)
    fields = [1, 0o100644, 0, 0, 1, 0, len(PAGE), 0, 0, 0, 0, 10, 0]
    newc = b"070701" + b"".join(b"%08x" % f for f in fields) + b"page.html\0\0\0"
    (folder / "a.cpio").write_bytes(newc + PAGE)
    index = b'{"files":{"page.html":{"offset":"0","size":%d}}}' % len(PAGE)
    padded = index.ljust(-(-len(index) // 4) * 4, b"\0")
    sizes = (4, len(padded) + 8, len(padded) + 4, len(index))
    (folder / "app.asar").write_bytes(b"".join(map(_u32, sizes)) + padded + PAGE)
    (folder / "disc.iso").write_bytes(bytes(32768) + b"\x01CD001\x01\0" + PAGE * 20)


def pdf(folder: Path) -> None:
    body = b"%PDF-1.4\n"
    at = len(body)
    body += (
        b"1 0 obj\n<</Length %d>>\nstream\n" % len(PAGE) + PAGE + b"endstream\nendobj\n"
    )
    xref = len(body)
    body += b"xref\n0 2\n0000000000 65535 f \n%010d 00000 n \n" % at
    body += b"trailer\n<</Size 2/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % xref
    (folder / "a.pdf").write_bytes(body)
    (folder / "junk.pdf").write_bytes(b"junk in front\n" + body)


def programs(folder: Path) -> None:
    program = folder / "program"
    shutil.copyfile(shutil.which("true") or "/bin/true", program)
    with program.open("ab") as file:
        file.write(PAGE)
    program.chmod(0o755)
    (folder / "macho").write_bytes(
        b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x02\0\0\0" + bytes(16) + PAGE
    )
    (folder / "fat").write_bytes(b"\xca\xfe\xba\xbe" + _be32(2) + bytes(40) + PAGE)
    (folder / "A.class").write_bytes(
        b"\xca\xfe\xba\xbe\0\0\0\x34\0\x02\x01" + struct.pack(">H", len(PAGE)) + PAGE
    )
    dos = b"MZ\x90\0" + bytes(56) + _u32(64)
    (folder / "a.exe").write_bytes(dos + b"PE\0\0\x64\x86\x01\0" + bytes(16) + PAGE)
    section = _leb(4) + b"page" + PAGE
    (folder / "a.wasm").write_bytes(b"\0asm\x01\0\0\0\0" + _leb(len(section)) + section)


def git_files(folder: Path) -> None:
    repository = folder / "repository"
    repository.mkdir()

    def git(*words: str) -> bytes:
        return subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words],
            cwd=repository,
            capture_output=True,
            check=True,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(folder)},
        ).stdout

    git("init", "-q")
    (repository / "page.html").write_bytes(PAGE)
    git("-c", "core.compression=0", "add", "page.html")
    git("commit", "-qm", "A page")
    git("bundle", "create", "-q", "../all.bundle", "HEAD")
    (folder / "fast.export").write_bytes(git("fast-export", "HEAD"))
    (folder / "index.git").write_bytes((repository / ".git" / "index").read_bytes())
    loose = next((repository / ".git" / "objects").glob("??/*"))
    shutil.copyfile(loose, folder / "loose")
    git("-c", "core.compression=0", "gc", "-q")
    for kind in ("pack", "idx"):
        (found,) = (repository / ".git" / "objects" / "pack").glob(f"*.{kind}")
        shutil.copyfile(found, folder / f"a.{kind}")
    shutil.rmtree(repository)


def framed_by_lengths(folder: Path) -> None:
    record = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/html\r\n"
    record += b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE + b"\r\n\r\n"
    (folder / "a.warc").write_bytes(record * 2)
    (folder / "a.net").write_bytes(
        b"".join(b"%d:%s," % (len(PAGE), PAGE) for _ in "ab")
    )
    (folder / "a.torrent").write_bytes(
        b"d8:announce15:http://t.local/7:comment%d:%se" % (len(PAGE), PAGE)
    )
    (folder / "a.php.txt").write_bytes(
        b'a:1:{s:4:"page";s:%d:"%s";}' % (len(PAGE), PAGE)
    )
    (folder / "a.aof").write_bytes(
        b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n%s\r\n" % (len(PAGE), PAGE)
    )
    (folder / "a.lsp").write_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE))
    (folder / "a.svndump").write_bytes(b"SVN-fs-dump-format-version: 2\n\n" + PAGE)
    (folder / "batch").write_bytes(b"%s blob %d\n%s\n" % (b"ab" * 20, len(PAGE), PAGE))
    for number, prefix in enumerate((_u32(len(PAGE)), _be32(len(PAGE)))):
        (folder / f"frames{number}").write_bytes((prefix + PAGE) * 2)
    size = struct.pack(">H", len(PAGE))
    (folder / "a.msgpack").write_bytes(b"\x82\xa1v\x01\xa4page\xda" + size + PAGE)
    (folder / "a.cbor").write_bytes(b"\xa1\x64page\x79" + size + PAGE)
    (folder / "a.pb").write_bytes(b"\x0a" + _leb(len(PAGE)) + PAGE)
    document = b"\x02page\0" + _u32(len(PAGE) + 1) + PAGE + b"\0\0"
    (folder / "a.bson").write_bytes(_u32(len(document) + 4) + document)


def databases(folder: Path) -> None:
    batch = bytes(8) + _u32(1) + b"\x01\x03key" + _leb(len(PAGE)) + PAGE
    log = b"\x11\x22\x33\x44" + struct.pack("<HB", len(batch), 1) + batch
    (folder / "000003.log").write_bytes(log)
    edit = b"\x01\x1aleveldb.BytewiseComparator\x02\x03\x03\x04\x04\0"
    (folder / "MANIFEST-000002").write_bytes(
        b"\x11\x22\x33\x44" + struct.pack("<HB", len(edit), 1) + edit + PAGE
    )
    footer = bytes(40) + struct.pack("<Q", 0xDB4775248B80FB57)
    (folder / "000005.ldb").write_bytes(b"\0\x03\x80\x10key" + PAGE + footer)
    rocks = bytes(44) + struct.pack("<Q", 0x88E241B785F4CFF7)
    (folder / "000007.sst").write_bytes(b"\0\x03\x80\x10key" + PAGE + rocks)
    (folder / "data.mdb").write_bytes(
        bytes(16) + _u32(0xBEEFC0DE) + _u32(1) + bytes(4072) + PAGE
    )
    (folder / "b.db").write_bytes(bytes(12) + _u32(0x053162) + bytes(4080) + PAGE)
    (folder / "lucene.cfs").write_bytes(b"\x3f\xd7\x6c\x17\x11" + PAGE)
    with dbm.dumb.open(str(folder / "dumb"), "c") as table:
        for key in (b"a", b"b", b"c"):
            table[key] = PAGE


def columns(folder: Path) -> None:
    (folder / "a.parquet").write_bytes(b"PAR1\x15\0\x15" + PAGE + _u32(9) + b"PAR1")
    (folder / "a.arrow").write_bytes(b"ARROW1\0\0" + PAGE + b"ARROW1")
    (folder / "a.feather").write_bytes(b"FEA1\0\0\0\0" + PAGE + b"FEA1")
    (folder / "a.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(88) + PAGE)
    (folder / "user.h5").write_bytes(
        bytes(512) + b"\x89HDF\r\n\x1a\n" + bytes(8) + PAGE
    )
    header = b"{'descr': '|S%d', 'fortran_order': False, 'shape': (1,), }\n" % len(PAGE)
    size = struct.pack("<H", len(header))
    (folder / "a.npy").write_bytes(b"\x93NUMPY\x01\0" + size + header + PAGE)
    index = b'{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
    (folder / "a.safetensors").write_bytes(
        len(index).to_bytes(8, "little") + index + PAGE
    )
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        (folder / f"{protocol}.pickle").write_bytes(
            pickle.dumps({"page": PAGE.decode(), "n": [1]}, protocol)
        )


def documents(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"\0\0\0\x01Bud1\0\0\x10\0" + bytes(20) + PAGE)
    (folder / "a.bplist").write_bytes(
        plistlib.dumps({"page": PAGE.decode()}, fmt=plistlib.FMT_BINARY)
    )
    (folder / "a.doc").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + PAGE
    )
    torn = PAGE.decode().encode("utf-16") + b"\n"  # a program appended to it
    (folder / "utf16.txt").write_bytes(torn)
    (folder / "utf16le.html").write_bytes(PAGE.decode().encode("utf-16-le"))
    (folder / "utf16be.html").write_bytes(PAGE.decode().encode("utf-16-be"))
    (folder / "utf32.txt").write_bytes(PAGE.decode().encode("utf-32"))


def media(folder: Path) -> None:
    comment = PngImagePlugin.PngInfo()
    comment.add_text("page", PAGE.decode())
    small = Image.new("RGB", (8, 8), "red")
    small.save(folder / "a.png", pnginfo=comment)
    small.save(folder / "a.jpg", comment=PAGE)
    small.save(folder / "a.gif", comment=PAGE)
    for kind in ("bmp", "tiff", "webp", "ico"):
        small.save(folder / f"a.{kind}")
        with (folder / f"a.{kind}").open("ab") as file:
            file.write(PAGE)
    with wave.open(str(folder / "a.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(PAGE + b" " * (len(PAGE) % 2))
    (folder / "a.mp3").write_bytes(b"ID3\x04\0\0\0\0\x0f\x76" + PAGE)
    (folder / "b.mp3").write_bytes(b"\xff\xfb\x90\x64" + bytes(32) + PAGE)
    (folder / "a.mp4").write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + PAGE)
    (folder / "a.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + PAGE)
    (folder / "a.mkv").write_bytes(b"\x1a\x45\xdf\xa3\x9f" + PAGE)
    (folder / "a.ogg").write_bytes(b"OggS\0\x02" + bytes(20) + PAGE)
    (folder / "a.woff2").write_bytes(b"wOF2\0\x01\0\0" + bytes(40) + PAGE)
    (folder / "a.ttf").write_bytes(b"\0\x01\0\0\0\x0a\0\x80" + bytes(40) + PAGE)


KINDS: tuple[Callable[[Path], None], ...] = (
    sqlite_database,
    sqlite_with_log,
    zip_archives,
    tar_archives,
    compressed,
    other_archives,
    pdf,
    programs,
    framed_by_lengths,
    databases,
    columns,
    documents,
    media,
)

# What some of them are called; for the others it is enough that they are told.
REASONS = {
    "app.db": "an SQLite database",
    "w.db-wal": "an SQLite write-ahead log",
    "w.db-shm": "an SQLite shared-memory file",
    "j.db-journal": "an SQLite rollback journal",
    "a.zip": "a zip archive",
    "a.docx": "a zip archive",
    "tool.pyz": "a zip archive behind other bytes",
    "ustar.tar": "a tar archive",
    "v7.tar": "a tar archive",
    "a.gz": "compressed by gzip",
    "a.bz2": "compressed by bzip2",
    "a.xz": "compressed by xz",
    "a.zst": "compressed by zstd",
    "a.lz4": "compressed by lz4",
    "a.zlib": "compressed by zlib",
    "a.7z": "a 7z archive",
    "a.rar": "a RAR archive",
    "a.cab": "a CAB archive",
    "a.a": "an ar archive, framed by lengths",
    "a.cpio": "a cpio archive",
    "app.asar": "an asar archive",
    "disc.iso": "an image of a disc",
    "a.pdf": "a PDF",
    "junk.pdf": "a PDF",
    "macho": "a Mach-O program",
    "fat": "a Mach-O program for several processors",
    "A.class": "a Java class",
    "a.exe": "a Windows program",
    "a.wasm": "a WebAssembly module",
    "a.warc": "a WARC archive, framed by lengths",
    "a.net": "netstrings, framed by lengths",
    "a.torrent": "bencoded, framed by lengths",
    "a.msgpack": "MessagePack",
    "a.cbor": "CBOR",
    "a.pb": "Protocol Buffers, framed by lengths",
    "000003.log": "a log of LevelDB or RocksDB",
    "000005.ldb": "a table of LevelDB",
    "000007.sst": "a table of RocksDB",
    "MANIFEST-000002": "a manifest of LevelDB or RocksDB",
    "data.mdb": "an LMDB database",
    "b.db": "a Berkeley DB database",
    "lucene.cfs": "a Lucene index",
    "a.parquet": "a Parquet file",
    "a.arrow": "an Arrow file",
    "a.h5": "an HDF5 file",
    "user.h5": "an HDF5 file",
    "0.pickle": "a pickle",
    "5.pickle": "a pickle",
    ".DS_Store": "a .DS_Store file",
    "utf16.txt": "text in UTF-16",
    "utf16le.html": "text in UTF-16",
    "utf16be.html": "text in UTF-16",
    "utf32.txt": "text in UTF-32",
    "a.png": "a PNG image",
    "a.jpg": "a JPEG image",
    "a.bmp": "a BMP image",
    "a.heic": "a HEIC or AVIF image",
    "a.mp3": "an MP3 file",
    "a.ttf": "a font",
}


def every_container(folder: Path, *, with_git: bool = True) -> list[Path]:
    """Write them all.

    Returns:
        The files. A table's text of offsets beside it, which holds no picture, is none.
    """
    for kind in KINDS:
        kind(folder)
    if with_git and shutil.which("git"):
        git_files(folder)
    return sorted(p for p in folder.iterdir() if p.name not in ("dumb.dir", "dumb.bak"))
