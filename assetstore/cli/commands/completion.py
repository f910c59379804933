"""``assetstore completion``."""

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples, each for good, from the next shell on:
  assetstore completion bash >>~/.bash_completion
  assetstore completion zsh >~/.zfunc/_assetstore
  assetstore completion fish >~/.config/fish/completions/assetstore.fish

and for the shell at hand:
  source <(assetstore completion bash)        likewise in zsh
  assetstore completion fish | source

Zsh looks in folders that .zshrc names: fpath+=(~/.zfunc); autoload -Uz compinit;
compinit. Completed are commands, options, files, threads, jobs, documents, hashes.
"""


@define(examples=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@pass_run
def completion(run: Run, /, shell: str) -> Outcome:
    """Print the completion script of a shell."""
    from assetstore.cli.completing import script
    from assetstore.cli.views.files import script_outcome

    return script_outcome(shell, script(shell))
