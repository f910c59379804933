"""``assetstore export``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import THREAD
from assetstore.errors import StoreNotFound

EXAMPLES = """\
Examples:
  assetstore export 019a3c5e thread.bundle
  assetstore import thread.bundle          on another machine

The bundle holds the log, its images and what 'handoff' writes. The log's own words
are not redacted: give it to nobody who may not read the thread.
"""


@define(examples=EXAMPLES)
@click.argument("thread", type=THREAD)
@click.argument("bundle", type=click.Path(dir_okay=False, path_type=Path))
@pass_run
def export(run: Run, /, thread: str, bundle: Path) -> Outcome:
    """Write a thread to one file that needs nothing else.

    THREAD is a log, or the beginning of a thread's id. The thread is left as it is.
    """
    from contextlib import ExitStack

    from assetstore.agents import bundle as engine
    from assetstore.cli.databases import thread_of_text
    from assetstore.cli.views.bundles import bundle_outcome

    with ExitStack() as stack:
        try:
            store = stack.enter_context(run.store())
        except StoreNotFound:
            if run.given.get("store"):
                raise
            store = None
        progress = stack.enter_context(run.progress())
        report = engine.export(
            store, thread_of_text(thread, run.homes), bundle, progress=progress
        )
    return bundle_outcome(report, "exported")
