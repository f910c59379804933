"""Manual pages of the commands, man(7) in UTF-8, for docs/generate.py."""

import inspect
import re
from collections.abc import Callable, Iterator
from textwrap import dedent

import click

from assetstore.cli import COMMANDS, EPILOG, app
from assetstore.cli.layout import CommonOption

NOTE = '.\\" Made by docs/generate.py; edit the code instead.'
LEFT = (".nh", ".ad l")  # no words are broken, no spaces put in
COMMON = """\
Every command takes the common options of
.BR assetstore (1).
"""
ENVIRONMENT = {
    "ASSETSTORE_STORE": "The folder of the store, where --store names none.",
    "ASSETSTORE_CONFIG": "The configuration file; none: no file is read.",
}


def escaped(text: str) -> str:
    """Write a text so that roff shows it as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    text = text.replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti")
    return re.sub(r"^\.", r"\\&.", text, flags=re.M)


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(inspect.cleandoc(text).split("\n\n")):
        if number:
            yield ".PP"
        yield escaped(" ".join(paragraph.split()))


def _option(option: click.Option) -> Iterator[str]:
    names = ", ".join(
        f"\\fB{escaped(name)}\\fR" for name in (*option.opts, *option.secondary_opts)
    )
    if not option.is_flag and not option.count:
        if isinstance(option.type, click.Choice) and option.metavar is None:
            value = "|".join(option.type.choices)
        else:
            value = option.metavar or option.type.name.upper()
        names += f" \\fI{escaped(value)}\\fR"
    text = " ".join((option.help or "").split())
    if option.show_default:
        text += f" [default: {option.default}]"
    yield from (".TP", names, escaped(text))


def _options(title: str, command: click.Command, *, common: bool) -> Iterator[str]:
    found = [
        option
        for option in command.params
        if isinstance(option, click.Option)
        and not option.hidden
        and isinstance(option, CommonOption) is common
    ]
    if found and title:
        yield f".SH {title}"
    for option in found:
        yield from _option(option)


def _verbatim(text: str) -> Iterator[str]:
    """Examples, and what is said behind them, line by line as in the help."""
    for number, part in enumerate(text.strip("\n").split("\n\n")):
        if number:
            yield ".PP"
        lines = part.removeprefix("Examples:\n")
        inset = ".RS" if lines.startswith(" ") else ".RS 0"
        yield from (inset, ".nf", escaped(dedent(lines)), ".fi", ".RE")


def _nested(
    name: str, group: click.Command, usage: Callable[[str, click.Command], str]
) -> Iterator[str]:
    """The commands of a group, each with all there is to say of it."""
    nested = group.commands if isinstance(group, click.Group) else {}
    for word, command in nested.items():
        whole = f"{name} {word}"
        yield f".SS {escaped(usage(whole, command))}"
        yield from _paragraphs(command.help or "")
        yield from _options("", command, common=False)
        if command.epilog:
            yield ".PP"
            yield from _verbatim(command.epilog)
        yield from _nested(whole, command, usage)


def _page(name: str, command: click.Command, usage: str, nested: list[str]) -> str:
    title = f"assetstore-{name}"
    lines = [NOTE, f'.TH "{escaped(title.upper())}" 1 "" assetstore assetstore', *LEFT]
    lines += [".SH NAME", f"{escaped(title)} \\- {escaped(COMMANDS[name][:-1])}"]
    lines += [".SH SYNOPSIS", f"\\fB{escaped(usage)}\\fR"]
    lines += [".SH DESCRIPTION", *_paragraphs(command.help or "")]
    lines += _options("OPTIONS", command, common=False)
    if nested:
        lines += [".SH COMMANDS", *nested]
    lines += [".SH EXAMPLES", *_verbatim(command.epilog or "")]
    lines += [".SH SEE ALSO", COMMON.rstrip("\n")]
    return "\n".join(lines) + "\n"


def _program(codes: dict[int, str]) -> str:
    lines = [NOTE, '.TH ASSETSTORE 1 "" assetstore assetstore', *LEFT, ".SH NAME"]
    summary, _, rest = inspect.cleandoc(app.help or "").partition("\n\n")
    lines += [f"assetstore \\- {escaped(summary.rstrip('.'))}", ".SH SYNOPSIS"]
    lines += ["\\fBassetstore\\fR [\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGS\\fR]..."]
    lines += [".SH DESCRIPTION", *_paragraphs(rest), ".SH COMMANDS"]
    for name, words in COMMANDS.items():
        lines += [".TP", f".BR assetstore\\-{escaped(name)} (1)", escaped(words)]
    lines += [*_options("COMMON OPTIONS", app, common=True)]
    lines += [".TP", "\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "Show the help."]
    lines += [".TP", "\\fB\\-V\\fR, \\fB\\-\\-version\\fR", "Show the version."]
    lines += [".SH EXAMPLES", *_verbatim(EPILOG.partition("\n\n")[0])]
    lines += [".SH EXIT STATUS"]
    for code, meaning in codes.items():
        lines += [".TP", f"\\fB{code}\\fR", escaped(meaning.replace("`", ""))]
    lines += [".SH ENVIRONMENT"]
    for variable, words in ENVIRONMENT.items():
        lines += [".TP", f"\\fB{variable}\\fR", escaped(words)]
    return "\n".join(lines) + "\n"


def man_pages(
    codes: dict[int, str], usage: Callable[[str, click.Command], str]
) -> dict[str, str]:
    """The page of the program and those of its commands, by their files' names.

    Args:
        codes: What each exit code means.
        usage: Says how a command is called.
    """
    found = {"assetstore.1": _program(codes)}
    context = click.Context(app, info_name="assetstore")
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None  # noqa: S101 for the type checker
        nested = [*_nested(name, command, usage)]
        page = _page(name, command, usage(name, command), nested)
        found[f"assetstore-{name}.1"] = page
    return found
