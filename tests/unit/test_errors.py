"""Errors cross from one process to another as they are."""

import inspect
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from assetstore import errors
from assetstore.errors import AssetstoreError, ContainerRefused
from assetstore.results import FileResult, failed
from assetstore.store.reader import PackGone

CLASSES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, AssetstoreError)
]


def made(kind: type[AssetstoreError]) -> AssetstoreError:
    if kind is ContainerRefused:
        return ContainerRefused("/a/file", "it is a ZIP archive")
    return kind("what went wrong", hint="what to do", path="/a/file")


def crossed(error: Exception, protocol: int | None = None) -> Any:
    return pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 our own bytes


def told(error: AssetstoreError) -> tuple[object, ...]:
    return type(error), str(error), error.hint, error.path, error.exit_code


def test_there_are_classes() -> None:
    assert len(CLASSES) > 20


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_survives_the_way_to_another_process(
    kind: type[AssetstoreError],
) -> None:
    error = made(kind)
    assert error.hint
    assert error.path == "/a/file"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = crossed(error, protocol)
        assert told(again) == told(error)
        assert vars(again) == vars(error)
    error.exit_code = 99  # it may be another one than its class's
    assert told(crossed(error)) == told(error)


def test_a_pack_that_went_survives_it() -> None:
    again = crossed(PackGone(7, b"digest"))
    assert (again.given, again.digest, str(again)) == (
        7,
        b"digest",
        str(PackGone(7, b"digest")),
    )


def work(path: str) -> FileResult:
    try:
        raise ContainerRefused(path, "it is a ZIP archive") from OSError(5, "no")
    except ContainerRefused as e:
        return failed(path, e, 7)


def test_a_result_comes_back_with_its_error() -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        result = pool.submit(work, "/a/file").result()
    assert isinstance(result.error, ContainerRefused)
    assert result.error.reason == "it is a ZIP archive"
    assert (result.error_type, result.code) == ("ContainerRefused", 15)
    assert (result.reason, result.hint) == (str(result.error), result.error.hint)


def test_a_result_holds_nothing_of_what_ran() -> None:
    error: BaseException | None = work("/a/file").error
    causes = []
    while error is not None:
        causes.append(type(error))
        assert error.__traceback__ is None
        error = error.__cause__ or error.__context__
    assert causes == [ContainerRefused, OSError]


def test_a_result_of_the_system_s_error_has_its_words() -> None:
    result = failed("/a/file", PermissionError(13, "Permission denied", "/a/file"))
    assert (result.error_type, result.reason, result.code) == (
        "PermissionError",
        "Permission denied",
        1,
    )
