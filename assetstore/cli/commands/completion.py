"""``assetstore completion``."""

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples:
  assetstore completion bash >~/.local/share/bash-completion/completions/assetstore
  assetstore completion zsh >"${fpath[1]}/_assetstore"
  assetstore completion fish >~/.config/fish/completions/assetstore.fish
"""


@define(examples=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@pass_run
def completion(run: Run, /, shell: str) -> Outcome:
    """Print the completion script of a shell."""
    from click.shell_completion import get_completion_class

    from assetstore.cli import app
    from assetstore.cli.views.files import script_outcome

    known = get_completion_class(shell)
    assert known is not None, "click completes the three shells of the choice"  # noqa: S101 for the type checker
    script = known(app, {}, "assetstore", "_ASSETSTORE_COMPLETE")
    return script_outcome(shell, script.source_template % script.source_vars())
