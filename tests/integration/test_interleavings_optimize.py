"""`optimize` beside other programs at one store, switched at every step.

As in `test_interleavings`, but reads of packs, which never change, are no steps.
Where two programs are switched back and forth, one of twelve ways is tried, chosen at
random. ``ASSETSTORE_TEST_ONE_IN=1`` tries all, and stops at reads of packs as well.
"""

import itertools
import os
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import pytest

from assetstore.errors import MissingBlob
from assetstore.store.format.index import Entry
from assetstore.store.gc.remove import Remover
from assetstore.store.gc.roots import Everything
from assetstore.store.optimize import optimize as optimizing
from assetstore.store.session import Session
from assetstore.store.store import Store
from support import worlds
from support.optimized import page
from support.samples import picture
from support.screens import pillow, screen
from support.worlds import SEEN, Paused, Switching, World, kill

Program = Callable[[World, Store], None]

# One world in so many where two programs are switched back and forth.
ONE_IN = int(os.environ.get("ASSETSTORE_TEST_ONE_IN", "16"))

SHOTS = [
    pillow(screen(160, 60, scroll=9 * number, edits=number % 2)) for number in range(6)
]
FIRST, THEN, DEAD = page(*SHOTS[:2]), page(*SHOTS[2:4]), page(SHOTS[1], SHOTS[4])
LATER = page(SHOTS[4], SHOTS[5])
LARGE = page(picture(400, 400, 3))


def screens(world: World) -> None:
    """Pictures that need each other, some that nobody needs, some not coded yet."""
    world.archive(FIRST)
    world.archive(DEAD)
    world.optimize()
    world.archive(THEN)
    world.forget(DEAD)


def plain(world: World) -> None:
    """Packs that were not coded, and what nobody needs in one of them."""
    world.archive(FIRST)
    world.archive(DEAD)
    world.forget(DEAD)


def archive(world: World, store: Store) -> None:
    """It needs what was dead."""
    world.archive(LATER, store)


def gc(world: World, store: Store) -> None:
    world.gc(store)


def optimize(world: World, store: Store) -> None:
    world.optimize(store, effort=1)


def more(world: World, store: Store) -> None:
    world.optimize(store, effort=2)


def look(world: World, store: Store) -> None:
    world.look(store)


MADE = (screens, plain) if ONE_IN == 1 else (screens,)


Maker = Callable[[World], None]


@cache
def made(how: Maker) -> World:
    world = World()
    how(world)
    return world


def switched(
    how: Maker, run: Program, then: Callable[[World], None]
) -> Iterator[World]:
    """A world for each place where the first program can be interrupted.

    One that changes nothing is interrupted in its reads of packs, too.
    """
    counted = None if run is look or ONE_IN == 1 else SEEN | {"size"}
    return worlds.switched(made(how), run, then, least=5, counted=counted)


def both(start: World, run: Program, other: Program, at: int, to: int) -> World | None:
    """Run one up to a step, the other up to one of its, then each to its end.

    Returns:
        The world then, or None where one has not so many steps.
    """
    world = start.copy()
    second = Paused(
        world.backend, to, lambda b: other(world, world.store(b, writer="second"))
    )
    first = Switching(world.backend, at, second.begin, SEEN)
    run(world, world.store(first, writer="first"))
    if first.left > 0:
        return None
    second.end()
    return world if second.stopped else None


def pairs(how: Maker, run: Program, other: Program, one_in: int) -> Iterator[World]:
    """Worlds in which two programs were switched back and forth, in any order."""
    start = made(how)
    steps = [range(1, _steps(start, program) + 1) for program in (run, other)]
    places = list(itertools.product(*steps))
    random.Random(1).shuffle(places)
    for at, to in places[::one_in]:
        if (world := both(start, run, other, at, to)) is not None:
            yield world


def _steps(start: World, run: Program) -> int:
    world = start.copy()
    backend = Switching(world.backend, 1 << 30, lambda: None, SEEN)
    run(world, world.store(backend, writer="first"))
    return (1 << 30) - backend.left


@pytest.mark.parametrize("then", [archive, gc, optimize, more])
def test_others_while_a_store_is_optimized(then: Program) -> None:
    for how in MADE:
        for world in switched(how, optimize, lambda w: then(w, w.store(writer="b"))):
            world.check(times=1)


@pytest.mark.parametrize("run", [archive, gc, more, look])
def test_a_store_is_optimized_while_others_run(run: Program) -> None:
    for how in MADE:
        for world in switched(how, run, lambda w: w.optimize()):
            world.check(times=1)


def test_an_optimizer_is_killed_anywhere() -> None:
    for world in switched(screens, optimize, kill):
        world.archive(LATER)
        world.optimize()
        world.check()


def test_a_large_picture_is_read_while_it_moves() -> None:
    """Part of it was given out when the pack that it came from goes."""

    def large(world: World) -> None:
        world.archive(LARGE)

    for world in switched(large, look, lambda w: w.optimize()):
        world.check(times=1)


@pytest.mark.parametrize("run", [archive, gc, optimize, more])
def test_switched_back_and_forth(run: Program) -> None:
    for how in MADE:
        for other in (gc, optimize):
            for world in pairs(how, run, other, ONE_IN):
                world.check(times=1)


# Each of these leaves out or turns round a step, and loses something somewhere.


def looks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Condemns, and removes without a look."""
    monkeypatch.setattr(optimizing, "Remover", type("R", (Blind,), {}))


class Blind(Remover):
    def needed(self, names: object, stuck: object) -> list[Entry]:
        return []


def makes_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks, and does not copy what is needed."""

    class Lazy(Remover):
        def remove(self, names: Sequence[str]) -> None:
            self.condemn(names)
            self.needed(names, set())
            self.delete(names)

    monkeypatch.setattr(optimizing, "Remover", Lazy)


def condemns_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks before it condemns."""

    class Late(Remover):
        def remove(self, names: Sequence[str]) -> None:
            condemn, self.condemn = self.condemn, lambda names: None  # type: ignore[method-assign]
            if not self.needed([], set()):
                for name in names:
                    assert self._contents(name) is not None
                known = self._store.condemned()
                if all(
                    any(
                        c.pack not in known and c.pack not in names
                        for c in self._store.copies(e.record.id)
                    )
                    for name in names
                    for e in self._contents(name) or ()
                ):
                    condemn(names)
                    self.delete(names)

    monkeypatch.setattr(optimizing, "Remover", Late)


def removes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Removes old packs, then publishes."""
    commit = optimizing._Optimizer._commit

    def early(self: optimizing._Optimizer, session: Session) -> None:
        Blind(self._store, Everything()).remove(self._done)
        commit(self, session)

    monkeypatch.setattr(optimizing._Optimizer, "_commit", early)


MUTANTS = (looks_for_nothing, makes_nothing_anew, condemns_last, removes_first)


def loses_something() -> None:
    for how in MADE:
        for world in switched(how, optimize, kill):
            world.restore(world.store())
        for other in (gc, optimize):
            for world in pairs(how, optimize, other, 1):
                world.restore(world.store())


@pytest.mark.parametrize("mutant", MUTANTS)
def test_it_shows_where_a_step_is_left_out(
    mutant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)
    with pytest.raises(MissingBlob):
        loses_something()
