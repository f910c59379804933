"""What is said of clients' databases."""

import io
from dataclasses import replace

import pytest

from assetstore.agents.rescue_options import RescueReport
from assetstore.cli.output import Output
from assetstore.cli.views.databases import view_rescued
from assetstore.cli.views.threads import rescue_outcome
from support.shown import shown

DONE = RescueReport(
    path="/home/ada/opencode.db",
    thread="opencode.db",
    before=4096,
    after=4096,
    images=2,
    columns=("part.data",),
    request_before=2048,
    free=1024,
    undo="assetstore rescue --undo /home/ada/opencode.db",
)


def said(report: RescueReport) -> str:
    """What people read."""
    out = io.StringIO()
    output = Output(out=out, err=out, json=False, verbosity=0, color="never")
    view_rescued(report, output)
    return out.getvalue()


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (DONE, "rescued opencode.db: 4.0 KiB -> 4.0 KiB, 2 images taken out"),
        (DONE, "2.0 KiB -> 0 B"),
        (DONE, "1.0 KiB in it are free now"),
        (DONE, "works: assetstore archive --vacuum /home/ada/opencode.db\n"),
        (DONE, "to take it back: assetstore rescue --undo"),
        (replace(DONE, images=0), "there was nothing left to take out"),
        (replace(DONE, kept=3), "2 images taken out, 3 left"),
        (replace(DONE, dry_run=True, needed=2048), "needs 2.0 KiB of free disk"),
        (replace(DONE, risk="critical", reason="a trigger"), "not all rescued"),
        (replace(DONE, risk="critical", reason="a trigger"), "  a trigger"),
        (replace(DONE, undone=True, exact=True), "2 images put back"),
        (replace(DONE, undone=True, exact=True), "every value is back"),
        (replace(DONE, undone=True, differs="rows went"), "  rows went"),
    ],
)
def test_what_became_of_one(report: RescueReport, words: str) -> None:
    assert words in said(report)


def test_an_undone_one_says_nothing_of_undoing() -> None:
    assert "take it back" not in said(replace(DONE, undone=True))


def test_it_is_what_the_command_says() -> None:
    assert shown(rescue_outcome([DONE], [], alone=True)) == said(DONE).splitlines()
