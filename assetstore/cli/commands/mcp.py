"""``assetstore mcp``."""

from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.errors import AssetstoreError

EXAMPLES = """\
Examples:
  assetstore mcp --install codex           print the lines of its configuration
  assetstore mcp --install codex --write   and add them to it
  assetstore mcp ~/.codex/sessions         what the client then runs

Needs the package mcp; where that is not installed, it says how to install it.
"""


@define(examples=EXAMPLES)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option(
    "--install",
    type=click.Choice(["codex", "claude-code"]),
    help="Try the server, and print what the client's configuration needs.",
)
@click.option("--write", is_flag=True, help="With --install: write it there.")
@pass_run
def mcp(
    run: Run, /, paths: tuple[Path, ...], install: str | None, write: bool
) -> Outcome:
    """Let an agent look at archived images of its threads (an MCP server).

    Speaks the Model Context Protocol on standard input and output, with two tools:
    list_images and view_image. Read only, and limited to what the threads at PATH
    refer to; by default all threads of all clients found.
    """
    from assetstore.cli.mcp_install import install_outcome

    if install is not None:
        return install_outcome(run, install, paths, write=write)
    try:
        from assetstore.cli.mcp_server import serve
    except ModuleNotFoundError as e:
        from assetstore.installation import how_to_get

        raise AssetstoreError(
            f"{e.name} is not installed", hint=f"Run: {how_to_get('mcp')}"
        ) from e
    from assetstore.stopping import stop_at_once

    with run.store() as store:
        stop_at_once()
        serve(store, paths, run.homes)
    return Outcome(result={}, view=lambda output: None)
