"""The protocol of writers, collectors and optimizers, by exhaustion.

A model of what docs/design.md describes, reduced to what can go wrong: one blob
that every pack holds, packs that exist or do not, tombs, manifests, documents that
were replaced by their archived form. Every state that can be reached by any
interleaving of the participants' steps, crashes included, is visited. It is a
violation if a document is archived and no pack is left.

Each mutant leaves out or turns round one step, and must be caught: this shows that
the model can fail, and what each step is for.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from support import figures

NONE: frozenset[int] = frozenset()
SOME = frozenset({-1})
# Of writers and collectors.
MUTANTS = (
    "publishes without looking for tombs",
    "publishes before its manifest",
    "looks for tombs before its manifest",
    "lists packs before tombs",
    "takes tombs back",
    "counts condemned packs as copies",
    "lists manifests before its tomb",
    "deletes the tomb before the pack",
)
# Of an optimizer.
HASTE = (
    "removes the old pack before it publishes",
    "condemns and does not look",
    "looks before it condemns",
    "looks and makes nothing anew",
    "lists packs first",
    "counts packs as copies that are condemned",
    "relies on its own pack",
    "puts no tomb",
    "deletes the tomb before the pack, too",
    "lets go of what was dead when it began",
    "finishes what others condemned without a look",
)


@dataclass(frozen=True, slots=True)
class Writer:
    """Archives its document, restores it, and does so once more."""

    at: str = "idle"
    tombs: frozenset[int] = NONE
    packs: frozenset[int] = NONE
    rounds: int = 2


@dataclass(frozen=True, slots=True)
class Collector:
    """Removes a pack, any number of times."""

    at: str = "idle"
    victim: int = -1
    tombs: frozenset[int] = NONE
    packs: frozenset[int] = NONE


@dataclass(frozen=True, slots=True)
class Optimizer:
    """Writes a pack anew, and removes the old one; so often.

    To it everything lives, whatever manifests say. What it read of a pack it may
    write at any later time; or it found that another pack holds that already, which
    may not be so any more.
    """

    at: str = "idle"
    victim: int = -1
    own: int = -1
    tombs: frozenset[int] = NONE
    packs: frozenset[int] = NONE
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class World:
    """The store, the documents, and where everybody is."""

    writers: tuple[Writer, ...]
    collectors: tuple[Collector, ...]
    optimizers: tuple[Optimizer, ...] = ()
    packs: frozenset[int] = NONE
    tombs: frozenset[int] = NONE
    manifests: frozenset[int] = NONE
    archived: frozenset[int] = NONE
    made: int = 0

    @property
    def condemned(self) -> frozenset[int]:
        """What a listing of tombs shows, without those of packs that are gone."""
        return self.tombs & self.packs

    @property
    def lost(self) -> bool:
        return bool(self.archived and not self.packs)

    def new_pack(self) -> "World":
        return replace(self, packs=self.packs | {self.made}, made=self.made + 1)


def writer_steps(world: World, i: int, limit: int, mutant: str) -> Iterator[World]:
    me = world.writers[i]

    def now(world: World, **changes: object) -> World:
        us = list(world.writers)
        us[i] = replace(me, **changes)  # type: ignore[arg-type]
        return replace(world, writers=tuple(us))

    def with_manifest(world: World) -> World:
        return replace(world, manifests=world.manifests | {i})

    may_put = world.made < limit
    match me.at:
        case "idle" if me.rounds:
            begin = "manifest"
            if mutant == "publishes before its manifest":
                begin = "tombs"
            if mutant == "looks for tombs before its manifest":
                begin = "tombs"
            # Its cache may say, rightly or not, that there is a copy.
            yield now(world, at=begin, rounds=me.rounds - 1)
            if may_put:
                yield now(world.new_pack(), at=begin, rounds=me.rounds - 1)
        case "manifest":
            after = "tombs"
            if mutant == "looks for tombs before its manifest":
                after = "replace"
            elif mutant == "publishes without looking for tombs":
                after = "replace" if world.packs else "idle"
            elif mutant == "lists packs before tombs":
                after = "packs first"
            yield now(with_manifest(world), at=after)
        case "packs first":
            yield now(world, at="tombs second", packs=world.packs)
        case "tombs second":
            if me.packs - world.tombs:
                yield now(world, at="replace", packs=NONE)
            elif may_put:
                yield now(world.new_pack(), at="packs first", packs=NONE)
        case "tombs":
            yield now(world, at="packs", tombs=world.condemned)
        case "packs":
            if world.packs - me.tombs:
                early = mutant == "looks for tombs before its manifest"
                yield now(world, at="manifest" if early else "replace", tombs=NONE)
            elif may_put:
                yield now(world.new_pack(), at="tombs", tombs=NONE)
        case "replace":
            late = mutant == "publishes before its manifest"
            done = replace(world, archived=world.archived | {i})
            yield now(done, at="late manifest" if late else "archived")
        case "late manifest":
            yield now(with_manifest(world), at="archived")
        case "archived":
            yield now(replace(world, archived=world.archived - {i}), at="restored")
        case "restored":
            yield now(replace(world, manifests=world.manifests - {i}), at="idle")
    if me.at not in ("idle", "crashed", "archived"):
        yield now(world, at="crashed", tombs=NONE, packs=NONE)


def collector_steps(world: World, i: int, limit: int, mutant: str) -> Iterator[World]:
    me = world.collectors[i]

    def now(world: World, at: str, **changes: object) -> World:
        us = list(world.collectors)
        us[i] = Collector() if at == "idle" else replace(me, at=at, **changes)  # type: ignore[arg-type]
        return replace(world, collectors=tuple(us))

    match me.at:
        case "idle":
            for victim in world.packs | world.tombs:
                if mutant != "lists manifests before its tomb":
                    condemned = replace(world, tombs=world.tombs | {victim})
                    yield now(condemned, "tombs", victim=victim)
                elif not world.manifests:
                    yield now(world, "late tomb", victim=victim)
        case "late tomb":
            yield now(replace(world, tombs=world.tombs | {me.victim}), "delete")
        case "tombs":
            seen = world.condemned
            if mutant == "counts condemned packs as copies":
                seen = frozenset({me.victim})
            yield now(world, "packs", tombs=seen)
        case "packs":
            copies = world.packs - me.tombs - {me.victim}
            yield now(world, "manifests", tombs=NONE, packs=SOME if copies else NONE)
        case "manifests":
            if not world.manifests or me.packs:
                yield now(world, "delete", packs=NONE)
            elif me.victim in world.packs:
                if mutant == "takes tombs back":
                    back = replace(world, tombs=world.tombs - {me.victim})
                    yield now(back, "idle")
                elif world.made < limit:
                    yield now(world.new_pack(), "tombs", packs=NONE)
            else:
                yield now(world, "delete", packs=NONE)
        case "delete":
            if mutant == "deletes the tomb before the pack":
                without = replace(world, tombs=world.tombs - {me.victim})
                yield now(without, "delete late")
            else:
                gone = replace(world, packs=world.packs - {me.victim})
                yield now(gone, "untomb")
        case "delete late":
            yield now(replace(world, packs=world.packs - {me.victim}), "idle")
        case "untomb":
            yield now(replace(world, tombs=world.tombs - {me.victim}), "idle")
    if me.at != "idle":
        yield now(world, "idle")  # a crash


def optimizer_steps(world: World, i: int, limit: int, mutant: str) -> Iterator[World]:
    me = world.optimizers[i]
    lists_first = mutant == "lists packs first"
    tomb_first = mutant == "deletes the tomb before the pack, too"

    def now(world: World, at: str, **changes: object) -> World:
        us = list(world.optimizers)
        us[i] = replace(me, at=at, **changes)  # type: ignore[arg-type]
        if at == "idle":
            us[i] = Optimizer(rounds=me.rounds)
        return replace(world, optimizers=tuple(us))

    def without(world: World, pack: bool) -> World:
        if pack:
            return replace(world, packs=world.packs - {me.victim})
        return replace(world, tombs=world.tombs - {me.victim})

    match me.at:
        case "idle" if me.rounds:
            for victim in world.packs:
                left = {"victim": victim, "rounds": me.rounds - 1}
                if mutant == "condemns before it publishes":
                    yield now(world, "condemn", **left)
                yield now(world, "read", **left)
                if len(world.packs) > 1:  # another holds the same, it says
                    yield now(world, "condemn", **left)
                dead = "lets go of what was dead when it began"
                if mutant == dead and not world.manifests:
                    yield now(world, "dead", **left)
            for victim in world.tombs:  # what a killed one left
                at = "finish"
                if mutant == "finishes what others condemned without a look":
                    at = "delete"
                yield now(world, at, victim=victim, rounds=me.rounds - 1)
        case "dead":
            condemned = replace(world, tombs=world.tombs | {me.victim})
            yield now(condemned, "delete")
        case "read":
            if me.victim in world.packs:
                early = mutant == "removes the old pack before it publishes"
                yield now(world, "early" if early else "publish")
            else:
                yield now(world, "idle")
        case "early":
            yield now(without(world, pack=True), "publish")
        case "publish" if world.made < limit:
            at = "condemn"
            if mutant == "looks before it condemns":
                at = "tombs"
            own = world.made if mutant == "relies on its own pack" else -1
            yield now(world.new_pack(), at, own=own)
        case "condemn":
            condemned = replace(world, tombs=world.tombs | {me.victim})
            at = "tombs"
            if mutant in ("condemns and does not look", "looks before it condemns"):
                at = "delete"
            if mutant == "relies on its own pack" and me.own >= 0:
                at = "delete"
            if mutant == "puts no tomb":
                condemned = world
            yield now(condemned, "packs first" if lists_first else at)
        case "packs first":
            yield now(world, "tombs second", packs=world.packs)
        case "tombs second":
            copies = me.packs - world.tombs
            yield now(world, "delete" if copies else "make", packs=NONE)
        case "tombs" | "finish":
            seen = world.condemned
            if mutant == "counts packs as copies that are condemned":
                seen = frozenset({me.victim})
            yield now(
                world, "packs" if me.at == "tombs" else "finish packs", tombs=seen
            )
        case "packs" | "finish packs":
            copies = world.packs - me.tombs - {me.victim}
            early = mutant == "looks before it condemns" and me.at == "packs"
            if copies or me.victim not in world.packs:
                yield now(world, "condemn" if early else "delete", tombs=NONE)
            elif me.at == "finish packs":
                yield now(world, "idle")  # gc's business
            elif mutant == "looks and makes nothing anew":
                yield now(world, "delete", tombs=NONE)
            else:
                yield now(world, "make", tombs=NONE)
        case "make":
            if me.victim in world.packs:
                yield now(world, "put")
            else:  # a pack that it could not read stays
                yield now(world, "idle")
        case "put" if world.made < limit:
            yield now(world.new_pack(), "packs first" if lists_first else "tombs")
        case "delete":
            yield now(without(world, pack=not tomb_first), "untomb", tombs=NONE)
        case "untomb":
            yield now(without(world, pack=tomb_first), "idle")
    if me.at != "idle":
        yield now(world, "idle")  # a crash


def explore(
    writers: int,
    collectors: int,
    optimizers: int,
    packs: int,
    mutant: str = "",
    rounds: int = 2,
) -> int:
    """Visit all states; how many there are, or -1 at a violation."""
    start = World(
        (Writer(rounds=rounds),) * writers,
        (Collector(),) * collectors,
        (Optimizer(),) * optimizers,
    )
    parts = (
        (writer_steps, writers),
        (collector_steps, collectors),
        (optimizer_steps, optimizers),
    )
    seen, queue = {start}, deque([start])
    while queue:
        world = queue.popleft()
        if world.lost:
            return -1
        for steps, count in parts:
            for i in range(count):
                for after in steps(world, i, packs, mutant):
                    if after not in seen:
                        seen.add(after)
                        queue.append(after)
    if not mutant:
        figures.count("protocol: states of the model", len(seen))
    return len(seen)


@pytest.mark.parametrize(
    ("writers", "collectors", "optimizers", "packs", "rounds"),
    [
        (2, 1, 0, 2, 2),
        (1, 2, 0, 3, 2),
        (2, 0, 1, 3, 2),
        (1, 0, 2, 4, 2),
        (1, 1, 1, 3, 1),
    ],
)
def test_no_document_loses_its_last_copy(
    writers: int, collectors: int, optimizers: int, packs: int, rounds: int
) -> None:
    assert explore(writers, collectors, optimizers, packs, rounds=rounds) > 500


@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_step_is_needed(mutant: str) -> None:
    assert -1 in (
        explore(writers, collectors, 0, packs, mutant)
        for writers, collectors, packs in ((1, 1, 3), (1, 2, 3))
    )


@pytest.mark.parametrize("mutant", HASTE)
def test_every_step_of_an_optimizer_is_needed(mutant: str) -> None:
    assert -1 in (explore(1, n, 2 - n, 3, mutant) for n in (0, 1))


def test_an_optimizer_may_condemn_first_as_a_collector_does() -> None:
    """It makes new packs of what it condemned; so the order of these two is free."""
    assert explore(1, 0, 2, 3, "condemns before it publishes") > 500
