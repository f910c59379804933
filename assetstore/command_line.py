"""Command lines that are shown to be copied into a shell."""

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# The program's name, where a shell finds it.
PROGRAM = "assetstore"
_called: Callable[[], str] = PROGRAM.__str__
_options: Callable[[], Sequence[str | Path]] = tuple


def name_program(called: Callable[[], str]) -> None:
    """Say how command lines begin that this process shows; else with ``assetstore``.

    Args:
        called: Is asked for each of them, since few runs show one. It gives what a
            shell takes as it stands.
    """
    global _called
    _called = called


@contextmanager
def naming(options: Callable[[], Sequence[str | Path]]) -> Iterator[None]:
    """Add options to the command lines that are shown meanwhile.

    Args:
        options: Is asked for each of them. It gives what a shell must add to use the
            store that is used here.
    """
    global _options
    before, _options = _options, options
    try:
        yield
    finally:
        _options = before


def shown_command(*words: str | Path, store: bool = True) -> str:
    """Write a command line of this program as a shell takes it.

    Names come from folders and logs that anybody may have made: what they hold must
    not be what the shell does.

    Args:
        words: What stands behind ``assetstore``. A path that begins like an option is
            written as one in the current folder.
        store: Whether it goes on with the store that is used now; not where the words
            name one.
    """
    options = _options() if store else ()
    return " ".join((_called(), *(quoted(word) for word in (*words, *options))))


def quoted(word: str | Path) -> str:
    """Quote a word for the shell of the system, if it needs it."""
    text = str(word)
    if isinstance(word, Path) and text.startswith("-"):
        text = f".{os.sep}{text}"
    if os.name == "nt":
        import subprocess

        return subprocess.list2cmdline([text])
    return shlex.quote(text)
