"""A task that ends with an error says which, and what to do."""

import errno

import pytest

from assetstore.errors import LockedError
from assetstore.jobs.task_result import TaskResult


def test_an_error_of_ours_is_told_with_all_that_it_says() -> None:
    task = TaskResult(name="codex")
    task.fail(LockedError("it is held", hint="Wait.", path="/store"))
    assert (task.result, task.reason, task.exit_code) == ("failed", "it is held", 11)
    (trouble,) = task.troubles
    assert (trouble.type, trouble.hint, trouble.path) == (
        "LockedError",
        "Wait.",
        "/store",
    )


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/a"), "/a: No space left"),
        (OSError("by hand"), "by hand"),
        (ZeroDivisionError("division by zero"), "division by zero"),
    ],
)
def test_any_other_error_is_a_failure(error: Exception, reason: str) -> None:
    task = TaskResult(name="gc")
    task.fail(error)
    assert task.reason.startswith(reason)
    assert (task.exit_code, task.troubles[0].type) == (1, type(error).__name__)


def test_a_limit_is_a_failure_only_if_it_is_one() -> None:
    task = TaskResult(name="codex")
    task.stop("the run has lasted for 1h", failure=False)
    assert (task.result, task.exit_code, task.troubles) == ("stopped", 0, [])
    task.stop("the disk is full", failure=True)
    assert (task.exit_code, task.troubles[0].type) == (3, "Stopped")
    task.exit_code = 12
    task.stop("the disk is full", failure=True)
    assert task.exit_code == 12  # what is worse stays
