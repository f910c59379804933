"""The disk space that a rescue takes."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.agents.codex import state as codex_state
from assetstore.agents.find import Thread
from assetstore.agents.reading import Image, Reading
from assetstore.errors import SourceRefused
from assetstore.store.store import Store

if TYPE_CHECKING:
    from assetstore.agents.rescue_options import RescueOptions

# About what stands in a picture's place, and a little room for everything else.
STANDS_IN, _MARGIN = 200, 8 << 20


def needs(
    store: Store,
    thread: Thread,
    reading: Reading,
    taken: Sequence[Image],
    options: "RescueOptions",
) -> Iterator[tuple[Path, int]]:
    """Tell where how much space is needed."""
    less = sum(image.length - STANDS_IN for image in taken)
    yield thread.path.parent, max(0, reading.size - less) + _MARGIN
    yield thread.path.parent, codex_state.fork_sizes(thread.path)
    blobs = {image.blob: image.size for image in taken}
    yield store.root or thread.path.parent, sum(blobs.values()) + _MARGIN
    if options.backup is not None:
        yield options.backup, thread.size
    if thread.compressed:
        yield Path(tempfile.gettempdir()), 2 * reading.size


def check_space(
    store: Store,
    thread: Thread,
    reading: Reading,
    taken: Sequence[Image],
    options: "RescueOptions",
) -> None:
    """Refuse a rescue for which there is too little space.

    Raises:
        SourceRefused: There is.
    """
    wanted: dict[int, tuple[Path, int]] = {}
    for place, size in needs(store, thread, reading, taken, options):
        folder = place
        while not folder.exists():
            folder = folder.parent
        device = folder.stat().st_dev
        first, sum_ = wanted.get(device, (folder, 0))
        wanted[device] = first, sum_ + size
    for folder, size in wanted.values():
        free = shutil.disk_usage(folder).free
        if free < size:
            raise SourceRefused(
                f"the rescue needs {size >> 20:,} MiB at {folder}; "
                f"{free >> 20:,} MiB are free",
                hint="Keep the store on another disk with --store, or make room.",
                path=str(thread.path),
            )
