"""``assetstore import``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples:
  assetstore import thread.bundle
  assetstore import thread.bundle --to ~/elsewhere/.codex

Everything is compared with the bundle's checksums before anything is written. A log
that is there already is never overwritten. Run it again after it was cut off.
"""


@define(examples=EXAMPLES, name="import")
@click.argument("bundle", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The client's home, or any folder.  [default: the client's home here]",
)
@pass_run
def import_(run: Run, /, bundle: Path, to: Path | None) -> Outcome:
    """Put an exported thread in its place on this machine.

    BUNDLE is a file that 'export' wrote. The thread's log goes where its client
    looks for it, its images into the store.
    """
    from assetstore.agents.bundle import import_bundle
    from assetstore.cli.views.bundles import bundle_outcome

    with run.store(create=True) as store, run.progress() as progress:
        report = import_bundle(store, bundle, to, homes=run.homes, progress=progress)
    return bundle_outcome(report, "imported")
