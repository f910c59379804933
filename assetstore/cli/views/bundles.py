"""What ``export`` and ``import`` print."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, printable, size
from assetstore.command_line import shown_command
from assetstore.quantities import many

if TYPE_CHECKING:
    from assetstore.agents.bundle import BundleReport


def bundle_outcome(report: "BundleReport", word: str) -> Outcome:
    """A thread that was exported or imported."""

    def view(output: Output) -> None:
        if report.there:
            archive = printable(shown_command("archive", Path(report.path)))
            output.report(
                f"{printable(report.path)} is there already, whole, and stays as it "
                f"is; {archive} takes its images out"
            )
            return
        output.report(
            f"{click.style(word, fg='green')} {printable(report.thread)}: "
            f"{size(report.size)} of log, {many(report.images, 'image')}; the bundle "
            f"has {size(report.bundle_size)}"
        )
        output.report(f"  {printable(report.path)}")
        if report.quoted:
            output.report(
                f"  {many(report.quoted, 'placeholder')} stay: nothing says that what "
                "they name is the thread's own; if it is, 'assetstore restore' the "
                "log first"
            )
        if not report.placed:
            output.report(
                "  no place is known where its client would go on with it: 'import' "
                "wants --to FOLDER"
            )

    return Outcome(result=asdict(report), view=view)
