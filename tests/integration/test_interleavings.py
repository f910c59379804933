"""Two programs at one store, switched at every step that touches it.

The real code runs over a backend that lets another program run to its end, or
stops for good, just before one chosen operation; every operation is chosen once.
"""

from collections.abc import Callable, Iterator

import pytest

from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.store import Store
from support import worlds
from support.worlds import OTHER, PAGE, Switching, World, kill


def garbage_and_a_document(world: World) -> None:
    """Packs whose blobs nobody needs, or will need again."""
    world.archive(PAGE)
    world.archive(OTHER)
    world.forget_all()
    world.archive(OTHER[:8000])


def switched(
    run: Callable[[World, Store], None],
    then: Callable[[World], None],
    made: Callable[[World], None] = garbage_and_a_document,
) -> Iterator[World]:
    first = World()
    made(first)
    return worlds.switched(first, run, then, least=10)


def archive_page(world: World, store: Store) -> None:
    world.archive(PAGE, store)


def gc(world: World, store: Store) -> None:
    world.gc(store)


def test_two_make_the_store() -> None:
    for at in range(1, 5):
        inner = MemoryBackend()
        others: list[Store] = []

        def then(inner: MemoryBackend = inner, others: list[Store] = others) -> None:
            others.append(Store.on(inner, create=True, writer="b"))

        store = Store.on(Switching(inner, at, then), create=True, writer="a")
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
