"""Small files of every format of media that documents hold."""

import gzip
import io
import random
import struct
import wave
import zipfile

from PIL import Image

from support.samples import picture, svg

WIDTH, HEIGHT = 40, 30
_NOISE = random.Random(7).randbytes(WIDTH * HEIGHT * 3)


def coloured(format: str, **options: object) -> bytes:
    """A picture of noise in any format that can be written here."""
    noise = random.Random(format).randbytes(WIDTH * HEIGHT * 3)
    file = io.BytesIO()
    image = Image.frombytes("RGB", (WIDTH, HEIGHT), noise)
    image.save(file, format, **options)
    return file.getvalue()


def segment(jpeg: bytes, marker: int, text: bytes) -> bytes:
    """A JPEG with a segment more, in front of all others."""
    size = struct.pack(">H", len(text) + 2)
    return jpeg[:2] + bytes((0xFF, marker)) + size + text + jpeg[2:]


def without_header(jpeg: bytes) -> bytes:
    """A JPEG that begins with its tables."""
    size = int.from_bytes(jpeg[4:6], "big")
    return jpeg[:2] + jpeg[4 + size :]


def box(kind: bytes, data: bytes) -> bytes:
    """A box of ISO/IEC 14496-12."""
    return struct.pack(">I", len(data) + 8) + kind + data


def boxes(brand: bytes, *more: bytes) -> bytes:
    """A file of boxes, with data of its own."""
    kind = brand + b"\0\0\0\0" + brand + b"mif1"
    return box(b"ftyp", kind) + b"".join(more) + box(b"mdat", _NOISE[:900])


def tiff(order: str, *, big: bool = False, first: bool = True) -> bytes:
    """A picture in strips; its directory stands in front of them, or behind."""
    pixels = _NOISE
    start = 16 if big else 8
    count, entry, offset = ("Q", "HHQQ", "Q") if big else ("H", "HHII", "I")
    entries = [
        (256, 3, WIDTH), (257, 3, HEIGHT), (258, 3, 8), (259, 3, 1), (262, 3, 2),
        (273, 4, 0), (277, 3, 3), (278, 3, HEIGHT), (279, 4, len(pixels)),
    ]  # fmt: skip
    each = struct.calcsize(order + entry)
    length = struct.calcsize(order + count) + each * len(entries) + (8 if big else 4)
    at, data = (start, start + length) if first else (start + len(pixels), start)
    directory = struct.pack(order + count, len(entries))
    for tag, kind, value in entries:
        value = data if tag == 273 else value
        packed = struct.pack(order + ("H" if kind == 3 else "I"), value)
        head = struct.pack(order + "HH" + ("Q" if big else "I"), tag, kind, 1)
        directory += head + packed.ljust(8 if big else 4, b"\0")
    directory += struct.pack(order + offset, 0)
    mark = b"II" if order == "<" else b"MM"
    if big:
        head = mark + struct.pack(order + "HHHQ", 43, 8, 0, at)
    else:
        head = mark + struct.pack(order + "HI", 42, at)
    return head + (directory + pixels if first else pixels + directory)


def photoshop(*, packed: bool) -> bytes:
    """A PSD with some resources, and its pixels as they are or packed by rows."""
    head = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, HEIGHT, WIDTH, 8, 3)
    resources = b"8BIM\x03\xed\0\0" + struct.pack(">I", 900) + _NOISE[:900]
    parts = bytes(4) + struct.pack(">I", len(resources)) + resources + bytes(4)
    if not packed:
        return head + parts + b"\0\0" + _NOISE
    row = bytes((WIDTH - 1,)) + _NOISE[:WIDTH]
    sizes = struct.pack(">H", len(row)) * HEIGHT * 3
    return head + parts + b"\0\1" + sizes + row * HEIGHT * 3


def tables(version: bytes) -> bytes:
    """A font: a directory of tables, and these."""
    names = [b"cmap", b"glyf", b"head", b"hhea", b"name"]
    directory, data, at = b"", b"", 12 + 16 * len(names)
    for i, name in enumerate(names):
        part = _NOISE[i * 90 : i * 90 + 81 + i]
        directory += name + struct.pack(">III", i, at + len(data), len(part))
        data += part + bytes(-len(part) % 4)
    return version + struct.pack(">HHHH", len(names), 64, 2, 16) + directory + data


def web_font(mark: bytes) -> bytes:
    """A font of the web, which says how long it is."""
    data = _NOISE[:1200]
    size = 44 + len(data)
    return mark + b"\0\1\0\0" + struct.pack(">IHH", size, 5, 0) + bytes(28) + data


def sound() -> bytes:
    """A WAV."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(_NOISE[:1600])
    return file.getvalue()


def ogg() -> bytes:
    """Three pages of one stream."""
    pages = b""
    for i, flag in enumerate((2, 0, 4)):
        data = _NOISE[i * 200 : i * 200 + 200]
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, flag, i, 1, i, 99, 1)
        pages += head + bytes((len(data),)) + data
    return pages


def mp3(tag: bool = True) -> bytes:
    """Frames of 128 kbit/s at 44.1 kHz, behind a tag."""
    frame = b"\xff\xfb\x90\x00" + _NOISE[:413]
    front = b"ID3\4\0\0\0\0\0\x14" + bytes(20) if tag else b""
    return front + frame * 4


def webm() -> bytes:
    """A header and a segment that says how long it is."""
    head = b"\x42\x82\x84webm"
    data = _NOISE[:700]
    return (
        b"\x1aE\xdf\xa3" + bytes((0x80 | len(head),)) + head
        + b"\x18\x53\x80\x67\x01" + len(data).to_bytes(7, "big") + data
    )  # fmt: skip


def flac_stream() -> bytes:
    """A header that says nothing, and data of no known end."""
    return b"fLaC\x80\0\0\x22" + bytes(34) + _NOISE[:700]


def remainder(data: bytes, width: int, polynomial: int) -> bytes:
    """A checksum, bit by bit."""
    register, top = 0, 1 << (width - 1)
    for byte in data:
        register ^= byte << (width - 8)
        for _ in range(8):
            over, register = register & top, register << 1
            register = (register ^ polynomial if over else register) & (2 * top - 1)
    return register.to_bytes(width // 8, "big")


def flac(frames: int = 3, last: int = 100) -> bytes:
    """Frames of 192 samples, and a last one that is shorter."""
    sizes = [192] * (frames - 1) + [last]
    info = struct.pack(">HH6xQ", 192, 192, 8000 << 44 | 7 << 36 | sum(sizes))
    parts = [b"fLaC\0\0\0\x22" + info + bytes(16), b"\x81\0\0\x28" + bytes(40)]
    for number, size in enumerate(sizes):
        kind = b"\x10\x02" if size == 192 else b"\x60\x02"
        head = b"\xff\xf8" + kind + chr(number).encode()
        head += b"" if size == 192 else bytes((size - 1,))
        frame = head + remainder(head, 8, 0x07) + b"\x02" + _NOISE[:size]
        parts.append(frame + remainder(frame, 16, 0x8005))
    return b"".join(parts)


def wasm() -> bytes:
    """A module with two sections of its own."""
    data = b"\4name" + _NOISE[:300]
    size = bytes((len(data) & 0x7F | 0x80, len(data) >> 7))
    return b"\0asm\1\0\0\0" + 2 * (b"\0" + size + data)


def archive() -> bytes:
    """A zip of one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        out.writestr("a.txt", _NOISE[:500])
    return file.getvalue()


def pdf() -> bytes:
    """A document of one page, whose references nobody follows here."""
    data = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + b"%" + b"x" * 500
    return data + b"\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


_JPEG, _ICON, _DRAWING = coloured("JPEG"), coloured("ICO"), svg(5).encode()

# What stands bare in any text is a payload, since its last byte is known.
PICTURES = {
    "png": picture(24, 18, 1),
    "png, no padding": picture(26, 18, 1),
    "jpeg": _JPEG,
    "jpeg, comment": segment(_JPEG, 0xFE, b"Lavc58.54.100\0"),
    "jpeg, exif": segment(_JPEG, 0xE1, b"Exif\0\0" + bytes(90)),
    "jpeg, icc": segment(_JPEG, 0xE2, b"ICC_PROFILE\0\1\1" + bytes(90)),
    "jpeg, adobe": segment(_JPEG, 0xEE, b"Adobe\0\x64\0\0\0\0\1"),
    "jpeg, photoshop": segment(_JPEG, 0xED, b"Photoshop 3.0\0" + bytes(90)),
    "jpeg, tables": without_header(_JPEG),
    "jpeg, progressive": coloured("JPEG", progressive=True),
    "gif": coloured("GIF"),
    "gif 87": b"GIF87a" + coloured("GIF")[6:],
    "webp": coloured("WEBP"),
    "webp, lossless": coloured("WEBP", lossless=True),
    "avif": coloured("AVIF"),
    "heic": boxes(b"heic", box(b"meta", _NOISE[:3600])),
    "heif": boxes(b"mif1", box(b"meta", bytes(99))),
    "svg": _DRAWING,
    "svg, preamble": b'<?xml version="1.0"?>\n<!-- a -->\n' + _DRAWING + b"\n",
    "bmp": coloured("BMP"),
    "ico": _ICON,
    "cur": _ICON[:2] + b"\2" + _ICON[3:],
    "tiff": coloured("TIFF"),
    "tiff, little": tiff("<"),
    "tiff, behind": tiff("<", first=False),
    "tiff, big-endian": tiff(">"),
    "tiff, big-endian, behind": tiff(">", first=False),
    "bigtiff": tiff("<", big=True),
    "bigtiff, big-endian": tiff(">", big=True),
    "jp2": coloured("JPEG2000"),
    "j2k": coloured("JPEG2000", no_jp2=True),
    "jxl": (
        box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ")
        + box(b"jxlc", b"\xff\x0a" + _NOISE[:900])
    ),
    "psd": photoshop(packed=False),
    "psd, packed": photoshop(packed=True),
}  # fmt: skip
# Their last byte cannot be told, or their first ones are those of anything: what
# stands around them must say what they are.
ANNOUNCED = {
    "jxl, stream": b"\xff\x0a" + _NOISE[:900],
    "svg, packed": gzip.compress(_DRAWING, mtime=1),
}
MIMES = {
    "jpeg": "image/jpeg",
    "svg": "image/svg+xml",
    "ico": "image/x-icon",
    "cur": "image/vnd.microsoft.icon",
    "psd": "image/vnd.adobe.photoshop",
    "bigtiff": "image/tiff",
    "j2k": "image/j2c",
    "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf",
    "otf": "application/x-font-otf", "pdf": "application/pdf", "wav": "audio/wav",
    "mp3": "audio/mpeg", "ogg": "audio/ogg", "flac": "audio/flac", "m4a": "audio/mp4",
    "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime",
    "wasm": "application/wasm", "zip": "application/zip",
}  # fmt: skip
# Taken with ``--media any``.
OTHERS = {
    "woff": web_font(b"wOFF"),
    "woff2": web_font(b"wOF2"),
    "ttf": tables(b"\0\1\0\0"),
    "otf": tables(b"OTTO"),
    "pdf": pdf(),
    "wav": sound(),
    "mp3": mp3(),
    "ogg": ogg(),
    "m4a": boxes(b"M4A ", box(b"moov", bytes(200))),
    "mp4": boxes(b"isom", box(b"moov", bytes(200))),
    "mov": boxes(b"qt  ", box(b"moov", bytes(200))),
    "webm": webm(),
    "wasm": wasm(),
    "zip": archive(),
    "flac": flac(),
}
OTHERS_ANNOUNCED = {"flac, unfinished": flac_stream(), "mp3, no tag": mp3(tag=False)}


def mime(name: str) -> str:
    """The media type of one of these."""
    word = name.partition(",")[0].partition(" ")[0]
    return MIMES.get(word, f"image/{word}")
