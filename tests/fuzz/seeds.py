"""Write the corpus that every target begins with: ``python -m tests.fuzz.seeds``."""

import base64
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from assetstore.store.backends.memory import MemoryBackend  # noqa: E402
from assetstore.store.codecs.binary import FieldReader  # noqa: E402
from assetstore.store.codecs.dependent import related_size  # noqa: E402
from assetstore.store.codecs.frames import expand  # noqa: E402
from assetstore.store.codecs.jpeg_golden import GOLDEN  # noqa: E402
from benchmarks.redaction.cases import put  # noqa: E402
from benchmarks.redaction.places import BARE, QUOTED  # noqa: E402
from support.samples import dialects, picture  # noqa: E402
from support.screens import pillow, png, screen  # noqa: E402
from support.shelf import Shelf, shrinker  # noqa: E402
from support.stores import archived, memory_store  # noqa: E402


def seeds() -> dict[str, list[bytes]]:
    """Some inputs for each target."""
    store = memory_store()
    tiny = picture(2, 2, 1)
    text = base64.b64encode(tiny)
    page = b'<img src="data:image/png;base64,' + text + b'">'
    archived(store, page)
    assert isinstance(store.backend, MemoryBackend)
    objects = store.backend.objects

    def of(folder: str) -> bytes:
        return next(data for key, data in objects.items() if key.startswith(folder))

    documents = [
        page,
        b'{"a":"' + text + b'"}',
        b'{"image_url":"data:image/png;base64,' + text.replace(b"/", b"\\/") + b'"}',
        b"data:image/svg+xml,%3Csvg%20xmlns='x'%3E%3C/svg%3E ",
        b"url(data:image/svg+xml;utf8,<svg>(</svg>)",
        b"as1:" + b"A" * 27 + b"as1" + b"as1:" + b"B" * 24,
        b'{"timestamp":"","type":"response_item","payload":{"content":[{"type":'
        b'"input_image","image_url":"data:image/png;base64,' + text + b'"}]}}\n',
        b'{"image/png":"'
        + text[:40]
        + b"\\n"
        + text[40:80]
        + b"\\n"
        + text[80:]
        + b'"}',
    ]
    roundtrip = [b"\x03" + d for d in documents] + [b"\x16" + documents[6]]
    roundtrip += [b"\x01" + t[:400] for t in list(dialects().values())[::5]]
    import zstandard

    frame = zstandard.compress(b"a" * 300)
    return {
        "roundtrip": roundtrip,
        "dialect": [
            b'"base64"\nabcdef',
            b'{"base":"base64","wrap":[4,4,"\\n"],"subs":{"/":"\\\\/"},"tail":[1,"x"]}\n'
            b"abcdefghijkl\xff\xfe",
            b'{"base":"raw","subs":{"<":"%3C"}}\n<svg>',
        ],
        "placeholder": [b"as1:" + b"A" * 27, b"as1:" + b"-_" * 13 + b"B"],
        "pack": [
            of("packs/")[:900],
            b"+\x01\x2c\x01\x00" + frame,
            b"+\x00\x05\x00\x00a",
        ],
        "codec": [b"\x2c\x01\x00" + frame, b"\x03\x00\x00abc"],
        "jpeg": [*_jpegs(), _picture("JPEG")],
        "dictionary": [
            b"\x2c\1\0\0" + frame[4:],
            b"\x2c\1\5\0words"
            + zstandard.ZstdCompressor(
                dict_data=zstandard.ZstdCompressionDict(b"words")
            ).compress(b"words" * 60)[4:],
        ],
        "index": [of("index/"), of("index/")[:-32]],
        "manifest": [of("manifests/"), of("manifests/")[:-32]],
        "recipe": [
            b'{"now":["",""],"v":1,"was":["data:",{"as":"base64","blob":"%b"}]}'
            % (b"0a" * 32)
        ],
        "config": [
            objects["config"],
            b'[general]\nstore = "/x"\n[archive]\nmin-size = "1K"\n'
            b'[gc]\ngrace = "14d"\n',
            b'[[jobs]]\nname = "a"\npaths = ["x"]\n',
        ],
        "png": _stored(),
        "shrink": [
            bytes((71, 23, 3, 0, 1)) + screen(72, 24).tobytes()[:600],
            bytes((30, 9, 1, 1, 3)) + b"\0\1\2\3\4" * 30,
            bytes((40, 12, 8, 0, 1)) + b"\0" * 90,
            bytes((40, 12, 5, 40, 0)) + b"\0abc" * 20,
        ],
        "picture": [
            tiny,
            *(_picture(f) for f in ("JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO")),
        ],
        "bundle": [
            b'{"format":"assetstore-bundle","version":1,"client":"codex","thread":"t",'
            b'"place":"","modified":0,"size":0,"blake3":"","images":0,"files":{}}\0{}\n'
        ],
        "redaction": [*_secrets()],
    }


def _secrets() -> Iterator[bytes]:
    """Lines with a made-up password where one would be."""
    lines = [*QUOTED.values(), *BARE.values()]
    for first in range(0, len(lines), len(lines) // 5):
        yield "\n".join(
            put(each, "h7Kq92mZ") for each in lines[first : first + 24]
        ).encode()


def _jpegs() -> Iterator[bytes]:
    """The constant pictures as the target takes them: sizes, header, blocks."""
    for text, size, _ in GOLDEN:
        file = base64.b85decode(text)
        end = 28 + int.from_bytes(file[24:28], "little")
        header = zlib.decompress(file[28:end])
        sizes = size.to_bytes(2, "little") + len(header).to_bytes(2, "little")
        yield sizes + header + file[end + 3 : -4]


def _stored() -> list[bytes]:
    """Stored forms of pictures, taken apart as the target puts them together."""
    shelf, by = Shelf(), shrinker(1)
    found = []
    for file in (
        pillow(screen(64, 24)),
        pillow(screen(64, 24, edits=1)),
        pillow(screen(40, 20, mode="RGBA")),
        png(bytes(800), 9, 9, interlace=1)[:-12],
    ):
        coded = shelf.add(file, by)
        if coded is None:
            continue
        stored = b"".join(coded.stored)
        reader = FieldReader(stored)
        reader.at = related_size(stored)
        fields = expand(reader.string(), 1 << 20)
        head = bytes((stored[1],)) + len(fields).to_bytes(2, "little")
        found += [head + fields + reader.rest(), stored]
    return found


def _picture(format: str) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (3, 2), (9, 8, 7)).save(file, format)
    return file.getvalue()


def main() -> None:
    """Write them all."""
    for target, inputs in seeds().items():
        folder = HERE / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(inputs):
            (folder / f"seed-{number:02}").write_bytes(data)


if __name__ == "__main__":
    main()
