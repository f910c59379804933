"""``assetstore completion``."""

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run

EXAMPLES = """\
Examples, for the shell at hand:
  source <(assetstore completion bash)
  source <(assetstore completion zsh)
  assetstore completion fish | source

For all that come: such a line in ~/.bashrc, ~/.zshrc (behind compinit) or
~/.config/fish/config.fish. Or, without a start of assetstore each time, once:
  assetstore completion bash >~/.local/share/bash-completion/completions/assetstore
  assetstore completion zsh >~/.zfunc/_assetstore
  assetstore completion fish >~/.config/fish/completions/assetstore.fish

Write the whole path of assetstore in such a line where it is in an environment that is
not active in each shell, as ~/.assetstore/bin/assetstore.

The folders must be there. Bash needs its package bash-completion for that; zsh looks
in those that ~/.zshrc names before compinit: fpath+=(~/.zfunc).

Completed are commands, options, files, threads, jobs, documents, hashes, writers.
"""


@define(examples=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@pass_run
def completion(run: Run, /, shell: str) -> Outcome:
    """Print the completion script of a shell."""
    from assetstore.cli.completing import script
    from assetstore.cli.views.files import script_outcome

    return script_outcome(shell, script(shell))
