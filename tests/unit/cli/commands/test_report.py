"""``assetstore report``."""

from typing import Any

PARTS = [
    "program",
    "platform",
    "packages",
    "environment",
    "configuration",
    "store",
    "clients",
    "last_run",
]


def test_a_report_is_for_people_and_for_programs(call: Any) -> None:
    done = call("report")
    assert (done.code, done.err) == (0, "")
    titles = [line[3:] for line in done.out.splitlines() if line[:3] == "## "]
    assert [title.lower().replace(" ", "_") for title in titles] == PARTS
    assert list(call("report", "--json").result) == PARTS
