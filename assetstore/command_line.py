"""Command lines that are shown to be copied into a shell."""

import os
import shlex
from pathlib import Path


def shown_command(*words: str | Path) -> str:
    """Write a command line of assetstore as a shell takes it.

    Names come from folders and logs that anybody may have made: what they hold must
    not be what the shell does.

    Args:
        words: What stands behind ``assetstore``. A path that begins like an option is
            written as one in the current folder.
    """
    return " ".join(("assetstore", *(quoted(word) for word in words)))


def quoted(word: str | Path) -> str:
    """Quote a word for the shell of the system, if it needs it."""
    text = str(word)
    if isinstance(word, Path) and text.startswith("-"):
        text = f".{os.sep}{text}"
    if os.name == "nt":
        import subprocess

        return subprocess.list2cmdline([text])
    return shlex.quote(text)
