"""Write what is made from the code: cli.md, errors.md, parts of four others.

A schema and manual pages come with them. Run it as ``python docs/generate.py``; with
``--check`` it only compares, and exits with 1 where a document is out of date.
"""

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from textwrap import fill, indent
from typing import Any

import click

import assetstore
from assetstore import errors
from assetstore.agents.client_table import CLIENTS
from assetstore.cli import COMMANDS, EPILOG, app, grouped
from assetstore.cli.layout import CommonOption
from assetstore.config.keys import (
    JOBS,
    TABLES,
    JobSettings,
    keys_of,
    kind_of,
    schema,
    variable,
)
from docs.client_pages import by_commands, client_part, clients_part
from docs.man_pages import man_pages

# What docs/api.md describes: classes, and the verbs of each in this order.
API: dict[type, str] = {
    assetstore.Store: (
        "open memory archive restore archive_bytes restore_bytes archive_file "
        "restore_file archive_stream restore_stream extract document documents blobs "
        "get find forget writers adopt release stats verify repair rebuild_index "
        "optimize collect purge close"
    ),
    assetstore.Document: "images restore archive forget",
    assetstore.Blob: "read open write_to documents",
    assetstore.Report: "count total",
    assetstore.FileResult: "",
}
HERE = Path(__file__).parent
WIDTH = 120
NOTE = "<!-- Made by docs/generate.py; edit the code instead. -->"

EXIT_CODES = {
    0: "Done, or nothing to do.",
    1: "Failure. The message says what failed; nothing was half done.",
    2: "Usage: an argument or option cannot be used as given. Nothing was done.",
    3: "Partly done: some files were skipped, failed or could not be restored whole, "
    "each named, the others are done. When every file failed for the same reason, the "
    "code is that reason's.",
    4: "`verify` or `run` has findings, something is lost after `repair`, something "
    "may still hold what was to go after `purge`, `doctor` has threads at risk, "
    "`check` something that does not work, or `schedule status` something that keeps "
    "the jobs from running.",
    10: "There is no store at that place, or the one that was there is gone.",
    11: "Locked: somebody else is at work on the same document or store.",
    12: "Integrity: stored bytes are missing or damaged, or a rebuilt document "
    "differed from its source (which then was kept).",
    13: "The source is in use or changed while it was read. It was left alone.",
    14: "The configuration, or a variable that stands for a part of it, has a mistake; "
    "its line is named. Nothing was done.",
    15: "The file is no text, or a length, checksum or signature covers its bytes: a "
    "placeholder would break it. It was left alone.",
    16: "`gc` would remove everything, or has pictures and no record of any document. "
    "Nothing was removed.",
    129: "Stopped by SIGHUP: its terminal was closed. As 130.",
    130: "Interrupted. Every file is as it was or done; the next run cleans up.",
    141: "Whoever read standard output ended before all was written, as `head` does. "
    "Nothing is said of it.",
    143: "Stopped by SIGTERM, as the system does when it shuts down. As 130.",
}

NEXT_STEPS = {
    0: "",
    1: "Read the message and the hint; `-vv` adds the traceback.",
    2: "`assetstore COMMAND --help`.",
    3: "Look at the files named on standard error, then run the command again: what "
    "is done is not done twice.",
    4: "Follow the hints of the findings; docs/recovery.md and docs/stuck.md have "
    "the rest.",
    10: "Mount its disk, or name the store with `--store` or `ASSETSTORE_STORE`; "
    "`archive` and `init` make a new one.",
    11: "Wait for the other process, then run the command again.",
    12: "`assetstore verify --read-data` shows all that is affected.",
    13: "Run the command again when the other program has finished, or give "
    "`--min-age`.",
    14: "`assetstore config check`; `--config none` goes without.",
    15: "Archive what the file was made from; `--binary` with `-o` writes an archived "
    "copy.",
    16: "`gc -n --force -v` shows what would go; `gc --force` does it.",
    129: "Run the command again; `nohup` keeps it from the signal.",
    130: "Run the command again.",
    141: "",
    143: "Run the command again.",
}


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        yield (
            fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)
            + "\n"
        )


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    if not option.is_flag and not option.count:
        if isinstance(option.type, click.Choice) and option.metavar is None:
            value = "|".join(option.type.choices)
        else:
            value = option.metavar or option.type.name.upper()
        names = f"{names[:-1]} {value}`"
    text = " ".join((option.help or "").split())
    if option.show_default:
        text += f"  [default: {option.default}]"
    return fill(
        f"- {names}: {text}",
        WIDTH,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _options(command: click.Command, *, common: bool) -> Iterator[str]:
    for param in command.params:
        if not isinstance(param, click.Option) or param.hidden:
            continue
        if isinstance(param, CommonOption) is common:
            yield _option(param)


def _usage(name: str, command: click.Command) -> str:
    words = [p.metavar or (p.name or "").upper() for p in command.params]
    words = [
        word
        for word, p in zip(words, command.params, strict=True)
        if isinstance(p, click.Argument)
    ]
    for index, param in enumerate(
        p for p in command.params if isinstance(p, click.Argument)
    ):
        if isinstance(param.type, click.Choice):
            words[index] = "{" + "|".join(param.type.choices) + "}"
    if isinstance(command, click.Group):
        words.append("COMMAND")
    return " ".join(["assetstore", name, "[OPTIONS]", *words])


def _section(name: str, command: click.Command, level: int = 2) -> Iterator[str]:
    yield from ("", f"{'#' * level} assetstore {name}", "")
    yield from ("```text", _usage(name, command), "```", "")
    yield from _paragraphs(command.help or "")
    nested = command.commands if isinstance(command, click.Group) else {}
    for word, one in nested.items():
        link = f"assetstore-{name}-{word}"
        yield f"- [`{name} {word}`](#{link}): {one.get_short_help_str(WIDTH)}"
    if nested:
        yield ""
    if own := list(_options(command, common=False)):
        yield from (*own, "")
    yield from ("```text", (command.epilog or "").rstrip("\n"), "```")
    for word, one in nested.items():
        yield from _section(f"{name} {word}", one, level + 1)


def cli_document() -> str:
    """The reference of all commands."""
    lines = ["# The command line", "", NOTE, ""]
    lines += _paragraphs(app.help or "")
    lines += ["```text", EPILOG.rstrip("\n"), "```", ""]
    lines += ["docs/errors.md has the exit codes, docs/json.md what `--json` writes."]
    for title, names in grouped().items():
        lines += ["", f"{title}:", ""]
        lines += [f"- [`{n}`](#assetstore-{n}): {COMMANDS[n]}" for n in names]
    lines += ["", "## Common options", ""]
    lines += ["Every command takes these, before or behind its name.", ""]
    lines += [*_options(app, common=True), "- `-h`, `--help`: Show the help."]
    lines += ["- `-V`, `--version` (without a command): Show the version."]
    context = click.Context(app, info_name="assetstore")
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        assert command is not None  # noqa: S101 for the type checker
        lines += _section(name, command)
    return "\n".join(lines) + "\n"


def _tree(kind: type[errors.AssetstoreError]) -> Iterator[type[errors.AssetstoreError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


def errors_document() -> str:
    """The exit codes and the errors."""
    lines = ["# Exit codes and errors", "", NOTE, "", "## Exit codes", ""]
    lines += ["| Code | Meaning | Next step |", "|---:|---|---|"]
    lines += [
        f"| {code} | {meaning} | {NEXT_STEPS[code]} |"
        for code, meaning in EXIT_CODES.items()
    ]
    lines += ["", "## Errors", ""]
    lines += _paragraphs(
        "`--json` names the class of an error in `errors[].type`; the Python API "
        "raises it, from `assetstore.errors`. A class stands for those below it too. "
        "An error of the operating system has its Python class, such as "
        "`PermissionError`, and the exit code 1."
    )
    lines += ["| Class | Is a | Code | Meaning |", "|---|---|---:|---|"]
    for kind in _tree(errors.AssetstoreError):
        if kind.__module__ != errors.__name__:
            continue
        summary = (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
        parent = kind.__bases__[0].__name__
        lines.append(
            f"| `{kind.__name__}` | `{parent}` | {kind.exit_code} | {summary} |"
        )
    return "\n".join(lines) + "\n"


def _with_part(name: str, mark: str, part: Iterable[str]) -> str:
    """A document that is written by hand, with one part of it brought up to date."""
    text = (HERE / name).read_text("utf-8")
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return "".join([before, begin, NOTE, "\n", *part, end, after])


def _settings() -> Iterator[str]:
    tables: dict[str, type[Any]] = {**TABLES, JOBS: JobSettings}
    for name, table in tables.items():
        head = f"[{name}]" if name != JOBS else "[jobs.NAME]"
        head = f"`{head}`" if name else "Outside of any table"
        yield f"\n### {head}\n\n{inspect.getdoc(table)}\n\n"
        yield "| Setting | Default | Variable | Meaning |\n|---|---|---|---|\n"
        for key, setting in keys_of(table).items():
            default = setting.default
            if default is not None:
                default = f"`{json.dumps(kind_of(setting).show(default))}`"
            env = f"`{variable(name, key)}`" if variable(name, key) else ""
            meaning = setting.metadata["help"]
            yield f"| `{key}` | {default or ''} | {env} | {meaning} |\n"


def _api() -> Iterator[str]:
    for kind, verbs in API.items():
        yield f"\n## {kind.__name__}\n"
        yield from _described(kind)
        told = {n: v for n, v in vars(kind).items() if isinstance(v, property)}
        if told := {n: v for n, v in told.items() if n[0] != "_"}:
            yield "" if "Attributes:" in (kind.__doc__ or "") else "\n"
        for name, value in told.items():
            yield _item(name, inspect.getdoc(value) or "")
        for name in verbs.split():
            verb = getattr(kind, name)
            yield f"\n### {kind.__name__}.{name}\n\n"
            yield f"```python\n{_signature(kind.__name__, name, verb)}\n```\n"
            yield from _described(verb)
    yield "\n## Functions of earlier versions\n\n"
    yield "Each still works, warns, and will be gone from the next version.\n\n"
    yield "| Function | Verb |\n|---|---|\n"
    for name, (_, verb) in assetstore._VERBS.items():
        yield f"| `assetstore.{name}` | `{verb}` |\n"


def _item(name: str, text: str) -> str:
    words = f"- `{name}`: {' '.join(text.split())}"
    return fill(words, WIDTH, subsequent_indent="  ", break_on_hyphens=False) + "\n"


def _signature(kind: str, name: str, verb: Callable[..., object]) -> str:
    """How a verb is called: its arguments without types, each on a line if many."""
    found = inspect.signature(verb)
    words: list[str] = []
    star = False
    for param in found.parameters.values():
        if param.name == "self":
            continue
        if param.kind is param.KEYWORD_ONLY and not star:
            words.append("*")
            star = True
        default = param.default
        if default is param.empty:
            words.append(param.name)
        else:
            shown = "..." if callable(default) else repr(default)
            words.append(f"{param.name}={shown}".replace("'", '"'))
    name = f"{kind if inspect.ismethod(verb) else kind.lower()}.{name}"
    result = inspect.formatannotation(found.return_annotation).strip("'\"")
    result = re.sub(r"(\w+\.)+(?=\w)", "", result).replace("Self", kind)
    line = f"{name}({', '.join(words)}) -> {result}"
    if len(line) <= WIDTH:
        return line
    lines = fill(f"{', '.join(words)},", WIDTH - 20, break_on_hyphens=False)
    return f"{name}(\n{indent(lines, '    ')}\n) -> {result}"


def _described(thing: object) -> Iterator[str]:
    """A docstring, with its sections as lists and code."""
    text = inspect.getdoc(thing) or ""
    parts = re.split(r"^(Args|Attributes|Returns|Raises|Examples):\n", text, flags=re.M)
    for paragraph in _paragraphs(parts[0]):
        yield f"\n{paragraph}"
    for section, body in zip(parts[1::2], parts[2::2], strict=True):
        body = inspect.cleandoc(body)
        if section == "Examples":
            yield f"\n```pycon\n{body}\n```\n"
        elif section == "Returns":
            yield from (f"\n{one}" for one in _paragraphs(f"Returns: {body}"))
        else:
            if section == "Raises":
                yield "\nRaises:\n"
            yield "\n"
            for item in re.split(r"\n(?! )", body):
                name, _, words = item.partition(":")
                yield _item(name, words)


def config_schema() -> str:
    """The JSON Schema of the configuration, for editors."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


DOCUMENTS: dict[str, Callable[[], str]] = {
    "cli.md": cli_document,
    "errors.md": errors_document,
    "api.md": lambda: _with_part("api.md", "verbs", _api()),
    "clients.md": lambda: _with_part("clients.md", "clients", clients_part()),
    **{
        f"{client.name}.md": lambda client=client: _with_part(  # type: ignore[misc]
            f"{client.name}.md", "client", client_part(client)
        )
        for client in CLIENTS
    },
    "config.md": lambda: _with_part("config.md", "settings", _settings()),
    "../README.md": lambda: _with_part("../README.md", "clients", by_commands()),
    "../assetstore/schema/config-1.json": config_schema,
}


def main() -> int:
    """Write the documents, or compare them.

    Returns:
        The exit code.
    """
    stale = 0
    made = {name: make() for name, make in DOCUMENTS.items()}
    for name, page in man_pages(EXIT_CODES, _usage).items():
        made[f"../man/{name}"] = page
    for old in (HERE.parent / "man").glob("*"):
        if f"../man/{old.name}" not in made:
            made[f"../man/{old.name}"] = ""  # of a command that is no more
    for name, text in made.items():
        file = HERE / name
        if file.is_file() and file.read_text("utf-8") == text:
            continue
        if "--check" in sys.argv[1:]:
            print(f"{file.name} is out of date: run python docs/generate.py")
            stale = 1
        elif not text:
            file.unlink()
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
            print(f"wrote {file.name}")
    return stale


if __name__ == "__main__":
    sys.exit(main())
