"""The text of a log, unpacked where its client compressed it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zstandard

from assetstore.agents.find import Thread
from assetstore.errors import SourceRefused
from assetstore.files.source import CHUNK, Source
from assetstore.store.backends.temp import spool

# A log becomes at most so many times as long as it is compressed, and some text.
_MOST_TEXT, _SOME_TEXT = 5000, 64 << 20

# The longest header of a frame; frames that hold none; blocks of one byte, repeated.
_FRAME_HEAD = 18
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18", re.S)
_ONE_BYTE = 1


def longest_text(size: int) -> int:
    """Say how many bytes a log has at most that is packed in so many."""
    return _SOME_TEXT + _MOST_TEXT * size


@contextmanager
def opened(thread: Thread) -> Iterator[Source]:
    """A thread's text; a compressed one is unpacked to a temporary file.

    Raises:
        SourceRefused: It is no regular file, or not what its name says.
        OSError: It cannot be read.
    """
    if not thread.compressed:
        with Source.open(thread.path) as source:
            yield source
        return
    with spool() as folder:
        path = folder / thread.path.stem
        unpack(thread.path, path)
        with Source.open(path) as source:
            yield source


def is_torn(path: Path) -> bool:
    """Tell whether a zstd file ends before its last frame does.

    What is behind the last whole block cannot be unpacked, and is not nothing.
    Frames and blocks are those of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.
    """
    with path.open("rb") as file:
        size, at = os.fstat(file.fileno()).st_size, 0
        while at < size:
            file.seek(at)
            head = file.read(_FRAME_HEAD)
            if _SKIPPABLE.match(head):
                at += 8 + int.from_bytes(head[4:8], "little")
                continue
            try:
                frame = zstandard.get_frame_parameters(head)
                at += zstandard.frame_header_size(head)
            except zstandard.ZstdError:
                return True
            last = 0
            while not last:
                file.seek(at)
                block = file.read(3)
                if len(block) < 3:
                    return True
                number = int.from_bytes(block, "little")
                last = number & 1
                at += 3 + (1 if number >> 1 & 3 == _ONE_BYTE else number >> 3)
            at += 4 * frame.has_checksum
        return at > size


def unpack(path: Path, target: Path) -> None:
    """Write what a zstd file holds to another one.

    Raises:
        SourceRefused: It is none, or would become far longer than a log does.
    """
    try:
        with path.open("rb") as file, target.open("wb") as out:
            room = longest_text(os.fstat(file.fileno()).st_size)
            reader = zstandard.ZstdDecompressor().stream_reader(
                file, read_across_frames=True
            )
            while piece := reader.read(CHUNK):
                room -= len(piece)
                if room < 0:
                    raise SourceRefused(
                        f"{path} would be over {_MOST_TEXT:,} times as long, unpacked",
                        hint="No log is. Unpack it by hand if you know what it is.",
                        path=str(path),
                    )
                out.write(piece)
    except zstandard.ZstdError as e:
        raise SourceRefused(f"{path} is no zstd file: {e}", path=str(path)) from e
