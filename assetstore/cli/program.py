"""How this program is started, for command lines that people copy into a shell."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.command_line import quoted
from assetstore.errors import AssetstoreError

if TYPE_CHECKING:
    from assetstore.cli.invocation import Run


def called() -> str:
    """Tell how whoever started this program can start it again.

    Returns:
        ``assetstore`` where a shell finds this installation by that name; else its
        path, or the interpreter's and ``-m assetstore``, as a shell takes them.
    """
    script, rest = Path(os.path.abspath(sys.argv[0])), ""
    if script.name == "__main__.py":
        script, rest = Path(sys.executable), " -m assetstore"
    elif script.stem != "assetstore":  # it is used as a library
        return "assetstore"
    if _on_path(script.parent):
        return "assetstore"
    words = quoted(script)
    if words.startswith('"'):
        words = f"& {words}"  # else PowerShell takes it for a text
    return words + rest


def store_options(run: "Run") -> tuple[str | Path, ...]:
    """Tell what a command line must add to use the store of this run, from its shell.

    The environment is the shell's own, and is not repeated.
    """
    named = run.given.get("store")
    if not named and run.given.get("config"):
        with suppress(AssetstoreError):  # what is wrong with it is told elsewhere
            named = run.store_path
    return ("--store", Path(os.path.abspath(named))) if named else ()


def _on_path(folder: Path) -> bool:
    """Tell whether a shell finds the program, and finds it in a folder."""
    if "UV" in os.environ:
        return False  # 'uv run' and 'uvx' change PATH for what they start, only
    import shutil

    found = shutil.which("assetstore")
    return found is not None and folder.samefile(Path(found).parent)
