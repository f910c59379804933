"""Work in several processes: what each gets, and what it may import."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, ClassVar

import pytest

from assetstore.store import workers
from assetstore.store.format.blob import Kind
from assetstore.store.store import Store
from support.blobs import media, pack_of
from support.stores import folder_store

RAW = b"a picture"


class Here:
    """A pool whose processes are this one."""

    made: ClassVar[list["Here"]] = []

    def __init__(
        self,
        count: int,
        *,
        mp_context: Any,
        initializer: Callable[..., None],
        initargs: tuple[Any, ...],
    ):
        self.count, self.way = count, mp_context.get_start_method()
        self.safe: list[str | None] = []
        initializer(*initargs)
        self.made.append(self)

    def __enter__(self) -> "Here":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def submit(self, work: Callable[..., Any], *given: Any) -> "Future[Any]":
        self.safe.append(os.environ.get("PYTHONSAFEPATH"))
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given))
        except ValueError as e:
            done.set_exception(e)
        return done


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Here]]:
    monkeypatch.setattr(workers, "ProcessPoolExecutor", Here)
    monkeypatch.setattr(workers, "_stores", [])
    monkeypatch.setattr(workers, "_calls", [])
    # What is for a process of its own.
    monkeypatch.setattr(workers, "stop_a_worker", lambda is_busy: None)
    monkeypatch.setattr(workers, "Finalize", lambda *_, **__: None)
    monkeypatch.setattr(Here, "made", [])
    yield Here.made
    for store in workers._stores:
        store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with folder_store(tmp_path) as found:
        pack_of(found, RAW)
        yield found


def sized(store: Store, more: int) -> tuple[str, int]:
    return store.id, len(store.read(Kind.MEDIA, media(RAW))) + more


def writes(store: Store, number: int) -> None:
    pack_of(store, b"%d" % number)


def fails(store: Store, number: int) -> None:
    raise ValueError(number)


def test_each_works_on_the_store_opened_anew(pools: list[Here], store: Store) -> None:
    found = dict(workers.in_processes(store, sized, [(5,), (6,), (7,)], jobs=2))
    assert found == {n: (store.id, len(RAW) + 5 + n) for n in range(3)}
    (pool,) = pools
    assert (pool.count, pool.way) == (2, "spawn")
    (theirs,) = workers._stores
    assert theirs is not store
    assert (theirs.root, theirs.writer) == (store.root, store.writer)
    assert theirs.cache_dir == store.cache_dir


def test_no_more_processes_than_there_is_work(pools: list[Here], store: Store) -> None:
    list(workers.in_processes(store, sized, [(1,)], jobs=8))
    assert pools[0].count == 1


def test_what_they_wrote_is_seen_afterwards(pools: list[Here], store: Store) -> None:
    list(workers.in_processes(store, writes, [(1,), (2,)], jobs=2))
    assert store.read(Kind.MEDIA, media(b"2")) == b"2"


def test_an_error_of_one_is_raised(pools: list[Here], store: Store) -> None:
    with pytest.raises(ValueError, match="3"):
        list(workers.in_processes(store, fails, [(3,)], jobs=1))


@pytest.mark.parametrize("was", [None, "0", "1"])
def test_no_module_is_taken_from_the_current_folder(
    pools: list[Here], store: Store, was: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if was is None:
        monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    else:
        monkeypatch.setenv("PYTHONSAFEPATH", was)
    list(workers.in_processes(store, sized, [(1,), (2,)], jobs=2))
    assert pools[0].safe == ["1", "1"]
    assert os.environ.get("PYTHONSAFEPATH") == was


def is_stopped(store: Store, number: int) -> None:
    raise KeyboardInterrupt


def test_one_that_a_signal_stopped_begins_nothing_more(
    pools: list[Here], store: Store
) -> None:
    with pytest.raises(KeyboardInterrupt):
        list(workers.in_processes(store, is_stopped, [(1,)], jobs=1))
    with pytest.raises(KeyboardInterrupt):
        workers._call(writes, (4,))
    assert not store.holds(media(b"4"))


def test_one_that_failed_goes_on(pools: list[Here], store: Store) -> None:
    with pytest.raises(ValueError, match="3"):
        list(workers.in_processes(store, fails, [(3,)], jobs=1))
    assert workers._call(sized, (1,)) == (store.id, len(RAW) + 1)
