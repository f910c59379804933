"""``assetstore check``."""

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples:
  assetstore check
  assetstore check --json | jq '.result.checks[] | select(.state != "ok")'

'doctor' looks at threads of coding agents, 'verify' at what a store holds.
"""


@define(examples=EXAMPLES)
@pass_run
def check(run: Run, /) -> Outcome:
    """Try whether assetstore works here, part by part.

    Versions, extras, each codec on a tiny picture, the configuration, the store (is it
    there, can it be written, do locks hold), clocks, disk space, and what calls 'run'.
    Exits with 4 if anything is wrong. Nothing is changed.
    """
    from assetstore.cli.installation import check_installation
    from assetstore.cli.views.installation import installation_outcome

    return installation_outcome(list(check_installation(run)))
