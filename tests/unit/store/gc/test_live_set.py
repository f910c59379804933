"""A set of ids: in memory, in a file, and in both."""

from collections.abc import Iterator
from random import Random

import pytest

from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.gc.live_set import LiveSet

IDS = [BlobId(bytes([n]) * 32) for n in range(9)]


@pytest.fixture
def live() -> Iterator[LiveSet]:
    made = LiveSet()
    yield made
    made.close()


def test_marks_are_a_sorted_set(live: LiveSet) -> None:
    live.add((Kind.MEDIA, id) for id in (IDS[3], IDS[1], IDS[3]))
    live.add([(Kind.RECIPE, IDS[2])])
    live.add([])
    assert list(live) == [IDS[1], IDS[2], IDS[3]]
    assert IDS[1] in live
    assert IDS[4] not in live
    assert "no id" not in live


@pytest.mark.parametrize("most", [1, 7, 64, 1000])
def test_it_is_the_same_set_however_much_is_in_memory(
    live: LiveSet, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked between what is added, so that runs are merged, and merged again."""
    monkeypatch.setattr("assetstore.store.gc.live_set._MOST", most)
    monkeypatch.setattr("assetstore.store.gc.live_set._BLOCK", 4)
    monkeypatch.setattr("assetstore.store.gc.live_set._AT_ONCE", 8)
    r = Random(most)
    all = [BlobId(r.randbytes(32)) for _ in range(300)]
    held: set[BlobId] = set()
    for _ in range(60):
        some = r.choices(all, k=r.randrange(9))
        live.add((Kind.MEDIA, id) for id in some)
        held.update(some)
        asked = r.choices(all, k=5) + some
        assert [id in live for id in asked] == [id in held for id in asked]
    assert list(live) == sorted(held)
    assert [id in live for id in all] == [id in held for id in all]
    assert bytes(32) not in live


def test_what_does_not_fit_the_disk_is_not_lost(
    live: LiveSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assetstore.store.gc.live_set._MOST", 2)
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(OSError, match="No space"):
        live.add((Kind.MEDIA, id) for id in IDS)
    assert list(live) == IDS
