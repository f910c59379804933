"""Programs at one store, switched at every step that touches it."""

import contextlib
import io
import itertools
import threading
from collections.abc import Callable, Container, Iterator, Sequence

from blake3 import blake3

from assetstore.archiver.run import ArchiveOptions, archive_stream
from assetstore.documents.catalog import forget, list_documents
from assetstore.documents.upkeep import collect
from assetstore.restore.run import restore_stream
from assetstore.store.backends.base import Backend, Upload
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.check.verify import verify
from assetstore.store.optimize.optimize import optimize
from assetstore.store.store import Store
from support.figures import count
from support.samples import html, picture, uri

PAGE = html()
OTHER = f"<img src={uri(picture(20, 20, 5))}>".encode() + PAGE[:9000]


class Killed(BaseException):
    """The program was killed."""


class Switching:
    """A backend that does something before its nth operation.

    Args:
        inner: What it passes on to.
        at: The number of the operation.
        then: What it does.
        counted: The operations that count; None: all.
    """

    def __init__(
        self,
        inner: MemoryBackend,
        at: int,
        then: Callable[[], None],
        counted: Container[str] | None = None,
    ):
        self.inner = inner
        self.left = at
        self.then = then
        self.counted = counted

    def step(self, name: str) -> None:
        if self.counted is None or name in self.counted:
            self.left -= 1
            if self.left == 0:
                self.then()

    def create(self, key: str) -> Upload:
        self.step("create")
        return self.inner.create(key)

    def publish(self, uploads: Sequence[Upload]) -> None:
        for upload in uploads:
            self.step("publish")
            self.inner.publish([upload])

    def read_into(self, key: str, offset: int, view: memoryview) -> int:
        self.step("read")
        return self.inner.read_into(key, offset, view)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        self.step("list")
        yield from self.inner.list(prefix)

    def size(self, key: str) -> int | None:
        self.step("size")
        return self.inner.size(key)

    def delete(self, key: str) -> None:
        self.step("delete")
        self.inner.delete(key)

    def link(self, key: str, new: str) -> None:
        self.step("link")
        self.inner.link(key, new)

    def mend(self, key: str, data: bytes) -> None:
        self.step("mend")
        self.inner.mend(key, data)


# What others see, or what shows them; reads of packs, which never change, left out.
SEEN = frozenset(("publish", "list", "delete", "mend"))


class Paused:
    """A program that stops before its nth operation until it may go on.

    Args:
        inner: The store.
        at: The number of the operation, of those in `SEEN`.
        run: The program.
    """

    def __init__(self, inner: MemoryBackend, at: int, run: Callable[[Backend], None]):
        self.error: BaseException | None = None
        self.stopped = False
        self._waits, self._goes = threading.Event(), threading.Event()
        self._run = run
        self._backend = Switching(inner, at, self._stop, SEEN)
        self._thread = threading.Thread(target=self._work, daemon=True)

    def begin(self) -> None:
        """Run up to the operation, or the end."""
        self._thread.start()
        assert self._waits.wait(30)

    def end(self) -> None:
        """Run on, to the end.

        Raises:
            BaseException: What the program raised.
        """
        self._goes.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        if self.error is not None:
            raise self.error

    def _stop(self) -> None:
        self.stopped = True
        self._waits.set()
        assert self._goes.wait(30)

    def _work(self) -> None:
        try:
            self._run(self._backend)
        except BaseException as e:
            self.error = e
        finally:
            self._waits.set()


class World:
    """A store that others use, too."""

    def __init__(self) -> None:
        self.backend = MemoryBackend()
        self.archived: list[tuple[bytes, bytes]] = []
        self.seconds = 1_700_000_000.0

    def copy(self) -> "World":
        """Another one, as this is now."""
        other = World()
        other.backend.objects.update(self.backend.objects)
        other.archived += self.archived
        other.seconds = self.seconds
        return other

    def clock(self) -> float:
        self.seconds += 1
        return self.seconds

    def store(self, backend: Backend | None = None, writer: str = "a") -> Store:
        return Store.on(
            backend or self.backend, create=True, writer=writer, clock=self.clock
        )

    def archive(self, data: bytes, store: Store | None = None) -> None:
        with store or self.store() as at:
            target = io.BytesIO()
            archive_stream(at, io.BytesIO(data), target, ArchiveOptions())
            self.archived.append((target.getvalue(), data))

    def gc(self, store: Store | None = None) -> None:
        with store or self.store(writer="gc") as at:
            collect(at, grace=0)

    def optimize(self, store: Store | None = None, effort: int = 1) -> None:
        with store or self.store(writer="optimizer") as at:
            optimize(at, effort=effort)

    def look(self, store: Store | None = None) -> None:
        """Everything that was archived is there, and nothing is wrong."""
        with store or self.store(writer="reader") as at:
            self.restore(at)
            assert verify(at, read_data=True).findings == ()

    def restore(self, store: Store) -> None:
        """Everything that was archived is there."""
        for slim, data in self.archived:
            target = io.BytesIO()
            restore_stream(store, io.BytesIO(slim), target)
            assert target.getvalue() == data

    def forget_all(self) -> None:
        with self.store() as store:
            for document in list(list_documents(store)):
                forget(store, document.path)
        self.archived.clear()

    def forget(self, data: bytes) -> None:
        """Retract what is said of a document."""
        hashes = {blake3(slim).digest() for slim, was in self.archived if was == data}
        with self.store() as store:
            for key in list(store.manifest_keys()):
                if store.load_manifest(key).slim_hash in hashes:
                    self.backend.delete(key)
        self.archived = [each for each in self.archived if each[1] != data]

    def check(self, times: int = 2) -> None:
        """Everything that was archived is there, and gc brings order."""
        count("interleavings, compared")
        for _ in range(times):
            self.look(self.store())
            self.gc()
        assert [k for k in self.backend.objects if k.startswith("tombs/")] == []


def kill(world: World) -> None:
    raise Killed


def switched(
    first: World,
    run: Callable[[World, Store], None],
    then: Callable[[World], None],
    *,
    least: int,
    counted: Container[str] | None = None,
) -> Iterator[World]:
    """A world for each place where the first program can be interrupted.

    Args:
        first: What each of them is a copy of.
        run: The first program.
        then: What happens at that place.
        least: There are more places than that.
        counted: The operations that count; None: all.
    """
    for at in itertools.count(1):
        world = first.copy()
        backend = Switching(
            world.backend,
            at,
            lambda world=world: then(world),  # type: ignore[misc]
            counted,
        )
        with contextlib.suppress(Killed):
            run(world, world.store(backend, writer="first"))
        yield world
        if backend.left > 0:
            assert at > least
            return
