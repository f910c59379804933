"""``assetstore forget``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import KnownPath

EXAMPLES = """\
Examples:
  assetstore forget old-page.html
  assetstore forget archived.jsonl --force
  assetstore forget old-page.html --foreign     also for other users or machines
"""


@define(examples=EXAMPLES)
@click.argument("path", type=KnownPath(path_type=Path), metavar="PATH")
@click.option(
    "--force",
    is_flag=True,
    help="Do so even if the file still holds placeholders: they can no longer be "
    "restored once gc has removed their media.",
)
@click.option(
    "--foreign",
    is_flag=True,
    help="Give up what other users or machines claim for PATH, too, or you before your "
    "state folder was lost. If they still have the archived file, it cannot be "
    "restored once gc has removed its media.",
)
@pass_run
def forget(run: Run, /, path: Path, force: bool, foreign: bool) -> Outcome:
    """Give up a document's claim on its media.

    The next 'gc' removes what no other document needs, after its grace period. The
    document need not be there any more.
    """
    from assetstore.cli.views.files import forget_outcome
    from assetstore.documents import catalog

    with run.store() as store:
        others = catalog.foreign_claims(store, path)
        manifest = catalog.forget(store, path, force=force, foreign=foreign)
        return forget_outcome(manifest, others, foreign=foreign)
