"""What ``assetstore check`` prints."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from assetstore.cli.failure import Problem
from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, printable
from assetstore.cli.views.store import FINDINGS
from assetstore.quantities import many
from assetstore.version import __version__

if TYPE_CHECKING:
    from assetstore.cli.installation import Checked

_COLORS = {"ok": "green", "note": "blue", "wrong": "red"}


def installation_outcome(checks: "Sequence[Checked]") -> Outcome:
    """Show every part that was looked at; exit code 4 where one is wrong."""
    wrong = [one for one in checks if one.state == "wrong"]

    def view(output: Output) -> None:
        for one in checks:
            if one.state == "wrong":
                continue  # among the errors
            word = click.style(f"{one.state:4}", fg=_COLORS[one.state])
            output.report(f"{word}  {one.name}: {printable(one.what)}")
            if one.hint and output.verbosity >= 0:
                output.report(f"      {printable(one.hint)}")
        verdict = f"{len(wrong)} wrong" if wrong else "all works"
        output.report(f"{many(len(checks), 'part')} looked at: {verdict}")

    return Outcome(
        result={
            "version": __version__,
            "checks": [asdict(one) for one in checks],
            "wrong": len(wrong),
        },
        view=view,
        exit_code=FINDINGS if wrong else 0,
        errors=[
            Problem(
                type="Finding",
                message=f"{one.name}: {one.what}",
                hint=one.hint,
                exit_code=FINDINGS,
            )
            for one in wrong
        ],
    )
