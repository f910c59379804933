"""``assetstore report``."""

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples:
  assetstore report
  assetstore report --store /mnt/disk/store >report.md
  assetstore archive page.html --debug-file log    what happened, beside it

Look through it before you send it: it names folders and clients.
"""


@define(examples=EXAMPLES)
@pass_run
def report(run: Run, /) -> Outcome:
    """Say what a report of a defect needs to say of this installation.

    Versions, the platform, the configuration without what may be secret, and what is in
    the store in numbers. Nothing is sent anywhere.
    """
    from assetstore.cli.reporting import report as made
    from assetstore.cli.views.report import report_outcome

    return report_outcome(made(run))
