"""Results add up, and the exit code says what they have in common."""

import pytest

from assetstore.errors import LockedError, SourceRefused
from assetstore.results import MOST_STAYS, FileResult, Report, Stay, Stays, Why, failed


def stay(number: int) -> Stay:
    return Stay(number, 1, 10, "image/png", Why.SMALL if number % 2 else Why.PURGED)


def test_all_that_stays_is_counted_and_the_first_is_listed() -> None:
    stays = Stays.of(stay(n) for n in range(MOST_STAYS + 500))
    assert (stays.count, stays.size) == (MOST_STAYS + 500, 10 * (MOST_STAYS + 500))
    assert [s.offset for s in stays.listed] == list(range(MOST_STAYS))
    assert stays.reasons == {
        Why.SMALL.value: MOST_STAYS // 2 + 250,
        Why.PURGED.value: MOST_STAYS // 2 + 250,
    }


LOCKED = failed("a", LockedError("held"))
REFUSED = failed("b", SourceRefused("a link"))
DONE = FileResult(path="c", status="archived", payloads=2)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], 0),
        ([DONE], 0),
        ([LOCKED], 11),
        ([LOCKED, LOCKED], 11),
        ([LOCKED, REFUSED], 3),
        ([DONE, LOCKED], 3),
    ],
)
def test_the_exit_code(files: list[FileResult], code: int) -> None:
    assert Report(files=files).exit_code == code


def test_what_was_not_opened_is_unchanged() -> None:
    unchanged = FileResult(path="d", status="unchanged")
    report = Report(files=[DONE, DONE, unchanged], untouched=5)
    assert report.count("unchanged") == 6
    assert report.count("archived") == 2
    assert report.total("payloads") == 4


def test_a_result_without_an_error_has_no_type_of_one() -> None:
    assert (DONE.error, DONE.error_type) == (None, "")
