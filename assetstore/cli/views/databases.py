"""What the commands on threads say of clients' databases."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assetstore.cli.output import Output, printable, size
from assetstore.command_line import shown_command
from assetstore.quantities import many

if TYPE_CHECKING:
    from assetstore.agents.diagnose import Diagnosis
    from assetstore.agents.rescue_options import RescueReport


def view_held(database: "Diagnosis", output: Output) -> None:
    """Show what a database holds."""
    output.line(
        f"  {size(database.size)}; {size(database.image_bytes)} in "
        f"{many(database.images, 'value')} with pictures, the largest "
        f"{size(database.largest_line)}"
    )
    if database.request_images:
        values = many(database.request_images, "value")
        output.line(
            f"  most is in {printable(database.thread)}: "
            f"{size(database.request_bytes)} in {values}"
        )


def view_rescued(report: "RescueReport", output: Output) -> None:
    """Show what became of a database."""
    sizes = f"{size(report.before)} -> {size(report.after)}"
    name = printable(report.thread)
    if report.undone:
        word, what = "undone", f"{many(report.images, 'image')} put back"
        if not report.images and report.well:
            word, what = "unchanged", "there was nothing to put back"
    else:
        word = "would rescue" if report.dry_run else "rescued"
        what = f"{many(report.images, 'image')} taken out"
        if not report.images:
            what = "there was nothing left to take out"
        if report.kept:
            what += f", {report.kept:,} left"
    # "rescued" never stands beside a column that was left.
    if not report.well:
        word = f"not all {word}"
    color = "green" if report.well else "red"
    output.report(f"{click.style(word, fg=color)} {name}: {sizes}, {what}")
    if report.reason:
        output.report(f"  {printable(report.reason)}")
    if report.undone:
        if report.exact:
            output.report("  compared with what it was: every value is back")
        if report.differs:
            output.report(f"  {printable(report.differs)}")
        return
    output.report(
        f"  pictures of its largest thread: {size(report.request_before)} -> "
        f"{size(report.request_after)}"
    )
    if report.kept:
        output.report(
            "  those that are left stand where no form without them is known: "
            "'archive -n -v' says where"
        )
    output.report(f"  {printable(report.path)}")
    if report.dry_run:
        output.report(f"  needs {size(report.needed)} of free disk space")
        return
    if report.free:
        vacuum = shown_command("archive", "--vacuum", Path(report.path))
        output.report(
            f"  {size(report.free)} in it are free now; to give them back to the disk, "
            f"once its client works: {printable(vacuum)}"
        )
    if report.undo:
        output.report(f"  to take it back: {printable(report.undo)}")
