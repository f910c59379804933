"""``assetstore cat``."""

import sys
from contextlib import suppress

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import BLOB
from assetstore.errors import MissingBlob, UsageError

EXAMPLES = """\
Examples:
  assetstore cat 1f3a9c >picture.png
  assetstore cat as1:mZ0c1xUqkP3vTq8yX2bN4dLw5Rs | file -
"""


@define(examples=EXAMPLES)
@click.argument("blob", type=BLOB, metavar="HASH")
@pass_run
def cat(run: Run, /, blob: str) -> Outcome:
    """Write one blob to standard output.

    HASH is the beginning of a blob's id in hexadecimal, as 'ls --blobs' shows it, or
    a placeholder from a document. The bytes are checked against the id.
    """
    from assetstore.cli.views.files import blob_outcome
    from assetstore.documents.catalog import find_blob
    from assetstore.store.format.blob import Kind

    if sys.stdout.isatty():
        raise UsageError(
            "binary data is not written to a terminal",
            hint="Redirect it: assetstore cat HASH >FILE.",
        )
    with run.stores() as stores:
        store = stores[-1]
        for store in stores:
            with suppress(MissingBlob):
                id = find_blob(store, blob)
                break
        else:
            id = find_blob(store, blob)
        for _ in store.stream(Kind.MEDIA, id):
            pass  # all of it is right before any of it is written
        target = run.stdout()
        written = 0
        for piece in store.stream(Kind.MEDIA, id):
            written += target.write(piece)
        target.flush()
    return blob_outcome(id, written)
