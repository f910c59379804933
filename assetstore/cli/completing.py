"""What a shell is told when somebody presses Tab.

The scripts of `assetstore.cli.completion_scripts` hand over the line up to the cursor
as it was typed, and take a candidate a line: its type, its value, and some words on it,
with tabs between them. A ``file`` or ``dir`` leaves the rest to the shell, which knows
best how to list and to quote those. Nothing here may fail loudly: it is the middle of
somebody's line.
"""

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    split_arg_string,
)

from assetstore.cli import completion_scripts
from assetstore.cli.invocation import Run
from assetstore.cli.output import printable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem as _Item

    Item = _Item[str] | _Item[Any]

LINE = "_ASSETSTORE_LINE"
WORD = "_ASSETSTORE_WORD"

# More than these nobody reads; a store may have a million blobs.
_MOST = 500
_END = "\x01"  # stands where the cursor is
_HEXADECIMAL = re.compile(r"[0-9a-f]*")
_MOST_WORDS = 60
# What no shell takes for anything but itself.
_WORD = re.compile(r"[\w.,:@%+=/-]+")


def choices(ctx: click.Context, incomplete: str, kinds: Sequence[str]) -> "list[Item]":
    """List what may stand where the cursor is, of some kinds."""
    run = ctx.find_object(Run) or Run()
    found: list[Item] = []
    for kind in kinds:
        # There may be no store, or one that is damaged or another's.
        with contextlib.suppress(Exception):
            found += islice(SOURCES[kind](run, incomplete), _MOST)
    return found


def _file(run: Run, incomplete: str) -> "Iterator[Item]":
    yield CompletionItem(incomplete, type="file")


def _threads(run: Run, incomplete: str) -> "Iterator[Item]":
    """Threads of the clients here, the latest first."""
    from assetstore.agents.find import find_threads

    found = [t for t in find_threads(homes=run.homes) if t.id.startswith(incomplete)]
    for thread in sorted(found, key=lambda thread: -thread.modified):
        day = time.strftime("%Y-%m-%d", time.localtime(thread.modified / 1e9))
        yield CompletionItem(thread.id, help=f"{thread.client} {day}".strip())


def _kept(run: Run, incomplete: str) -> "Iterator[Item]":
    """Threads that the store keeps."""
    from assetstore.agents.kept.listing import list_threads

    with run.store() as store:
        for thread in list_threads(store):
            if thread.thread.startswith(incomplete):
                words = " ".join(thread.first.split())[:_MOST_WORDS]
                yield CompletionItem(thread.thread, help=words or thread.client)


def _jobs(run: Run, incomplete: str) -> "Iterator[Item]":
    for name, job in run.config(project=False, jobs=True).jobs.items():
        if name.startswith(incomplete):
            yield CompletionItem(name, help=" ".join(job.paths)[:_MOST_WORDS])


def _documents(run: Run, incomplete: str) -> "Iterator[Item]":
    """Documents of the store, named as the word begins."""
    from assetstore.store.format.manifest import THREAD

    below = "" if Path(incomplete).is_absolute() else f"{Path.cwd()}{os.sep}"
    with run.store() as store:
        for manifest in store.manifests():
            name = manifest.document
            if not name.startswith((THREAD, "stdin:")):
                if not name.startswith(below):
                    continue
                name = name.removeprefix(below)
            if name.startswith(incomplete) and manifest.refs:
                yield CompletionItem(name, type="path")


def _blobs(run: Run, incomplete: str) -> "Iterator[Item]":
    if _HEXADECIMAL.fullmatch(incomplete):
        with run.store() as store:
            for id in store.find_media(incomplete):
                yield CompletionItem(id.hex())


def _writers(run: Run, incomplete: str) -> "Iterator[Item]":
    from assetstore.documents.writers import list_writers

    with run.store() as store:
        for writer in list_writers(store):
            if writer.id.startswith(incomplete) and not writer.own:
                yield CompletionItem(writer.id, help=writer.example)


def _pages(run: Run, incomplete: str) -> "Iterator[Item]":
    """Pages of the documentation."""
    from assetstore.cli.pages import find_pages

    for page in find_pages():
        if page.name.startswith(incomplete):
            yield CompletionItem(page.name, help=page.title)


SOURCES: "Mapping[str, Callable[[Run, str], Iterator[Item]]]" = {
    "file": _file,
    "thread": _threads,
    "kept": _kept,
    "job": _jobs,
    "document": _documents,
    "blob": _blobs,
    "writer": _writers,
    "page": _pages,
}


class _Shell(ShellComplete):
    """What the shells have in common."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the one that it is in."""
        words = split_arg_string(os.environ.get(LINE, "") + _END)
        *before, last = words
        before = [str(Path(w).expanduser()) if w[:1] == "~" else w for w in before]
        return before[1:], last.replace(_END, "")

    def format_completion(self, item: "CompletionItem[Any]") -> str:
        """A line with a candidate."""
        help = " ".join((item.help or "").split())
        return f"{item.type}\t{item.value}\t{help}"

    def complete(self) -> str:
        """All candidates; none whose name would be two lines."""
        args, incomplete = self.get_completion_args()
        found = self.get_completions(args, incomplete)
        found = [
            i for i in found if i.type in ("file", "dir") or str(i.value).isprintable()
        ]
        for item in found:  # from stores and logs that anybody may have made
            item.help = printable(item.help or "")
        return "\n".join(map(self.format_completion, self.chosen(found, incomplete)))

    def chosen(self, found: "list[Item]", incomplete: str) -> "list[Item]":
        """The candidates for this shell."""
        return found


class Bash(_Shell):
    """Bash: takes its own word for what is completed, and files only by themselves."""

    name = "bash"
    source_template = completion_scripts.BASH

    def chosen(self, found: "list[Item]", incomplete: str) -> "list[Item]":
        """Candidates without what bash takes for another word: it splits at ``:``."""
        if len(found) > 1 and any(item.type == "file" for item in found):
            found = [item for item in found if item.type != "file"]
            found += _listed(incomplete)
        # It puts them on the line as they are, to be run with it. What it takes for
        # names of files it quotes by itself; for bash 3, the script leaves them out.
        found = [
            item
            for item in found
            if item.type in ("file", "dir", "path") or _WORD.fullmatch(str(item.value))
        ]
        word = os.environ.get(WORD, "")
        tail = "" if word in (":", "=") else "".join(split_arg_string(word)[:1])
        if not incomplete.endswith(tail):
            return found
        cut = incomplete[: len(incomplete) - len(tail)]
        return [_without(item, cut) for item in found]


class Zsh(_Shell):
    """Zsh."""

    name = "zsh"
    source_template = completion_scripts.ZSH


class Fish(_Shell):
    """Fish."""

    name = "fish"
    source_template = completion_scripts.FISH


SHELLS: dict[str, type[_Shell]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def _without(item: "Item", cut: str) -> "Item":
    value = str(item.value)
    if cut and item.type != "file" and value.startswith(cut):
        return CompletionItem(value.removeprefix(cut), type=item.type, help=item.help)
    return item


def _listed(incomplete: str) -> "Iterator[Item]":
    """Files and folders that begin so, as a shell lists them."""
    folder, beginning = os.path.split(incomplete)
    with contextlib.suppress(OSError):
        for entry in os.scandir(Path(folder).expanduser()):
            hidden = entry.name.startswith(".") and not beginning.startswith(".")
            if entry.name.startswith(beginning) and not hidden:
                yield CompletionItem(
                    incomplete[: len(incomplete) - len(beginning)] + entry.name,
                    type="path",
                )


def prepare() -> None:
    """Let click complete with these scripts."""
    for shell in SHELLS.values():
        add_completion_class(shell)


def script(shell: str) -> str:
    """The script of a shell."""
    return SHELLS[shell].source_template
