"""A rescue ended well only if nothing keeps the thread from going on."""

from dataclasses import replace

import pytest

from assetstore.agents.api_limits import Over
from assetstore.agents.diagnose import Risk
from assetstore.agents.rescue_options import RescueReport

DONE = RescueReport(path="/log", thread="1", before=9, after=3, images=2)


def test_what_is_left_that_the_api_refuses_is_not_well() -> None:
    assert DONE.well
    assert not replace(DONE, left=(Over(line=3, what="too large", image=""),)).well


@pytest.mark.parametrize(
    ("risk", "well"),
    [("low", True), ("medium", True), ("high", True), ("critical", False)],
)
def test_a_thread_that_does_not_answer_is_not_well(risk: Risk, well: bool) -> None:
    assert replace(DONE, risk=risk).well is well
