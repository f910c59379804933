"""The view of a report."""

import io

from assetstore.cli.output import Output
from assetstore.cli.views.report import report_outcome


def test_a_report_is_markdown() -> None:
    outcome = report_outcome(
        {
            "program": {"version": "1", "root": False, "jobs": ["a\x1b[31m"]},
            "last_run": {},
        }
    )
    out = io.StringIO()
    output = Output(out=out, err=out, json=False, verbosity=0, color="never")
    output.emit("report", outcome)
    assert out.getvalue() == (
        "## Program\n\n- version: 1\n- root: false\n- jobs: "
        r'["a\u001b[31m"]'
        "\n\n## Last run\n\n- none\n"
    )
