"""Open a file with the program that the desktop has for it."""

import shutil
import subprocess
import sys
from pathlib import Path

import click

# Seconds after which the desktop's opener counts as having found a program: where it
# is not the one that goes on, it ends within a fraction of that.
_ENDS = 3.0


def launched(path: Path) -> bool:
    """Open a file; tell whether there is a program for it."""
    if sys.platform in ("win32", "darwin", "cygwin"):
        return click.launch(str(path)) == 0
    nothing = subprocess.DEVNULL  # it would name each program that is not there
    if (program := shutil.which("xdg-open")) is None:
        return False
    try:
        opener = subprocess.Popen(  # noqa: S603 our own file, no shell
            [program, path], stdin=nothing, stdout=nothing, stderr=nothing
        )
    except OSError:
        return False
    try:
        return opener.wait(_ENDS) == 0
    except subprocess.TimeoutExpired:
        return True  # it is the viewer itself
