"""``assetstore show``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import THREAD
from assetstore.errors import AssetstoreError, StoreNotFound, UsageError

EXAMPLES = """\
Examples:
  assetstore show 019a3c5e | less
  assetstore show 019a3c5e --last 20
  assetstore show 019a3c5e --image 3              open it
  assetstore show 019a3c5e --image 3 -o shot.png
"""


@define(examples=EXAMPLES)
@click.argument("thread", type=THREAD)
@click.option(
    "--last", type=click.IntRange(min=1), metavar="N", help="Only the last N entries."
)
@click.option("--full", is_flag=True, help="Cut no long texts.")
@click.option(
    "--image",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="Open the image with this number, or write it to FILE.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the image here, over a file that is there.",
)
@pass_run
def show(
    run: Run,
    /,
    thread: str,
    last: int | None,
    full: bool,
    number: int | None,
    output: Path | None,
) -> Outcome:
    """Print a thread's conversation, with its images by number.

    THREAD is a log, or the beginning of a thread's id. Images that were archived are
    taken from the store.
    """
    from collections import deque
    from contextlib import ExitStack

    from assetstore.agents.conversation import Gallery
    from assetstore.agents.pictures import picture_bytes
    from assetstore.agents.reading import whole_thread
    from assetstore.agents.transcript import events
    from assetstore.cli.databases import thread_of_text
    from assetstore.cli.launching import launched
    from assetstore.cli.views.threads import image_outcome, show_outcome
    from assetstore.files.output import write_output
    from assetstore.store.media import SHOWN, extension, sniff

    if output is not None and number is None:
        raise UsageError("--output goes with --image")
    chosen = thread_of_text(thread, run.homes)
    with ExitStack() as stack:
        source, reading = stack.enter_context(whole_thread(chosen))
        gallery = Gallery(reading, source)
        found = deque(events(source, reading, gallery), maxlen=last)
        if number is None:
            return show_outcome(found, full=full)
        wanted = [p for p in gallery.pictures.values() if p.number == number]
        if not wanted:
            raise UsageError(
                f"there is no image {number}; the thread has {len(gallery.pictures)}"
            )
        store = None
        if wanted[0].placeholder:
            try:
                store = stack.enter_context(run.store())
            except StoreNotFound:
                store = None
        data = picture_bytes(wanted[0], source, store)
    launch = output is None
    logs = [log.path for log in chosen.logs]
    if output is None:
        import tempfile

        kind = sniff(data[:512])
        if kind not in SHOWN:  # a desktop runs what is a program or a page to it
            raise UsageError(
                f"image {number} is no picture that is opened unasked"
                + (f": {kind}" if kind else ""),
                hint="Write it to a file with -o.",
            )
        folder = Path(tempfile.mkdtemp(prefix="assetstore-"))
        output = folder / f"image-{number}.{extension(kind)}"
    write_output(output, [data], sources=logs)
    if launch and not launched(output):
        output.unlink()
        output.parent.rmdir()
        raise AssetstoreError(
            f"there is no program here that opens image {number}",
            hint=f"Write it to a file: --image {number} -o FILE",
        )
    return image_outcome(number, len(data), output)
