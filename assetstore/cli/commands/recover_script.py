"""``assetstore recover-script``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples:
  assetstore recover-script -o recover.py
  python3 recover.py STORE pictures        later, and without assetstore
"""


@define(examples=EXAMPLES)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it here, over a file that is there, and not to standard output.",
)
@pass_run
def recover_script(run: Run, /, output: Path | None) -> Outcome:
    """Write the script that reads a store without assetstore.

    It takes Python and the package zstandard, or Python 3.14 alone. Keep it beside
    backups of a store. docs/recovery.md says how it is used.
    """
    from assetstore.cli import pages
    from assetstore.cli.views.docs import recover_script_outcome
    from assetstore.files.output import check_output, write_output
    from assetstore.files.replace import absolute

    script = pages.recover_script()
    if output is not None:
        # Of all files, the one that it is made from must not be written over.
        own = pages.docs_folder() / "recover.py"
        check_output(own, absolute(output))
        write_output(output, [script.encode()], sources=[own])
    return recover_script_outcome(script, output)
