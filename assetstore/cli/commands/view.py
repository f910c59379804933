"""``assetstore view``."""

import shutil
from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.errors import UsageError

EXAMPLES = """\
Examples:
  assetstore view report.html
  assetstore view analysis.ipynb --no-open
  assetstore view notes.md -o ~/look       for a browser that may not read /tmp

A page, a drawing, a notebook and Markdown (with the extra "view") are shown as what
they are; of any other text, the pictures are shown where they were. No script runs, and
nothing is loaded from the network: --as-is writes what 'restore -o' writes, and opens
that.
"""


@define(examples=EXAMPLES)
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the copy into this folder, which is empty or made; default: a "
    "temporary one.",
)
@click.option(
    "--no-open", is_flag=True, help="Only write the copy, and say where it is."
)
@click.option(
    "--as-is",
    is_flag=True,
    help="Show the document itself, byte for byte: its scripts run in the browser.",
)
@pass_run
def view(
    run: Run, /, path: Path, output: Path | None, *, no_open: bool, as_is: bool
) -> Outcome:
    """Show an archived file with its pictures.

    FILE stays as it is: what is shown is a copy, in a folder that nobody else can read.
    Style sheets and pictures beside FILE are found from there. Nothing removes the
    copy but you, or the system that cleans its temporary folder.
    """
    from assetstore.cli.launching import launched
    from assetstore.cli.views.view import view_outcome
    from assetstore.view.view import view as write_view

    with run.stores(documents=[path]) as stores:
        folder = _folder(output)
        try:
            found = write_view(stores, path, folder, as_is=as_is)
        except BaseException:
            if output is None:
                shutil.rmtree(folder, ignore_errors=True)
            raise
    opened = found.opens and not no_open and launched(found.page)
    return view_outcome(path, found, opened=opened, notes=run.absent)


def _folder(named: Path | None) -> Path:
    """Make the folder of a copy."""
    if named is None:
        import tempfile

        return Path(tempfile.mkdtemp(prefix="assetstore-view-"))
    if named.is_symlink() or (named.exists() and any(named.iterdir())):
        raise UsageError(
            f"{named} is no empty folder", hint="Name one that does not exist."
        )
    named.mkdir(mode=0o700, parents=True, exist_ok=True)
    named.chmod(0o700)
    return named.absolute()
