"""Two programs at one store, switched at every step that touches it.

The real code runs over a backend that lets another program run to its end, or
stops for good, just before one chosen operation; every operation is chosen once.
"""

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence

import pytest

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

    def __init__(self, inner: Backend, at: int, then: Callable[[], None]):
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


def garbage_and_a_document(world: World) -> None:
    """Packs whose blobs nobody needs, or will need again."""
    world.archive(PAGE)
    world.archive(OTHER)
    world.forget_all()
    world.archive(OTHER[:8000])


def switched(
    run: Callable[[World, Store], None], then: Callable[[World], None]
) -> Iterator[World]:
    """A world for each place where the first program can be interrupted."""
    at = 1
    while True:
        world = World()
        garbage_and_a_document(world)
        backend = Switching(world.backend, at, lambda world=world: then(world))  # type: ignore[misc]
        with contextlib.suppress(Killed):
            run(world, world.store(backend, client="first"))
        yield world
        if backend.left > 0:
            assert at > 10
            return
        at += 1


def kill(world: World) -> None:
    raise Killed


def archive_page(world: World, store: Store) -> None:
    world.archive(PAGE, store)


def gc(world: World, store: Store) -> None:
    world.gc(store)


def test_two_make_the_store() -> None:
    for at in range(1, 5):
        inner = MemoryBackend()
        others: list[Store] = []

        def then(inner: MemoryBackend = inner, others: list[Store] = others) -> None:
            others.append(Store.on(inner, create=True, client="b"))

        store = Store.on(Switching(inner, at, then), create=True, client="a")
        assert [other.id for other in others] == [store.id]


def test_gc_while_a_document_is_archived() -> None:
    for world in switched(archive_page, lambda world: world.gc()):
        world.check()


def test_a_document_is_archived_during_gc() -> None:
    for world in switched(gc, lambda world: world.archive(PAGE)):
        world.check()


def test_two_collectors() -> None:
    for world in switched(gc, lambda world: world.gc()):
        world.check()


def test_a_document_and_another_collector_during_gc() -> None:
    def then(world: World) -> None:
        world.archive(PAGE)
        world.gc()

    for world in switched(gc, then):
        world.check()


@pytest.mark.parametrize("run", [archive_page, gc])
def test_killed_anywhere(run: Callable[[World, Store], None]) -> None:
    for world in switched(run, kill):
        world.check()
        world.archive(PAGE)
        world.check()


def test_a_collector_was_killed_and_documents_come_and_go() -> None:
    for world in switched(gc, kill):
        world.archive(PAGE)
        world.gc()
        world.check()
        world.forget_all()
        world.gc()
        assert not [k for k in world.backend.objects if k.startswith("packs/")]
