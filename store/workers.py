"""Work on a store in several processes."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from multiprocessing import active_children, get_context
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, TypeVar

from assetstore.stopping import deaf, stop_a_worker
from assetstore.store.backends.local import LocalBackend
from assetstore.store.store import Store

Result = TypeVar("Result")

_SAFE_PATH = "PYTHONSAFEPATH"

_stores: list[Store] = []
_calls: list[bool] = []


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
        others = set(active_children())
        with _safe_path():  # all processes are started here
            _watch()
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
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except KeyboardInterrupt:
            for process in set(active_children()) - others:
                # Each cleans up, and begins nothing more. Windows would end it where it
                # stands; there, Ctrl-C reaches all of them by itself.
                if os.name == "posix":
                    process.terminate()
            pool.shutdown(cancel_futures=True)
            raise
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


def _watch() -> None:
    """Start the process that multiprocessing has beside its workers.

    It is made deaf to the signals of a terminal, but not to the one of its end, and
    tells of each worker that comes after it with a traceback.
    """
    if os.name == "posix":
        from multiprocessing.resource_tracker import ensure_running

        with deaf("SIGHUP"):
            ensure_running()


def _open(root: Path, writer: str, cache: Path | None) -> None:
    stop_a_worker(lambda: bool(_calls))
    store = Store.on(LocalBackend(root), writer=writer, cache=cache)
    Finalize(None, store.close, exitpriority=0)  # runs when the process ends
    _stores.append(store)


def _call(work: Callable[..., Result], given: tuple[Any, ...]) -> Result:
    if _calls:  # a signal ended the one before: this one was already on its way
        raise KeyboardInterrupt
    _calls.append(True)
    try:
        result = work(_stores[0], *given)
    except Exception:
        _calls.clear()
        raise
    _calls.clear()
    return result
