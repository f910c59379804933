"""What every command shares: common options, the store, progress, the outcome."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.layout import CommandHelp, CommonOption, SuggestingGroup
from assetstore.cli.names import FILE

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

HELP_OPTION_NAMES = ["-h", "--help"]


pass_run = click.make_pass_decorator(Run, ensure=True)


class Command(CommandHelp):
    """A command that returns an `Outcome`.

    Attributes:
        table: The table of the configuration with defaults of its options, or "".
    """

    table = ""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Note which command it is, before its arguments can be wrong."""
        _note(info_name, parent)
        if self.table and parent is not None and isinstance(parent.obj, Run):
            _note_config(parent.obj, args)
            extra["default_map"] = parent.obj.config().given(self.table)
        return super().make_context(info_name, args, parent, **extra)


def _note_config(run: Run, args: Sequence[str]) -> None:
    """Find ``--config`` among a command's words, before they are parsed."""
    words = list(args)
    if "--" in words:
        words = words[: words.index("--")]
    for number, word in enumerate(words):
        if word == "--config" and words[number + 1 :]:
            run.given["config"] = words[number + 1]
        elif word.startswith("--config="):
            run.given["config"] = word.removeprefix("--config=")


class CommandGroup(CommandHelp, SuggestingGroup):
    """A command that has commands of its own, such as ``schedule install``.

    Its commands are made by `define` and named by both words, in the help, in the
    JSON envelope and in docs/cli.md.

    Attributes:
        usual: The command that is meant where only options are given, or "".
    """

    usual = ""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the usual command where none is named."""
        helps = set(HELP_OPTION_NAMES).intersection(args)
        unnamed = not helps and not set(self.commands).intersection(args)
        if ctx.resilient_parsing and not args:  # a shell asks what can stand here
            unnamed = False
        if self.usual and unnamed and (not args or args[0].startswith("-")):
            args = [self.usual, *args]
        return super().parse_args(ctx, args)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Note which command it is: a mistake can be in its command's name."""
        _note(info_name, parent)
        return super().make_context(info_name, args, parent, **extra)

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> "list[CompletionItem]":
        """Its commands and options, and the options of the usual command."""
        found = super().shell_complete(ctx, incomplete)
        if self.usual and incomplete.startswith("-"):
            usual = self.commands[self.usual]
            names = {item.value for item in found}
            theirs = usual.shell_complete(click.Context(usual), incomplete)
            found += [item for item in theirs if item.value not in names]
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of its commands, in the order of their definition."""
        return list(self.commands)

    def define(
        self, *, examples: str, name: str = ""
    ) -> Callable[[Callable[..., Outcome]], Command]:
        """Make a function one of its commands, as `define` does for others."""

        def decorate(function: Callable[..., Outcome]) -> Command:
            command = define(examples=examples, name=name)(function)
            self.add_command(command)
            return command

        return decorate


def _note(name: str | None, parent: click.Context | None) -> None:
    if parent is not None and isinstance(parent.obj, Run):
        group = isinstance(parent.command, CommandGroup)
        words = [parent.obj.command] if group else []
        parent.obj.command = " ".join([*words, name or ""])


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> None:
    source = ctx.get_parameter_source(param.name or "")
    if source is click.core.ParameterSource.DEFAULT:
        return
    run = ctx.ensure_object(Run)
    given = run.given
    if param.name == "store" and isinstance(value, tuple):  # some take several
        given["stores"], value = value, value[0]
    given[param.name or ""] = value
    if param.name in ("debug", "debug_file") and not ctx.resilient_parsing:
        run.start_debug()


def _common(*names: str, **settings: Any) -> Callable[[Any], Any]:
    return click.option(
        *names, cls=CommonOption, expose_value=False, callback=_remember, **settings
    )


_COMMON = (
    _common(
        "--store",
        type=click.Path(file_okay=False),
        multiple=True,
        metavar="DIR",
        help="The store; default: the configuration's, or the user's data folder.",
    ),
    _common(
        "--config",
        type=FILE,
        metavar="FILE",
        help="The configuration; default $ASSETSTORE_CONFIG or the user's; 'none'.",
    ),
    _common("--json", is_flag=True, help="Write one JSON object (docs/json.md)."),
    _common("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    _common(
        "-v", "--verbose", count=True, help="Say more; -vv adds tracebacks to errors."
    ),
    _common("--no-progress", is_flag=True, help="Draw no progress bar."),
    _common(
        "--json-progress",
        is_flag=True,
        help="Write progress and messages to standard error as JSON lines.",
    ),
    _common("--debug", is_flag=True, help="Log what happens to standard error."),
    _common(
        "--debug-file", type=FILE, metavar="FILE", help="Log it to FILE, with times."
    ),
    _common(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        metavar="WHEN",
        help="auto, always or never; auto heeds NO_COLOR and FORCE_COLOR.",
    ),
)


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that all have."""
    for option in reversed(_COMMON):
        function = option(function)
    return function


def define(
    *, examples: str, name: str = "", table: str = ""
) -> Callable[[Callable[..., Outcome]], Command]:
    """Make a function a command, of the same name, with the common options.

    Args:
        examples: What is shown below its help.
        name: Its name, if that is another one.
        table: The table of the configuration with defaults of its options.
    """

    def decorate(function: Callable[..., Outcome]) -> Command:
        command = click.command(
            name or function.__name__,
            cls=Command,
            epilog=examples,
            context_settings={"help_option_names": HELP_OPTION_NAMES},
        )(common_options(function))
        command.table = table
        return command

    return decorate


def define_group(
    *, examples: str, name: str = "", usual: str = ""
) -> Callable[[Callable[[], None]], CommandGroup]:
    """Make a function a group of commands; its docstring is the group's help.

    Args:
        examples: What is shown below its help.
        name: Its name, if that is another one.
        usual: The command that is meant where only options are given.
    """

    def decorate(function: Callable[[], None]) -> CommandGroup:
        group = click.group(
            name or function.__name__,
            cls=CommandGroup,
            epilog=examples,
            context_settings={"help_option_names": HELP_OPTION_NAMES},
        )(common_options(function))
        group.usual = usual
        return group

    return decorate
