"""Logs that their client keeps compressed with zstd.

What comes back is the text, byte for byte; the compressed bytes around it may be
others, since compressors differ.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zstandard

from assetstore.agents.codex import state as codex_state
from assetstore.agents.find import Thread
from assetstore.agents.log_text import is_torn, unpack
from assetstore.archiver.archive import Archiver
from assetstore.errors import SourceRefused, VerifyMismatch
from assetstore.files.replace import Draft, check_replaceable
from assetstore.files.source import CHUNK, Source, same
from assetstore.restore.restore import Restorer
from assetstore.results import FileResult
from assetstore.store.backends.temp import spool
from assetstore.store.store import Store


def archive(store: Store, archiver: Archiver, thread: Thread) -> FileResult:
    """Archive a compressed log: unpacked, archived, packed again, compared."""
    with _unpacked(store, thread) as (packed, source):
        slim = Path(source.name).with_name("slim")
        done = archiver.elsewhere(source, str(thread.path), slim, str(thread.path))
        if done.status == "archived":
            with Source.open(slim) as new:
                _pack(packed, source, new, thread.path)
        return done


def restore(store: Store, restorer: Restorer, thread: Thread) -> FileResult:
    """Restore a compressed log."""
    with _unpacked(store, thread) as (packed, source):
        whole = Path(source.name).with_name("whole")

        def replace() -> None:
            with Source.open(whole) as new:
                _pack(packed, source, new, thread.path)

        return restorer.to_file(Path(source.name), whole, thread.path, replace)


@contextmanager
def _unpacked(store: Store, thread: Thread) -> Iterator[tuple[Source, Source]]:
    """A log, locked, and its text in a temporary folder."""
    with (
        store.doc_lock(thread.path, 5.0),
        spool() as folder,
        Source.open(thread.path) as packed,
    ):
        packed.settle()
        check_replaceable(packed, thread.path)
        if is_torn(thread.path):  # what is behind the tear would be gone
            raise SourceRefused(
                f"{thread.path} ends in the middle: it was not written to its end",
                hint="Unpack what is there of it with 'zstd -d', and rescue that.",
                path=str(thread.path),
            )
        text = folder / "text"
        unpack(thread.path, text)
        with Source.open(text) as source:
            yield packed, source


def _pack(packed: Source, old: Source, new: Source, target: Path) -> None:
    """Put a text, compressed, in the place of what it was made from."""
    with Draft(target) as draft:
        compressor = zstandard.ZstdCompressor(level=3).compressobj(size=new.size)
        for piece in new.pieces(0, new.size):
            draft.write(compressor.compress(piece))
        draft.write(compressor.flush())
        with draft.reopened() as written, os.fdopen(os.dup(written.fd), "rb") as file:
            file.seek(0)
            reader = zstandard.ZstdDecompressor().stream_reader(file)
            if not same(iter(lambda: reader.read(CHUNK), b""), new):
                raise VerifyMismatch(f"{target} was not compressed well")
        codex_state.replace(draft, packed, texts=(old, new))
