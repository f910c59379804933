"""``assetstore clients``."""

import os

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples:
  assetstore clients                which are here, and how much of it is pictures
  assetstore clients --quick        without reading their files
  assetstore clients --json | jq '.result.clients[] | select(.can != [])'

GO and STAY are the bytes of pictures that 'archive' takes out, and that it leaves.
KNOWN: "run" was tried with the client itself, "by its source" follows from its code,
"by reports" from what its users write.
"""


@define(examples=EXAMPLES)
@click.option("--quick", is_flag=True, help="Count files and bytes, and read nothing.")
@pass_run
def clients(run: Run, /, quick: bool) -> Outcome:
    """List the coding agents found here, and what can be done with theirs.

    Where a client's threads are, how large they are, how much of that is pictures, what
    works on them, and how that is known. Nothing is changed.
    """
    from assetstore.agents.found_clients import find_clients, looked_in
    from assetstore.agents.measured_clients import measured
    from assetstore.cli.views.clients import clients_outcome

    found = list(find_clients(os.environ))
    if not quick:
        with run.progress() as progress:
            found = [measured(one, progress) for one in found]
    looked = [] if found else list(looked_in(os.environ))
    return clients_outcome(found, looked=looked)
