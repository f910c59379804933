"""Pictures that an agent asks for: list those of its thread, show one.

Read only, and only what the given threads refer to: a placeholder that stands in
none of them names nothing here, whatever the store holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assetstore.agents.conversation import Gallery
from assetstore.agents.find import Thread, find_threads
from assetstore.agents.homes import Homes
from assetstore.agents.picture_process import small_copy
from assetstore.agents.reading import whole_thread
from assetstore.agents.transcript import events
from assetstore.documents.catalog import find_blob
from assetstore.documents.placeholders import find_placeholders
from assetstore.errors import AssetstoreError, MissingBlob, UsageError
from assetstore.files.source import Source
from assetstore.store.format.blob import Kind
from assetstore.store.format.placeholder import parse_placeholder
from assetstore.store.store import Store

MOST_PIXELS = 1568
_LONGEST = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedOut:
    """An archived picture of a thread.

    Attributes:
        placeholder: What names it.
        name: In words: ``image 60x40 png``.
        size: Its bytes; 0: it is not in the store.
        time: When it came into the thread.
        line: Where it first stands in the log.
        said: By whom: "user", "agent", "result".
        words: What was said with it, in short.
    """

    placeholder: str
    name: str
    size: int
    time: str
    line: int
    said: str
    words: str


class Pager:
    """Pictures of some threads.

    Args:
        store: Where they are.
        paths: Files and folders; none: every thread of every client.
    """

    def __init__(
        self, store: Store, paths: Sequence[Path] = (), homes: Homes | None = None
    ):
        self._store = store
        self._homes = homes
        self._paths = list(paths)
        self._known: dict[tuple[Path, int, int], set[bytes]] = {}

    def images(self, thread: str = "") -> list[PagedOut]:
        """The archived pictures of a thread.

        Args:
            thread: The beginning of its id; "": the one that was last written to.

        Raises:
            UsageError: There is no such thread here.
        """
        chosen = self._thread(thread)
        found: list[PagedOut] = []
        seen: set[str] = set()
        with whole_thread(chosen) as (source, reading):
            for event in events(source, reading, Gallery(reading, source)):
                for picture in event.pictures:
                    name = picture.placeholder
                    if not name or name in seen:
                        continue
                    seen.add(name)
                    found.append(
                        PagedOut(
                            placeholder=name,
                            name=picture.name,
                            size=self._size(name),
                            time=event.time,
                            line=event.line,
                            said=event.kind,
                            words=" ".join(event.text.split())[:120],
                        )
                    )
        return found

    def image(self, placeholder: str, most_pixels: int = MOST_PIXELS) -> bytes:
        """A picture as PNG, its longer side made to fit.

        Raises:
            UsageError: That is no placeholder.
            MissingBlob: None of the threads refers to it, or the store lacks it.
            AssetstoreError: It is no picture that can be decoded within limits.
        """
        prefix = parse_placeholder(placeholder.encode("utf-8", "replace"))
        if prefix is None:
            raise UsageError(f"{placeholder!r} is no placeholder (as1:...)")
        if not any(prefix in self._named(thread) for thread in self._threads()):
            raise MissingBlob(f"no thread here refers to {placeholder}")
        blob = find_blob(self._store, placeholder)
        data = self._store.read(Kind.MEDIA, blob, limit=_LONGEST)
        return small_copy(data, max(16, min(most_pixels, MOST_PIXELS)))

    def _threads(self) -> list[Thread]:
        found = [t for t in find_threads(self._paths, self._homes) if not t.compressed]
        return sorted(found, key=lambda t: t.modified, reverse=True)

    def _thread(self, name: str) -> Thread:
        found = [t for t in self._threads() if t.id.startswith(name)]
        if not found:
            raise UsageError(f"there is no thread {name}".rstrip())
        return found[0]

    def _named(self, thread: Thread) -> set[bytes]:
        key = thread.path, thread.size, thread.modified
        if key not in self._known:
            with Source.open(thread.path) as source:
                self._known[key] = {prefix for _, prefix in find_placeholders(source)}
        return self._known[key]

    def _size(self, placeholder: str) -> int:
        try:
            blob = find_blob(self._store, placeholder)
            found = self._store.info(Kind.MEDIA, blob)
        except AssetstoreError:
            return 0
        return found.raw if found is not None else 0
