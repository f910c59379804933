"""What is fuzzed: each target takes any bytes and raises nothing but a finding.

Typed errors are the answer that is wanted; every other exception, and every wrong
byte, is a finding.
"""

import contextlib
import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import zstandard

from assetstore.agents.bundle import import_bundle
from assetstore.agents.redaction.redact import redact
from assetstore.archiver.run import ArchiveOptions, archive_stream
from assetstore.config.read import read_file
from assetstore.errors import AssetstoreError
from assetstore.restore.run import restore_stream
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.check.verify import verify
from assetstore.store.codecs import dictionary as dictionary_codec
from assetstore.store.codecs import jpeg as jpeg_codec
from assetstore.store.codecs import known_decoders
from assetstore.store.codecs.base import PIECE
from assetstore.store.codecs.binary import Fields
from assetstore.store.codecs.dependent import PREFIX, write_related
from assetstore.store.codecs.png.container import Header
from assetstore.store.codecs.png.picture import StoredPicture
from assetstore.store.config import checked_config
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.format.dialect import Dialect
from assetstore.store.format.index import read_index, write_index
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.pack import PACK_HEADER, Record, pack_key, records
from assetstore.store.format.placeholder import (
    LENGTH,
    format_placeholder,
    parse_placeholder,
)
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.media import describe, sniff
from assetstore.store.repair.index import scan_pack
from assetstore.store.store import Store
from support.screens import png as build
from support.shelf import Shelf, decoded, shrinker

_NAME = "01hf7yat000000000000000001"
_BUFFER = bytearray(PIECE)
_PROFILES: tuple[str, ...] = (
    "generic",
    "codex",
    "claude-code",
    "notebook",
    "har",
    "auto",
)


def _store() -> Store:
    return Store.on(MemoryBackend(), create=True, writer="fuzz", clock=lambda: 1.7e9)


def roundtrip(data: bytes) -> None:
    """A document is archived with options by its first byte, and restored."""
    if not data:
        return
    options = ArchiveOptions(
        min_size=0 if data[0] & 1 else 40,
        media="any" if data[0] & 2 else "image",
        binary=True,
        profile=_PROFILES[(data[0] >> 2) % len(_PROFILES)],
    )
    document = data[1:]
    with _store() as store:
        slim, again, back = io.BytesIO(), io.BytesIO(), io.BytesIO()
        archive_stream(store, io.BytesIO(document), slim, options)
        restore_stream(store, io.BytesIO(slim.getvalue()), back)
        assert back.getvalue() == document
        # What was archived is a document of its own to whoever archives it anew.
        with _store() as other:
            archive_stream(other, io.BytesIO(slim.getvalue()), again, options)
            back = io.BytesIO()
            restore_stream(other, io.BytesIO(again.getvalue()), back)
            assert back.getvalue() == slim.getvalue()


def dialect(data: bytes) -> None:
    """A recipe's dialect: parsed, it is written and encodes as it was."""
    head, _, raw = data.partition(b"\n")
    text = b'{"now":["",""],"v":1,"was":[{"as":%b,"blob":"%b"}]}' % (head, b"00" * 32)
    try:
        recipe = Recipe.parse(text)
    except AssetstoreError:
        return
    (part,) = recipe.was
    assert isinstance(part, Media)
    assert Dialect.from_json(part.dialect.to_json()) == part.dialect
    once = b"".join(part.dialect.encode([raw]))
    cut = len(raw) // 6 * 3
    assert b"".join(part.dialect.encode([raw[:cut], raw[cut:]])) == once


def placeholder(data: bytes) -> None:
    """Whatever is read as a placeholder is written the same."""
    prefix = parse_placeholder(data)
    if prefix is not None:
        assert len(data) == LENGTH
        assert format_placeholder(prefix) == data
    text = format_placeholder(data[:20].ljust(20, b"\0"))
    assert parse_placeholder(text) == data[:20].ljust(20, b"\0")


def pack(data: bytes) -> None:
    """A pack of any bytes is walked, salvaged and read: right bytes or an error."""
    with _store() as store:
        backend = store.backend
        assert isinstance(backend, MemoryBackend)
        data = data if data[:1] != b"+" else PACK_HEADER + _record(data[1:])
        backend.objects[pack_key(_NAME)] = data
        with contextlib.suppress(AssetstoreError):
            list(records(backend, _NAME))
        for entry in scan_pack(store.backend, _NAME, len(data))[0]:
            try:
                whole = b"".join(bytes(p) for p in store.stream_copy(entry))
            except AssetstoreError:
                continue
            assert blob_id(entry.record.kind, whole) == entry.record.id
        assert verify(store, read_data=True).findings == ()


def _record(data: bytes) -> bytes:
    """A record whose header is right and whose stored form is any bytes."""
    head = Record(
        kind=Kind.MEDIA,
        id=BlobId(bytes(32)),
        codec=(data[:1] or b"\0")[0] & 3,
        raw=int.from_bytes(data[1:4], "little"),
        stored=len(data),
    )
    return head.pack() + data


def codec(data: bytes) -> None:
    """Any bytes are decoded to exactly the length they claim, or refused."""
    if len(data) < 4:
        return
    raw, stored = int.from_bytes(data[:3], "little"), data[3:]

    def fill(offset: int, view: memoryview) -> int:
        piece = stored[offset : offset + len(view)]
        view[: len(piece)] = piece
        return len(piece)

    for each in known_decoders().values():
        with contextlib.suppress(AssetstoreError):
            total = sum(len(p) for p in each.decode(fill, len(stored), raw, _BUFFER))
            assert total == raw


def jpeg(data: bytes) -> None:
    """A Lepton file whose header is any bytes is decoded to its length or refused."""
    size, head = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")
    header, blocks = zlib.compress(data[4 : 4 + head]), data[4 + head :]
    file = b"\xcf\x84\1Z\1" + bytes(15)
    file += size.to_bytes(4, "little") + len(header).to_bytes(4, "little") + header
    file += b"CMP" + blocks
    file += (len(file) + 4).to_bytes(4, "little")
    for stored in (b"\1\1x" + data, b"\1\1xcrc!" + file):
        with contextlib.suppress(AssetstoreError):
            assert len(jpeg_codec.decode(stored, size)) == size
    found = jpeg_codec.encode(data)
    assert found is None or jpeg_codec.decode(found, len(data)) == data


def dictionary(data: bytes) -> None:
    """Any bytes, with any dictionary, are decoded to their length or refused."""
    if len(data) < 4:
        return
    size, cut = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")
    words, stored = data[4 : 4 + cut], data[4 + cut :]
    with contextlib.suppress(AssetstoreError):
        assert len(dictionary_codec.decode(stored, size, words)) == size
    with contextlib.suppress(AssetstoreError):
        found = dictionary_codec.encode(stored, words)
        if found is not None:
            assert dictionary_codec.decode(found, len(stored), words) == stored


def png(data: bytes) -> None:
    """A picture's stored form of any fields and any payload is decoded or refused."""
    if len(data) < 6:
        return
    owners, at = data[0] & 7, 3 + int.from_bytes(data[1:3], "little")
    start = Fields()
    start.string(zstandard.compress(data[3:at]))
    names = [bytes((number,)) * PREFIX for number in range(owners)]
    stored = write_related(names) + start.take() + data[at:]
    for form in (stored, data):
        # Of its own pack it needs: itself, what is none, what is not there.
        shelf = Shelf(
            {names[0]: (3, form, 9), names[-1]: (0, form, 9)} if names else {}
        )
        raw = _length(form)
        with contextlib.suppress(AssetstoreError):
            assert len(decoded(3, form, raw, shelf)) == raw


def _length(stored: bytes) -> int:
    """How long the file would be that a stored form speaks of."""
    with contextlib.suppress(AssetstoreError):
        found = StoredPicture.read(stored)
        chunks = sum(found.sizes) + 12 * len(found.sizes)
        return min(1 << 20, len(found.head) + chunks + len(found.tail))
    return 9


def shrink(data: bytes) -> None:
    """PNG files of any scanlines, one like the other, are coded and come back."""
    if len(data) < 8:
        return
    width, height = 1 + data[0] % 90, 1 + data[1] % 40
    kinds = [(0, 1), (0, 8), (0, 16), (2, 8), (2, 16), (3, 4), (3, 8), (4, 8), (6, 8)]
    color, depth = kinds[data[2] % len(kinds)]
    header = Header(width, height, depth, color, data[3] & 1)
    size = header.scanlines
    lines = bytearray((data[5:] * (size // len(data[5:]) + 1))[:size])
    if not header.interlace and data[4] & 1:
        for at in range(0, size, header.row + 1):
            lines[at] %= 5
    shelf, by = Shelf(), shrinker(1)
    for cut in (0, (header.row + 1) * 3):
        moved = bytes(lines[cut:] + lines[:cut])
        file = (
            build(
                moved,
                width,
                height,
                depth=depth,
                color=color,
                interlace=header.interlace,
            )
            + data[: data[4] & 2]
        )
        for raw in (file, file[: len(file) - data[3]]):
            coded = shelf.add(raw, by)
            if coded is not None:
                stored = b"".join(coded.stored)
                assert decoded(coded.record.codec, stored, len(raw), shelf) == raw


def index(data: bytes) -> None:
    """What is read as an index is written the same."""
    from blake3 import blake3

    for candidate in (data, data + blake3(data).digest()):
        with contextlib.suppress(AssetstoreError):
            entries = list(read_index(candidate, "fuzz"))
            assert list(read_index(write_index(entries), "fuzz")) == sorted(
                entries, key=lambda e: (e.record.id, e.pack, e.offset)
            )


def manifest(data: bytes) -> None:
    """What is read as a manifest is written so that it is read the same."""
    from blake3 import blake3

    for candidate in (data, data + blake3(data).digest()):
        with contextlib.suppress(AssetstoreError):
            found = Manifest.unpack(candidate, "fuzz")
            assert Manifest.unpack(found.pack(), "fuzz") == found


def recipe(data: bytes) -> None:
    """What is read as a recipe is written so that it is read the same."""
    with contextlib.suppress(AssetstoreError):
        found = Recipe.parse(data)
        assert Recipe.parse(found.raw) == found


def config(data: bytes) -> None:
    """A store's config and a user's configuration are read or refused."""
    with contextlib.suppress(AssetstoreError):
        checked_config(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_bytes(data)
        for project in (False, True):
            with contextlib.suppress(AssetstoreError):
                read_file(path, project=project)


def picture(data: bytes) -> None:
    """A picture's head is described in a few words, whatever it is."""
    words = describe(data, sniff(data))
    assert len(words) < 200
    assert words.isprintable()


def bundle(data: bytes) -> None:
    """Any bytes, and any bytes as a bundle's entries, are imported or refused."""
    with tempfile.TemporaryDirectory() as name, _store() as store:
        folder = Path(name)
        path = folder / "bundle"
        path.write_bytes(data)
        with contextlib.suppress(AssetstoreError):
            import_bundle(store, path, folder / "home")
        about, _, log = data.partition(b"\0")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("bundle.json", about)
            archive.writestr("thread.jsonl", log)
            archive.writestr("../../evil", log)
        with contextlib.suppress(AssetstoreError):
            import_bundle(store, path, folder / "home")
        assert {p.name for p in folder.iterdir()} <= {"bundle", "home"}


def redaction(data: bytes) -> None:
    """Any text is redacted; sixteen times of it takes no time by the square."""
    text = data.decode("utf-8", "replace")
    assert isinstance(redact(text), str)
    redact(text * 16)


TARGETS: dict[str, Callable[[bytes], None]] = {
    function.__name__: function
    for function in (
        roundtrip,
        dialect,
        placeholder,
        pack,
        codec,
        jpeg,
        dictionary,
        png,
        shrink,
        index,
        manifest,
        recipe,
        config,
        picture,
        bundle,
        redaction,
    )
}
