"""A purge that is killed, or has another program beside it, at every step."""

from collections.abc import Callable, Sequence

import pytest

from assetstore.documents.upkeep import collect
from assetstore.errors import PurgedBlob
from assetstore.restore.run import RestoreOptions
from assetstore.store.backends.base import Upload, put
from assetstore.store.backends.memory import MemoryUpload
from assetstore.store.check.verify import verify
from assetstore.store.purge.purge import purge
from assetstore.store.store import Store
from support import worlds
from support.figures import count
from support.optimized import page
from support.purged import check_gone, media_id, objects, spellings, stored_forms
from support.samples import b64, picture
from support.screens import session
from support.stores import restored
from support.worlds import Switching, World, kill

SECRET = picture(30, 20, 7)
KEPT = picture(30, 25, 8)
BOTH, OTHER = page(SECRET, KEPT), page(KEPT, text="other")
AGAIN = page(SECRET, picture(20, 20, 9), text="again")
SEEN = session(6, seed=3)


def purge_it(world: World, store: Store, secret: bytes = SECRET) -> None:
    with store:
        purge(store, [media_id(secret)])


def made() -> World:
    world = World()
    world.archive(BOTH)
    world.archive(OTHER)
    return world


def check(
    world: World,
    secret: bytes = SECRET,
    forms: Sequence[bytes] = (),
    others: Sequence[bytes] = (),
) -> None:
    """The picture is gone, all else is there, and nothing is wrong."""
    count("interleavings with a purge, compared")
    store = world.store(writer="reader")
    check_gone(store, secret, objects(world.backend), forms, others)
    for slim, data in world.archived:
        if b64(secret).encode() in slim or b64(secret).encode() not in data:
            # It is not among its pictures, or was left where it is.
            assert restored(store, slim) == data
        else:
            with pytest.raises(PurgedBlob):
                restored(store, slim)
            some = restored(store, slim, RestoreOptions(allow_missing=True))
            assert some.count(b"as1:") == data.count(b64(secret).encode())
    assert verify(store, read_data=True).findings == ()
    world.gc()
    assert [key for key in world.backend.objects if key.startswith("tombs/")] == []
    assert verify(world.store(), read_data=True).findings == ()
    check_gone(world.store(), secret, objects(world.backend), forms, others)


def test_killed_anywhere_and_run_again() -> None:
    for world in worlds.switched(made(), purge_it, kill, least=20):
        purge_it(world, world.store())
        check(world)


def test_killed_anywhere_and_a_collection_after_it() -> None:
    for world in worlds.switched(made(), purge_it, kill, least=20):
        store = world.store()
        if media_id(SECRET) not in store.purged():
            assert restored(store, world.archived[0][0]) == BOTH
            continue
        collect(store)
        check(world)


def coded() -> World:
    """A store with pictures that were coded from others."""
    world = World()
    for number, each in enumerate(SEEN):
        world.archive(page(each, text=str(number)))
    world.optimize(effort=1)
    return world


def test_killed_anywhere_among_pictures_that_were_coded_from_it() -> None:
    first = coded()
    secret = SEEN[1]
    assert purge(first.copy().store(), [media_id(secret)], dry_run=True).recoded > 0
    forms = stored_forms(first.store(), media_id(secret))

    def run(world: World, store: Store) -> None:
        purge_it(world, store, secret)

    for number, world in enumerate(worlds.switched(first, run, kill, least=20)):
        if number % 6 == 0:
            purge_it(world, world.store(), secret)
            check(world, secret, forms, [each for each in SEEN if each != secret])


@pytest.mark.parametrize(
    "then",
    [
        lambda world: world.archive(AGAIN),
        lambda world: world.gc(),
        lambda world: world.optimize(),
        lambda world: purge_it(world, world.store(writer="b")),
        lambda world: purge_it(world, world.store(writer="b"), KEPT),
    ],
    ids=["archive", "gc", "optimize", "purge", "purge another"],
)
def test_another_program_at_any_step(then: Callable[[World], None]) -> None:
    for world in worlds.switched(made(), purge_it, then, least=20):
        if media_id(KEPT) in world.store().purged():
            check_gone(world.store(), SECRET, objects(world.backend))
            check_gone(world.store(), KEPT, objects(world.backend))
            assert verify(world.store(), read_data=True).findings == ()
        else:
            check(world)


def purge_now(world: World) -> None:
    purge_it(world, world.store(writer="purger"))


@pytest.mark.parametrize(
    "run",
    [
        lambda world, store: world.archive(AGAIN, store),
        lambda world, store: world.archive(BOTH + AGAIN, store),
        lambda world, store: world.gc(store),
        lambda world, store: world.optimize(store),
        lambda world, store: purge_it(world, store, KEPT),
    ],
    ids=["archive", "archive both", "gc", "optimize", "purge another"],
)
def test_at_any_step_of_another_program(run: Callable[[World, Store], None]) -> None:
    for world in worlds.switched(made(), run, purge_now, least=10):
        if media_id(SECRET) not in world.store().purged():
            purge_now(world)  # it ended before that step
        if media_id(KEPT) in world.store().purged():
            check_gone(world.store(), SECRET, objects(world.backend))
            check_gone(world.store(), KEPT, objects(world.backend))
        else:
            check(world)


class AtManifest(Switching):
    """A backend that does something when a document's first manifest is put."""

    done = False

    def publish(self, uploads: Sequence[Upload]) -> None:
        keys = [each.key for each in uploads if isinstance(each, MemoryUpload)]
        if not self.done and keys[0].startswith("manifests/"):
            self.done = True
            self.then()
        super().publish(uploads)


def begin_purge(world: World) -> None:
    """Put the tombstone, as a purge does that is killed then."""
    put(world.backend, f"purged/{media_id(SECRET).hex()}", [])


@pytest.mark.parametrize("then", [purge_now, begin_purge])
def test_a_document_that_is_archived_meanwhile_keeps_it(
    then: Callable[[World], None],
) -> None:
    """What was taken out of it when the tombstone was put stays in it."""
    world = made()
    backend = AtManifest(world.backend, 0, lambda: then(world))
    world.archive(AGAIN, world.store(backend))
    assert backend.done
    slim, data = world.archived[-1]
    assert data == AGAIN
    assert b64(SECRET).encode() in slim
    assert slim.count(b"as1:") == 1
    assert restored(world.store(), slim) == AGAIN
    purge_now(world)
    check(world)


def test_it_shows_what_would_stay() -> None:
    """The checks here find a picture that is in a store."""
    world = made()
    found = b"".join(data for _, data in objects(world.backend))
    assert any(piece in found for piece in spellings(SECRET))
    with pytest.raises(AssertionError):
        check(world)
