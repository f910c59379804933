"""What ``rescue --fork`` says of the thread that it made."""

from typing import TYPE_CHECKING

from assetstore.cli.output import Output, printable

if TYPE_CHECKING:
    from assetstore.agents.rescue import RescueReport


def view_fork(report: "RescueReport", output: Output) -> None:
    """Show of which thread a fork is a copy, and how to go on with it."""
    if report.dry_run:
        output.report("  in a copy under a new id; this thread stays as it is")
        return
    output.report(
        f"  a new thread, {printable(report.thread)}; {printable(report.forked)} is as "
        "it was"
    )
    if report.resume:
        output.report(f"  to go on with it: {printable(report.resume)}")
