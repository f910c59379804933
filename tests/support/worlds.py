"""Programs at one store, switched at every step that touches it."""

import io
from collections.abc import Callable, Iterator, Sequence

from assetstore.archiver.run import ArchiveOptions, archive_stream
from assetstore.documents import forget, list_documents
from assetstore.restore.run import restore_stream
from assetstore.store.backends.base import Backend, Upload
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.gc import collect
from assetstore.store.scrub import verify
from assetstore.store.store import Store
from support.samples import html, picture, uri

PAGE = html()
OTHER = f"<img src={uri(picture(20, 20, 5))}>".encode() + PAGE[:9000]


class Killed(BaseException):
    """The program was killed."""


class Switching:
    """A backend that does something before its nth operation."""

    def __init__(self, inner: MemoryBackend, at: int, then: Callable[[], None]):
        self.inner = inner
        self.left = at
        self.then = then

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.then()

    def create(self, key: str) -> Upload:
        self.step()
        return self.inner.create(key)

    def publish(self, uploads: Sequence[Upload]) -> None:
        for upload in uploads:
            self.step()
            self.inner.publish([upload])

    def read_into(self, key: str, offset: int, view: memoryview) -> int:
        self.step()
        return self.inner.read_into(key, offset, view)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        self.step()
        yield from self.inner.list(prefix)

    def size(self, key: str) -> int | None:
        self.step()
        return self.inner.size(key)

    def delete(self, key: str) -> None:
        self.step()
        self.inner.delete(key)

    def link(self, key: str, new: str) -> None:
        self.step()
        self.inner.link(key, new)

    def mend(self, key: str, data: bytes) -> None:
        self.step()
        self.inner.mend(key, data)


class World:
    """A store that others use, too."""

    def __init__(self) -> None:
        self.backend = MemoryBackend()
        self.archived: list[tuple[bytes, bytes]] = []
        self.seconds = 1_700_000_000.0

    def clock(self) -> float:
        self.seconds += 1
        return self.seconds

    def store(self, backend: Backend | None = None, client: str = "a") -> Store:
        return Store.on(
            backend or self.backend, create=True, client=client, clock=self.clock
        )

    def archive(self, data: bytes, store: Store | None = None) -> None:
        with store or self.store() as at:
            target = io.BytesIO()
            archive_stream(at, io.BytesIO(data), target, ArchiveOptions())
            self.archived.append((target.getvalue(), data))

    def gc(self, store: Store | None = None) -> None:
        with store or self.store(client="gc") as at:
            collect(at, grace=0)

    def forget_all(self) -> None:
        with self.store() as store:
            for document in list(list_documents(store)):
                forget(store, document.path)
        self.archived.clear()

    def check(self) -> None:
        """Everything that was archived is there, and gc brings order."""
        for _ in range(2):
            with self.store() as store:
                for slim, data in self.archived:
                    target = io.BytesIO()
                    restore_stream(store, io.BytesIO(slim), target)
                    assert target.getvalue() == data
                assert verify(store, read_data=True).findings == ()
            self.gc()
        assert [k for k in self.backend.objects if k.startswith("tombs/")] == []
