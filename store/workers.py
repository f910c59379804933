"""Work on a store in several processes."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from assetstore.store.backends.local import LocalBackend
from assetstore.store.store import Store

Result = TypeVar("Result")

_SAFE_PATH = "PYTHONSAFEPATH"

_stores: list[Store] = []


def in_processes(
    store: Store,
    work: Callable[..., Result],
    arguments: Sequence[tuple[Any, ...]],
    *,
    jobs: int,
) -> Iterator[tuple[int, Result]]:
    """Call ``work(store, *arguments[i])`` in processes that open the store anew.

    Args:
        store: A store in a folder.
        work: A function of a module.
        arguments: What to call it with.
        jobs: How many processes.

    Yields:
        Pairs (i, result), in the order in which they are done.
    """
    assert store.root is not None  # noqa: S101 for the type checker
    cache = store.cache_dir.parent if store.cache_dir is not None else None
    with ExitStack() as stack:
        with _safe_path():  # all processes are started here
            pool = stack.enter_context(
                ProcessPoolExecutor(
                    min(jobs, len(arguments)),
                    mp_context=get_context("spawn"),
                    initializer=_open,
                    initargs=(store.root, store.writer, cache),
                )
            )
            futures = {
                pool.submit(_call, work, given): number
                for number, given in enumerate(arguments)
            }
        for future in as_completed(futures):
            yield futures[future], future.result()
    store.refresh()


@contextmanager
def _safe_path() -> Iterator[None]:
    """Let processes that are started find modules nowhere but where they belong.

    Else a child looks in the current folder first, where there may be anybody's
    ``random.py``.
    """
    was = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if was is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = was


def _open(root: Path, writer: str, cache: Path | None) -> None:
    _stores.append(Store.on(LocalBackend(root), writer=writer, cache=cache))


def _call(work: Callable[..., Result], given: tuple[Any, ...]) -> Result:
    return work(_stores[0], *given)
