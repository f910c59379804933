"""What ``export`` and ``import`` print."""

from assetstore.agents.bundle import BundleReport
from assetstore.cli.views.bundles import bundle_outcome
from support.shown import shown, told

BUNDLE = BundleReport(
    bundle="/b", thread="t1", path="/a b", size=2048, bundle_size=1024, images=1
)


def test_what_came_and_where() -> None:
    lines = shown(bundle_outcome(BUNDLE, "imported"))
    assert lines[0].startswith("imported t1: 2.0 KiB of log, 1 image")
    assert lines[1] == "  /a b"


def test_what_was_there_is_left_and_that_is_said() -> None:
    there = BundleReport(
        bundle="/b",
        thread="t1",
        path="/a b",
        size=2048,
        bundle_size=1024,
        images=0,
        there=True,
    )
    (line,) = shown(bundle_outcome(there, "imported"))
    assert line.startswith("/a b is there already, whole, and stays as it is; ")
    assert "assetstore archive '/a b'" in line
    assert told(bundle_outcome(there, "imported"))["result"]["there"] is True
