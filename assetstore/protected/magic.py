"""The first bytes by which formats are told that no text begins with.

From the formats' own specifications, and from the registrations that IANA and the
Library of Congress keep. What needs a look at more than a prefix is in
`assetstore.protected.structure`.
"""

from assetstore.errors import DATABASE

_GZIP = "compressed by gzip"
_MACH_O = "a Mach-O program"
_FONT = "a font"
_WARC = "a WARC archive, framed by lengths"
_SQLITE_WAL = "an SQLite write-ahead log"
_BDB = "a Berkeley DB database"

PREFIXES: dict[bytes, str] = {
    # databases
    b"SQLite format 3\0": DATABASE,
    b"\x37\x7f\x06\x82": _SQLITE_WAL,
    b"\x37\x7f\x06\x83": _SQLITE_WAL,
    b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7": "an SQLite rollback journal",
    b"\x18\xe2\x2d\x00": "an SQLite shared-memory file",
    b"\x00\x2d\xe2\x18": "an SQLite shared-memory file",
    b"\xde\xc0\xef\xbe": "a lock file of LMDB",
    b"\x3f\xd7\x6c\x17": "a Lucene index",
    b"\x00\x06\x15\x61": _BDB,
    b"\x61\x15\x06\x00": _BDB,
    b"\x13\x57\x9a\xce": "a GDBM database",
    b"\xce\x9a\x57\x13": "a GDBM database",
    b"\xcf\x9a\x57\x13": "a GDBM database",
    b"REDIS00": "a Redis snapshot",
    b"\xfebin": "a binary log of MySQL",
    b"\x00\x01\x00\x00Standard": "an Access database",
    # columns and arrays
    b"ARROW1\0\0": "an Arrow file",
    b"\xff\xff\xff\xff": "an Arrow stream, or another one framed by lengths",
    b"Obj\x01": "an Avro file",
    b"\x89HDF\r\n\x1a\n": "an HDF5 file",
    b"CDF\x01": "a NetCDF file",
    b"CDF\x02": "a NetCDF file",
    b"\x93NUMPY": "a NumPy array",
    # archives and compression
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"PK\x07\x08": "a zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"MSCF\0\0\0\0": "a CAB archive",
    b"!<arch>\n": "an ar archive, framed by lengths",
    b"!<thin>\n": "an ar archive, framed by lengths",
    b"\xed\xab\xee\xdb": "an RPM package",
    b"\x60\xea": "an ARJ archive",
    b"MSWIM\0\0\0": "a Windows image",
    b"QFI\xfb": "a virtual disk",
    b"\x1f\x8b": _GZIP,
    b"\xfd7zXZ\0": "compressed by xz",
    b"\x5d\x00\x00": "compressed by LZMA",
    b"\x89LZO\0": "compressed by lzop",
    b"\x28\xb5\x2f\xfd": "compressed by zstd",
    **{bytes((0x50 + n,)) + b"\x2a\x4d\x18": "compressed by zstd" for n in range(16)},
    b"\x37\xa4\x30\xec": "a dictionary of zstd",
    b"\x04\x22\x4d\x18": "compressed by lz4",
    b"\x02\x21\x4c\x18": "compressed by lz4",
    b"\xff\x06\x00\x00sNaPpY": "compressed by Snappy",
    b"\x1f\x9d": "compressed by compress",
    b"\x1f\xa0": "compressed by compress",
    # programs
    b"\x7fELF": "an ELF program",
    b"\xfe\xed\xfa\xce": _MACH_O,
    b"\xfe\xed\xfa\xcf": _MACH_O,
    b"\xce\xfa\xed\xfe": _MACH_O,
    b"\xcf\xfa\xed\xfe": _MACH_O,
    b"\xca\xfe\xba\xbf": "a Mach-O program for several processors",
    b"\0asm": "a WebAssembly module",
    b"dex\n0": "an Android program",
    b"\x1bLua": "a compiled Lua program",
    b"BC\xc0\xde": "LLVM bitcode",
    b"\xac\xed\x00\x05": "serialised Java objects",
    b"\xde\x12\x04\x95": "a catalog of translations",
    b"\x95\x04\x12\xde": "a catalog of translations",
    # git, mercurial
    b"PACK\0\0\0": "a pack of git",
    b"\xfftOc": "the index of a pack of git",
    b"DIRC\0\0\0": "the index of a git repository",
    b"MIDX\x01": "the index of packs of git",
    b"CGPH\x01": "a commit graph of git",
    b"BITM\0\x01": "a bitmap of git",
    b"RIDX\0\0\0": "a reverse index of git",
    b"# v2 git bundle\n": "a git bundle",
    b"# v3 git bundle\n": "a git bundle",
    b"HG20\0\0": "a Mercurial bundle",
    # documents
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a compound file (Office, MSI, Outlook)",
    b"bplist0": "a binary property list",
    b"\0\0\0\x01Bud1": "a .DS_Store file",
    b"ITSF\x03\0\0\0": "a compiled help file",
    b"AT&TFORM": "a DjVu document",
    b"\xc5\xd0\xd3\xc6": "PostScript with offsets",
    b"\xd9\xd9\xf7": "CBOR",
    b"gimp xcf ": "an image of GIMP",
    b"ElfFile\0": "a log of Windows events",
    b"\xd4\xc3\xb2\xa1": "a capture of network packets",
    b"\xa1\xb2\xc3\xd4": "a capture of network packets",
    b"\x4d\x3c\xb2\xa1": "a capture of network packets",
    b"\x0a\x0d\x0d\x0a": "a capture of network packets",
    # images
    b"\x89PNG\r\n\x1a\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"II*\0": "a TIFF image",
    b"MM\0*": "a TIFF image",
    b"II+\0": "a TIFF image",
    b"MM\0+": "a TIFF image",
    b"8BPS\0": "a Photoshop image",
    b"\0\0\x01\0": "an icon",
    b"\0\0\x02\0": "a cursor",
    b"\0\0\0\x0cjP  \r\n": "a JPEG 2000 image",
    b"\xff\x4f\xff\x51": "a JPEG 2000 image",
    b"\0\0\0\x0cJXL \r\n": "a JPEG XL image",
    b"\xff\x0a": "a JPEG XL image",
    b"\x76\x2f\x31\x01": "an OpenEXR image",
    b"DDS \x7c\0\0\0": "a texture",
    b"\xabKTX": "a texture",
    # audio, video
    b"OggS\0": "an Ogg file",
    b"fLaC\0": "a FLAC file",
    b"MThd\0\0\0\x06": "a MIDI file",
    b"#!AMR": "an AMR recording",
    b".snd\0\0\0": "an AU recording",
    b"\x1a\x45\xdf\xa3": "a Matroska or WebM file",
    b"FLV\x01": "a Flash video",
    b"\0\0\x01\xba": "an MPEG video",
    b"\0\0\x01\xb3": "an MPEG video",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "a Windows Media file",
    # fonts
    b"OTTO\0": _FONT,
    b"ttcf\0": _FONT,
    b"\x00\x01\x00\x00\x00": _FONT,
    b"true\0": _FONT,
    # text that says how long its parts are
    b"WARC/0.": _WARC,
    b"WARC/1.": _WARC,
    b"filedesc://": "an ARC archive, framed by lengths",
    b"SVN-fs-dump-format-version: ": "a dump of Subversion, framed by lengths",
}

# No more than a word: what is behind it must not be text.
WORDS: dict[bytes, str] = {
    b"PAR1": "a Parquet file",
    b"PARE": "a Parquet file",
    b"FEA1": "a Feather file",
    b"PGDMP": "a dump of PostgreSQL in its own format",
    b"GGUF": "a GGUF model",
    b"ISc(": "an InstallShield archive",
    b"xar!": "a xar archive",
    b"Cr24": "a browser extension's package",
    b"hsqs": "a SquashFS image",
    b"sqsh": "a SquashFS image",
    b"conectix": "a virtual disk",
    b"vhdxfile": "a virtual disk",
    b"KDMV": "a virtual disk",
    b"wOFF": _FONT,
    b"wOF2": _FONT,
    b"GIF87a": "a GIF image",
    b"GIF89a": "a GIF image",
    b"8=FIX": "FIX messages, framed by lengths",
    b"ORC": "an ORC file",
    b"LZIP": "compressed by lzip",
    b"HG10": "a Mercurial bundle",
    b":)\n": "Smile, a binary form of JSON",
    b"BLENDER": "a Blender file",
    b"icns": "an icon",
    b"CWS": "a Flash film",
    b"FWS": "a Flash film",
    b"wvpk": "a WavPack file",
}

_ALL = PREFIXES | WORDS
_LENGTHS = sorted({len(prefix) for prefix in _ALL}, reverse=True)
_FIRST = frozenset(prefix[0] for prefix in _ALL)


def by_prefix(head: bytes) -> str:
    """Name what a document is by its first bytes; "": nothing that is known."""
    if not head or head[0] not in _FIRST:
        return ""
    for length in _LENGTHS:
        start = head[:length]
        known = _ALL.get(start, "")
        if known and (start not in WORDS or _no_text(head[length : length + 64])):
            return known
    return ""


def _no_text(behind: bytes) -> bool:
    return any(byte < 9 or 13 < byte < 27 for byte in behind)
