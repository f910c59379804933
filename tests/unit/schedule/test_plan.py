# ruff: noqa: DTZ001, DTZ007 - times on the wall, as cron has them
"""Times, as each scheduler spells them."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import UsageError
from assetstore.schedule.plan import (
    DAY,
    HOUR,
    MINUTE,
    POSSIBLE,
    WEEK,
    Timing,
    timing,
)

TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
MINUTES = st.integers(0, 59)
TIMINGS = st.builds(timing, st.sampled_from(POSSIBLE), st.none(), MINUTES) | st.builds(
    timing, st.sampled_from([DAY, WEEK]), TIMES, MINUTES
)
# A Monday, and clocks that are not set that week.
START = datetime(2025, 1, 6)


@pytest.mark.parametrize(
    ("asked", "cron", "systemd", "words"),
    [
        (timing(60, None, 7), "* * * * *", "*-*-* *:00/1:00", "every minute"),
        (
            timing(900, None, 22),
            "7-59/15 * * * *",
            "*-*-* *:07/15:00",
            "every 15 minutes",
        ),
        (
            timing(1800, None, 30),
            "*/30 * * * *",
            "*-*-* *:00/30:00",
            "every 30 minutes",
        ),
        (
            timing(None, None, 17),
            "17 * * * *",
            "*-*-* *:17:00",
            "every hour at minute 17",
        ),
        (
            timing(6 * HOUR, None, 5),
            "5 */6 * * *",
            "*-*-* 00/6:05:00",
            "every 6 hours at minute 5",
        ),
        (timing(DAY, None, 5), "5 12 * * *", "*-*-* 12:05:00", "every day at 12:05"),
        (
            timing(None, "03:30", 5),
            "30 3 * * *",
            "*-*-* 03:30:00",
            "every day at 03:30",
        ),
        (
            timing(WEEK, "22:00", 5),
            "0 22 * * 1",
            "Mon *-*-* 22:00:00",
            "every Monday at 22:00",
        ),
    ],
)
def test_spellings(asked: Timing, cron: str, systemd: str, words: str) -> None:
    assert asked.cron() == cron
    assert asked.systemd() == systemd
    assert asked.words() == words


@given(TIMINGS)
def test_a_timing_is_read_as_it_was_spelled(asked: Timing) -> None:
    assert Timing.parse(f"# {asked.spelled()} -->") == asked


@pytest.mark.parametrize(
    "text", ["", "every=1h", "every=45m minute=3", "every=1h minute=60", "minute=3"]
)
def test_other_text_is_no_timing(text: str) -> None:
    assert Timing.parse(text) is None


@given(TIMINGS)
def test_all_schedulers_run_at_the_same_times(asked: Timing) -> None:
    """cron's fields, launchd's dictionaries and Windows' repetition: one week each."""
    by_cron = []
    for moment in CronSim(asked.cron(), START - timedelta(minutes=1)):
        if moment >= START + timedelta(days=7):
            break
        by_cron.append(moment)
    assert len(by_cron) == WEEK // asked.every
    assert {(b - a).total_seconds() for a, b in pairwise(by_cron)} <= {asked.every}

    by_launchd = [
        START + timedelta(minutes=m)
        for m in range(7 * 24 * 60)
        for d in [START + timedelta(minutes=m)]
        if any(
            one.get("Weekday", d.isoweekday()) == d.isoweekday()
            and one.get("Hour", d.hour) == d.hour
            and one.get("Minute", d.minute) == d.minute
            for one in asked.launchd()
        )
    ]
    assert by_launchd == by_cron

    start, interval = asked.schtasks()
    first = START + timedelta(hours=int(start[:2]), minutes=int(start[3:]))
    number = int(interval[2:-1] or 0) if interval else 0
    seconds = number * (MINUTE if interval.endswith("M") else HOUR) or asked.every
    by_windows = [first + timedelta(seconds=s) for s in range(0, WEEK, seconds)]
    assert by_windows == by_cron


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
@pytest.mark.parametrize("every", POSSIBLE)
def test_systemd_means_the_same(every: int) -> None:
    asked = timing(every, None, 43)
    base = datetime(2025, 1, 6, tzinfo=UTC)
    done = subprocess.run(
        [
            *("systemd-analyze", "calendar", "--iterations=5"),
            *(f"--base-time={base:%Y-%m-%d %H:%M:%S} UTC", asked.systemd() + " UTC"),
        ],
        capture_output=True,
        check=True,
        env={"TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    said = [
        datetime.strptime(line.split(": ")[1].strip(), "%a %Y-%m-%d %H:%M:%S UTC")
        for line in done.stdout.decode().splitlines()
        if "Next elapse" in line or "Iter." in line
    ]
    expected = CronSim(asked.cron(), base.replace(tzinfo=None))
    assert said == [next(expected) for _ in range(5)]


@given(TIMINGS, st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)))
def test_the_next_run_is_the_first_one_after_now(asked: Timing, now: datetime) -> None:
    here = now.replace(tzinfo=UTC)
    then = asked.next_run(here)
    # An hour more or less where clocks are set.
    assert timedelta(0) < then - here <= timedelta(seconds=asked.every + HOUR)


@pytest.mark.parametrize(
    ("every", "at", "says", "hint"),
    [
        (45 * MINUTE, None, "every 45m", "--every 1h"),
        (7 * MINUTE, None, "every 7m", "--every 6m"),
        (5 * HOUR, None, "every 5h", "--every 6h"),
        (30, None, "every 30s", "--every 1m"),
        (0, None, "every 0s", "--every 1m"),
        (90, None, "every 1m30s", "--every 2m"),
        (30 * DAY, None, "every 30d", "--every 7d"),
        (HOUR, "03:30", "--at is for", "--every 1d --at 03:30"),
        (None, "3:30", "'3:30' is not", "03:30"),
        (None, "24:00", "'24:00' is not", "03:30"),
        (None, "1٢:00", "is not a time", "03:30"),
    ],
)
def test_what_cannot_be_is_told(
    every: float | None, at: str | None, says: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        timing(every, at, 0)
    assert hint in caught.value.hint
