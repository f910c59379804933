"""``assetstore handoff``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import THREAD
from assetstore.errors import StoreNotFound

EXAMPLES = """\
Examples:
  assetstore handoff 019a3c5e
  assetstore handoff 019a3c5e -o handoff.md     with thumbnails beside it
  assetstore handoff 019a3c5e --max-tokens 3000 | pbcopy

The text quotes the log and nothing else; what looks like a password or a key is
redacted, but look before you publish it.
"""


@define(examples=EXAMPLES)
@click.argument("thread", type=THREAD)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it here, and thumbnails of the newest images into a folder beside it.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(min=500),
    default=8000,
    show_default=True,
    metavar="N",
    help="About how long it may be.",
)
@pass_run
def handoff(run: Run, /, thread: str, output: Path | None, max_tokens: int) -> Outcome:
    """Write down what a thread knows, without asking it.

    THREAD is a log, or the beginning of a thread's id. A Markdown text for whoever
    goes on: requests, plan, decisions, files, commands, errors, and where it stopped.
    """
    from contextlib import ExitStack

    from assetstore.agents.handoff import hand_off
    from assetstore.cli.databases import thread_of_text
    from assetstore.cli.views.threads import handoff_outcome
    from assetstore.files.output import check_output, write_output
    from assetstore.files.replace import absolute

    with ExitStack() as stack:
        store = None
        if output is not None:
            try:
                store = stack.enter_context(run.store())
            except StoreNotFound:
                store = None
        chosen = thread_of_text(thread, run.homes)
        logs = [log.path for log in chosen.logs]
        if output is not None:
            for log in logs:
                check_output(log, absolute(output))
        found = hand_off(
            chosen,
            max_tokens=max_tokens,
            thumbnails=output and output.with_name(f"{output.stem}-images"),
            store=store,
        )
    if output is not None:
        write_output(output, [found.text.encode()], sources=logs)
    return handoff_outcome(found, output)
