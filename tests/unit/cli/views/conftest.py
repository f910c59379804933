"""What tests of the views share."""

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The zone that people's times are told in."""
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone cannot be changed here")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
