"""What is said of a fork."""

from dataclasses import replace

from assetstore.agents.rescue_options import RescueReport
from assetstore.cli.invocation import Outcome
from assetstore.cli.views.forks import view_fork
from support.shown import shown

REPORT = RescueReport(
    path="/h/new.jsonl", thread="new", before=9, after=3, images=1, forked="old"
)


def said(report: RescueReport) -> str:
    return "\n".join(
        shown(Outcome(result={}, view=lambda output: view_fork(report, output)))
    )


def test_what_it_is_and_how_to_go_on() -> None:
    text = said(replace(REPORT, resume="codex resume new"))
    assert "a new thread, new; old is as it was" in text
    assert "to go on with it: codex resume new" in text
    assert "to go on" not in said(REPORT)
    assert "this thread stays as it is" in said(replace(REPORT, dry_run=True))
