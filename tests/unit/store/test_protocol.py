"""The protocol of writers and collectors, by exhaustion.

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

NONE: frozenset[int] = frozenset()
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
class World:
    """The store, the documents, and where everybody is."""

    writers: tuple[Writer, ...]
    collectors: tuple[Collector, ...]
    packs: frozenset[int] = NONE
    tombs: frozenset[int] = NONE
    manifests: frozenset[int] = NONE
    archived: frozenset[int] = NONE
    made: int = 0

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
            yield now(world, at="packs", tombs=world.tombs)
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
            seen = world.tombs
            if mutant == "counts condemned packs as copies":
                seen = frozenset({me.victim})
            yield now(world, "packs", tombs=seen)
        case "packs":
            copies = world.packs - me.tombs - {me.victim}
            yield now(world, "manifests", tombs=NONE, packs=copies)
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


def explore(writers: int, collectors: int, packs: int, mutant: str = "") -> int:
    """Visit all states; how many there are, or -1 at a violation."""
    start = World((Writer(),) * writers, (Collector(),) * collectors)
    seen, queue = {start}, deque([start])
    while queue:
        world = queue.popleft()
        if world.lost:
            return -1
        for i in range(writers):
            for after in writer_steps(world, i, packs, mutant):
                if after not in seen:
                    seen.add(after)
                    queue.append(after)
        for i in range(collectors):
            for after in collector_steps(world, i, packs, mutant):
                if after not in seen:
                    seen.add(after)
                    queue.append(after)
    return len(seen)


@pytest.mark.parametrize(("writers", "collectors", "packs"), [(2, 1, 2), (1, 2, 3)])
def test_no_document_loses_its_last_copy(
    writers: int, collectors: int, packs: int
) -> None:
    assert explore(writers, collectors, packs) > 500


@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_step_is_needed(mutant: str) -> None:
    assert -1 in (
        explore(writers, collectors, packs, mutant)
        for writers, collectors, packs in ((1, 1, 3), (1, 2, 3))
    )
