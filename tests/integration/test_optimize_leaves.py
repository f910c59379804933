"""What `optimize` and gc leave alone: what nobody needs, and what cannot be read."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.documents.upkeep import collect
from assetstore.errors import UnsupportedStore
from assetstore.restore.run import restore_paths
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.codecs.png import PngCodec
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.format.pack import pack_key, records
from assetstore.store.gc.collect import GRACE
from assetstore.store.gc.remove import Remover
from assetstore.store.gc.roots import Everything
from assetstore.store.optimize.optimize import optimize
from assetstore.store.store import Store
from support.optimized import Shown, page, pages, unlike
from support.samples import picture
from support.screens import session
from support.stores import archived, restored
from support.worlds import Killed

DAY = 86400.0
SHOTS = session(4, height=80)


class Days:
    """A store whose clock goes on from day to day."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        store = Store.on(
            MemoryBackend(), create=True, writer="test", clock=lambda: self.now
        )
        self.shown = Shown(store)

    def pass_one(self, effort: int) -> None:
        """A day on which something comes, and all is optimized."""
        self.now += DAY
        day = round(self.now / DAY)
        self.shown.archive({f"day {day}": page(picture(4, 4, day))})
        self.shown.optimize(effort)

    def holds(self, raw: bytes) -> bool:
        id = blob_id(Kind.MEDIA, raw)
        return id in kept(self.shown)


def kept(shown: Shown) -> set[BlobId]:
    return {
        record.id
        for name in shown.store.packs()
        for _, record in records(shown.backend, name)
    }


@pytest.mark.parametrize("coded", [False, True])
def test_what_is_dead_ages_though_a_store_is_optimized_again_and_again(
    coded: bool,
) -> None:
    days = Days()
    shown = days.shown
    shown.archive({"both": page(*SHOTS)})
    shown.archive({"one": page(SHOTS[0])})
    if coded:
        shown.optimize(1)
        assert shown.related()
    shown.forget("both")
    for day in range(1, 14):
        days.pass_one(1 + day // 2)
        collect(shown.store, grace=GRACE)
        assert all(map(days.holds, SHOTS))
    for day in range(14, 18):
        days.pass_one(1 + day // 2)
    collect(shown.store, grace=GRACE)
    needed = shown.related().get(blob_id(Kind.MEDIA, SHOTS[0]), [])
    gone = [raw for raw in SHOTS if blob_id(Kind.MEDIA, raw)[:8] not in needed][1:]
    assert gone
    assert not any(map(days.holds, gone))
    assert days.holds(SHOTS[0])
    shown.check()


def test_what_is_dead_does_not_become_younger() -> None:
    days = Days()
    shown = days.shown
    shown.archive({"both": page(*SHOTS)})
    shown.archive({"one": page(SHOTS[0])})
    shown.forget("both")
    days.now += 10 * DAY
    shown.optimize()
    assert shown.efforts() == [0, 3]
    for passed, there in ((3.9, True), (0.2, False)):
        days.now += passed * DAY
        collect(shown.store, grace=GRACE)
        assert days.holds(SHOTS[2]) is there
    shown.check()


def test_what_is_dead_is_coded_when_somebody_needs_it_again() -> None:
    shown = Shown.of({"both": page(*SHOTS), "one": page(SHOTS[0])})
    whole = shown.whole["both"]
    shown.forget("both")
    shown.optimize()
    assert shown.efforts() == [0, 3]
    before = dict(shown.backend.objects)
    assert shown.optimize().left == 0
    assert shown.backend.objects == before  # it waits for gc
    shown.archive({"again": whole})
    shown.optimize()
    shown.check()
    assert len(shown.related()) == 3


def test_nothing_is_left_behind_where_a_manifest_cannot_be_read() -> None:
    """Nobody knows what lives then: everything does."""
    shown = Shown.of({"both": page(*SHOTS), "one": page(SHOTS[0])})
    shown.forget("both")
    (key,) = shown.store.manifest_keys()
    data = shown.backend.objects[key]
    shown.backend.objects[key] = data[:-1]
    ids = kept(shown)
    shown.optimize()
    shown.backend.objects[key] = data
    assert shown.efforts() == [3]
    assert kept(shown) == ids
    shown.check()


def test_what_a_killed_one_condemned_is_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = Shown.of(pages(2))
    old = set(shown.store.packs())

    def killed(self: Remover, names: object) -> None:
        raise Killed

    monkeypatch.setattr(Remover, "delete", killed)
    with pytest.raises(Killed):
        shown.optimize()
    monkeypatch.undo()
    assert shown.store.condemned() == old
    assert shown.optimize().packs == 0
    assert not shown.store.condemned()
    assert not old & shown.store.packs().keys()
    assert shown.copies() == 0
    shown.check()


def test_what_a_killed_collection_condemned_is_left_to_the_next() -> None:
    """It is dead: it must not be copied, and not counted as living."""
    shown = Shown.of(pages(1) | unlike(1))
    names = sorted(shown.store.packs())
    shown.forget("1-0")
    Remover(shown.store, Everything()).condemn(names[:1])
    shown.optimize()
    assert shown.store.condemned() == set(names[:1])
    assert names[0] in shown.store.packs()
    collect(shown.store, grace=GRACE)
    assert names[0] not in shown.store.packs()
    shown.check()


# What cannot be read here.


def refusing(self: PngCodec, *more: object) -> Iterator[memoryview]:
    raise UnsupportedStore("a package is missing", hint="Install it.")


GOLDEN = Path(__file__).parents[2] / "fixtures" / "optimized"


def test_optimize_passes_over_what_it_cannot_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PngCodec, "decode", refusing)
    shutil.copytree(GOLDEN / "store", tmp_path / "store")
    log = tmp_path / "pictures.jsonl"
    shutil.copy(GOLDEN / "archived.jsonl", log)
    with Store.open(
        tmp_path / "store", cache_dir=tmp_path / "cache", state_dir=tmp_path / "state"
    ) as store:
        golden = set(store.packs())
        archived(store, page(picture(9, 9, 1)))
        for again in (False, True):
            report = optimize(store, effort=9)
            assert report.unreadable > 1
            assert (report.packs, report.left) == (0 if again else 1, 0)
        assert golden < set(store.packs())
        assert not store.condemned()
        monkeypatch.undo()
        assert restore_paths(store, [log]).exit_code == 0
        assert log.read_bytes() == (GOLDEN / "pictures.jsonl").read_bytes()


def test_gc_passes_over_what_it_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown.of(pages(2, 4) | unlike(4), effort=3)
    (coded,) = shown.store.packs()
    shown.archive({"gone": page(picture(9, 9, 1))})
    (other,) = shown.store.packs().keys() - {coded}
    shown.forget("gone", "1-1", *(n for n in shown.slim if n.startswith("noise")))
    data = shown.backend.objects[pack_key(coded)]
    monkeypatch.setattr(PngCodec, "decode", refusing)
    report = collect(shown.store, grace=0)
    assert other not in shown.store.packs()
    assert report.unreadable > 0
    assert any("cannot be read here" in note for note in report.notes)
    assert shown.backend.objects[pack_key(coded)] == data
    assert not shown.store.condemned()
    monkeypatch.undo()
    report = collect(shown.store, grace=0)
    assert (report.unreadable, report.notes, report.rewritten.packs) == (0, (), 1)
    shown.check()


def test_a_copy_that_can_be_read_stays_beside_one_that_cannot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody can tell here that the other is whole; nor is it copied a third time."""
    shown = Shown.of(pages(1))
    (old,) = shown.store.packs()
    monkeypatch.setattr(Remover, "remove", lambda self, names: None)
    shown.optimize()
    monkeypatch.undo()
    both = set(shown.store.packs())
    assert old in both
    monkeypatch.setattr(PngCodec, "decode", refusing)
    for _ in range(2):
        report = collect(shown.store, grace=0)
        assert report.unreadable > 0
        assert set(shown.store.packs()) == both
    for name, data in shown.slim.items():  # the old copy is read
        assert shown.whole[name] == restored(shown.opened(), data)
    monkeypatch.undo()
    shown.optimize()
    assert shown.store.packs().keys() == both - {old}
    shown.check()
