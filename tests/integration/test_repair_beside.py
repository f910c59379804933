"""Repairs beside archives and collections, switched at every step."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from assetstore.documents.upkeep import repair
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.format.pack import RECORD, pack_key
from support.samples import picture
from support.worlds import OTHER, PAGE, Killed, Switching, World


def damaged_world() -> World:
    """A document, and a pack with a damaged blob that it does not need."""
    world = World()
    world.archive(OTHER)
    world.archive(PAGE)
    with world.store() as store:
        (entry,) = store.copies(blob_id(Kind.MEDIA, picture(20, 20, 5)))
    spoil(world, entry.pack, entry.offset + RECORD.size + 20)
    world.archived = [pair for pair in world.archived if pair[1] == PAGE]
    return world


def spoil(world: World, pack: str, at: int) -> None:
    data = bytearray(world.backend.objects[pack_key(pack)])
    data[at] ^= 4
    world.backend.objects[pack_key(pack)] = bytes(data)


def switched(then: Callable[[World], object]) -> Iterator[World]:
    """A world for each place where a repair can be interrupted."""
    at = 1
    while True:
        world = damaged_world()
        backend = Switching(world.backend, at, lambda world=world: then(world))  # type: ignore[misc,arg-type]
        with contextlib.suppress(Killed):
            repair(world.store(backend, writer="first"))
        yield world
        if backend.left > 0:
            assert at > 10
            return
        at += 7


def kill(world: World) -> None:
    raise Killed


def check(world: World) -> None:
    """What was archived is whole; what only the other needs is made whole by it."""
    world.archive(OTHER)
    with world.store() as store:
        report = repair(store)
    assert report.lost == ()
    with world.store() as store:
        assert not repair(store).work
    world.check()
    assert [k for k in world.backend.objects if k.startswith("quarantine/packs/")]


@pytest.mark.parametrize(
    "then",
    [
        kill,
        lambda world: world.archive(PAGE + b"x"),
        lambda world: world.archive(OTHER),
        lambda world: world.gc(),
        lambda world: repair(world.store(writer="other")),
    ],
    ids=["killed", "archive", "archive what is damaged", "gc", "repair"],
)
def test_repair_at_any_step(then: Callable[[World], object]) -> None:
    for world in switched(then):
        check(world)


def test_a_repair_runs_during_an_archive() -> None:
    at = 1
    while True:
        world = damaged_world()
        backend = Switching(
            world.backend,
            at,
            lambda world=world: repair(world.store(writer="other")),  # type: ignore[misc,arg-type]
        )
        world.archive(OTHER, world.store(backend, writer="first"))
        check(world)
        if backend.left > 0:
            assert at > 10
            return
        at += 7
