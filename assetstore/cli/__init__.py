"""The command line: a lazy group, and the one place where errors become exit codes.

``--help`` imports no command: names and summaries stand in `COMMANDS`, and a test
compares them with the commands themselves.
"""

import importlib
import keyword
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import click

from assetstore.cli import failure, standard
from assetstore.cli.command import HELP_OPTION_NAMES, common_options
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.layout import CommandHelp, SuggestingGroup
from assetstore.cli.program import called, store_options
from assetstore.cli.words import refuse_no_words
from assetstore.command_line import name_program, naming
from assetstore.stopping import Stopped, stop_by_exception
from assetstore.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "archive": "Take embedded media out of documents into the store.",
    "restore": "Put the archived media back, byte for byte.",
    "view": "Show an archived file with its pictures.",
    "doctor": "Find threads of coding agents that are about to break, and say why.",
    "rescue": "Bring a stuck thread of a coding agent back to life.",
    "handoff": "Write down what a thread knows, without asking it.",
    "clients": "List the coding agents found here, and what can be done with theirs.",
    "show": "Print a thread's conversation, with its images by number.",
    "export": "Write a thread to one file that needs nothing else.",
    "import": "Put an exported thread in its place on this machine.",
    "threads": "Keep whole threads in the store, and bring back those that are gone.",
    "mcp": "Let an agent look at archived images of its threads (an MCP server).",
    "run": "Do what is due: archive, collect garbage, check the store.",
    "log": "Show what past runs did: files, bytes saved, errors.",
    "config": "Show and check the configuration.",
    "check": "Try whether assetstore works here, part by part.",
    "ls": "List the documents in the store, or its blobs.",
    "init": "Make a store.",
    "cat": "Write one blob to standard output.",
    "stats": "Show what the store holds and what that saves.",
    "verify": "Check the store for missing and damaged data.",
    "repair": "Put right what is damaged in the store, as far as that is possible.",
    "optimize": "Code the pictures in a store smaller.",
    "gc": "Remove what no document needs any more.",
    "purge": "Take pictures out of the store for good, whatever holds them.",
    "forget": "Give up a document's claim on its media.",
    "writers": "Show who wrote to the store, and deal with who does no more.",
    "schedule": "Run the jobs by themselves: cron, systemd, launchd or Task Scheduler.",
    "docs": "Show the documentation of this version.",
    "recover-script": "Write the script that reads a store without assetstore.",
    "completion": "Print the completion script of a shell.",
    "report": "Say what a report of a defect needs to say of this installation.",
}

# What is in no other group is in the last one.
GROUPS = {
    "Files": ("archive", "restore", "view", "ls", "forget"),
    "Threads of coding agents": (
        "doctor",
        "rescue",
        "handoff",
        "show",
        "export",
        "import",
        "threads",
        "clients",
        "mcp",
    ),
    "By itself": ("run", "schedule", "log"),
    "The store": (
        "init",
        "stats",
        "cat",
        "verify",
        "repair",
        "optimize",
        "gc",
        "purge",
        "writers",
    ),
    "The program": (),
}


def grouped() -> dict[str, list[str]]:
    """The names of all commands, by the titles of their groups."""
    found = {title: list(names) for title, names in GROUPS.items()}
    placed = {name for names in GROUPS.values() for name in names}
    found[list(GROUPS)[-1]] += [name for name in COMMANDS if name not in placed]
    return found


# Set by the scripts that 'assetstore completion' prints.
COMPLETE = "_ASSETSTORE_COMPLETE"

EPILOG = """\
Examples:
  assetstore archive page.html            take the images out of a file
  assetstore archive ~/.codex/sessions    ... of all files in a folder
  assetstore restore page.html            put them back
  assetstore archive - <in.html >out.html

The store is --store DIR, else $ASSETSTORE_STORE, else the user's data folder.
'assetstore docs' lists the documentation, 'assetstore docs stuck' shows a page of it.

Exit codes: 0 done, 1 failure, 2 usage, 3 partly done, 4 findings (verify, repair,
purge, doctor, check), 10 no store, 11 locked, 12 missing or damaged data, 13 source in
use or changed, 14 configuration, 15 not ours to change, 16 collection refused, 129, 130
and 143 stopped by a signal, 141 nobody reads the output any more.
"""


class Application(CommandHelp, SuggestingGroup):
    """The group of all commands, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands' names, group by group."""
        return [name for names in grouped().values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        name = f"{name}_" if keyword.iskeyword(name) else name
        module = importlib.import_module(f"assetstore.cli.commands.{name}")
        command: click.Command = getattr(module, name)
        return command

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> "list[CompletionItem]":
        """Commands and options, without importing the commands."""
        from click.shell_completion import CompletionItem

        return [
            *(
                CompletionItem(name, help=summary)
                for name, summary in COMMANDS.items()
                if name.startswith(incomplete)
            ),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the list of commands without importing them."""
        longest = max(map(len, COMMANDS))  # one column for all groups
        for title, names in grouped().items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(longest), COMMANDS[name]) for name in names]
                )

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run the command line and end the process with its exit code."""
        run = Run(words=tuple(sys.argv[1:] if args is None else args))
        standard.prepare()
        if COMPLETE in os.environ:  # a shell asks
            from assetstore.cli import completing

            completing.prepare()
        try:
            refuse_no_words(run.words)
            with naming(partial(store_options, run)):
                got = super().main(
                    args,
                    prog_name or "assetstore",
                    complete_var,
                    standalone_mode=False,
                    obj=run,
                    **extra,
                )
                with standard.naming_stdout():
                    code = got if isinstance(got, int) else run.emit(got)
                    sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:
            code = failure.report(run, error)
        run.end(code)
        sys.exit(code)

    # Click ends with 1 where a pipe was closed, and writes an empty line where a signal
    # came: neither gets there.

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse the options before the command; ``--help`` writes here."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except BrokenPipeError as error:
            raise click.exceptions.Exit(failure.report(extra["obj"], error)) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command."""
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, Stopped) as error:
            return failure.report(ctx.ensure_object(Run), error)


@click.group(
    cls=Application,
    context_settings={"help_option_names": HELP_OPTION_NAMES, "max_content_width": 88},
    epilog=EPILOG,
    options_metavar="[OPTIONS]",
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
@common_options
def app() -> None:
    """Archive embedded media into a deduplicated, content-addressed store.

    Images (and other media) written into text files as base64 are replaced by
    short placeholders, kept once in the store however often they occur, and
    restored byte for byte.
    """


def main() -> NoReturn:
    """Run the command line, as `assetstore.__main__` does."""
    stop_by_exception()
    name_program(called)
    app.main()


__all__ = ["COMMANDS", "Outcome", "app", "main"]
