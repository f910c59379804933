"""``assetstore doctor``."""

import os
from pathlib import Path

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.errors import UsageError

EXAMPLES = """\
Examples:
  assetstore doctor                        every thread of every agent found
  assetstore doctor ~/.codex/sessions/2026
  assetstore doctor --json | jq .result.threads[0]

It reads threads of Codex ($CODEX_HOME, ~/.codex), compressed ones too, Claude Code
($CLAUDE_CONFIG_DIR, ~/.claude), pi ($PI_CODING_AGENT_DIR, ~/.pi/agent), Gemini CLI
($GEMINI_CLI_HOME, ~), Qwen Code ($QWEN_HOME, ~/.qwen), Kimi CLI ($KIMI_SHARE_DIR,
~/.kimi), Continue ($CONTINUE_GLOBAL_DIR, ~/.continue) and Cline ($CLINE_DATA_DIR,
~/.cline/data), and counts the pictures in databases of clients that keep their threads
there, such as opencode. Numbers of tokens are estimates by the API's documentation.
"""


@define(examples=EXAMPLES)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="List healthy threads too.")
@pass_run
def doctor(run: Run, /, paths: tuple[Path, ...], everything: bool) -> Outcome:
    """Find threads of coding agents that are about to break, and say why.

    The worst come first, each with the command that helps. Exits with 4 if any
    thread is at risk. Nothing is changed; files that did not change since the last
    run are not read again.
    """
    from assetstore.agents.client_rows import find_databases
    from assetstore.agents.doctor import examine
    from assetstore.agents.found_clients import find_clients
    from assetstore.cli.databases import client_databases
    from assetstore.cli.views.threads import doctor_outcome
    from assetstore.files.user_folders import user_folder

    cache = user_folder("cache")
    databases, logs, unread = client_databases(paths)
    if not paths:
        databases = list(find_databases(os.environ))
    with run.progress() as progress:
        report = examine(
            logs,
            homes=run.homes,
            databases=databases,
            logs=bool(logs) or not paths,
            cache=cache,
            progress=progress,
        )
    for _, error in report.errors if len(paths) == 1 else ():
        if isinstance(error, UsageError):  # what was named is no thread
            raise error
    report.errors[:0] = unread
    here = () if paths else find_clients(os.environ)
    others = [found for found in here if "doctor" not in found.client.can]
    return doctor_outcome(report, everything=everything, others=others)
