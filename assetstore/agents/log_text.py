"""The text of a log, unpacked where its client compressed it."""

import os
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
