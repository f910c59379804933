"""What of our code runs for one command: the way of `benchmarks.house`.

    python benchmarks/way.py OUT COMMAND [ARGUMENT]...

runs a command line in this process, and writes to a file what ran.
"""

import inspect
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

PACKAGE = "assetstore"
COMMANDS = ("archive", "restore")
_UNWANTED = ("ASSETSTORE", "CLAUDE", "CODEX", "PYTHON", "XDG")
_HOMES = ("APPDATA", "HOME", "LOCALAPPDATA", "USERPROFILE")


@dataclass(frozen=True, slots=True)
class Way:
    """What ran of ours when a command did.

    Attributes:
        callers: Each function, as "module:name", in the order of their first calls, and
            which function of ours called it first, or "".
        imported: How many of our modules were imported.
    """

    callers: dict[str, str]
    imported: int

    @property
    def modules(self) -> int:
        """How many modules have a function that ran."""
        return len({name.partition(":")[0] for name in self.callers})

    def tree(self, caller: str = "", depth: int = 0) -> Iterator[str]:
        """The lines of the tree of calls."""
        for name, above in self.callers.items():
            if above == caller:
                yield "  " * depth + name.removeprefix(f"{PACKAGE}.")
                yield from self.tree(name, depth + 1)


def called(frame: FrameType) -> str:
    """The function of ours that a frame is of, or ""."""
    code, module = frame.f_code, frame.f_globals.get("__name__", "")
    ours = module.partition(".")[0] == PACKAGE
    # A class's body and a module are no functions; a dataclass's methods have no "def".
    made = code.co_name.startswith("<") or code.co_filename.startswith("<")
    if not ours or made or not code.co_flags & inspect.CO_OPTIMIZED:
        return ""
    return f"{module}:{code.co_qualname.replace('.<locals>', '')}"


def trace(out: Path, words: list[str]) -> None:
    """Run the command line in this process, and write what ran."""
    callers: dict[str, str] = {}

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event != "call" or not (name := called(frame)) or name in callers:
            return
        caller = frame.f_back
        while caller is not None and not called(caller):
            caller = caller.f_back
        callers[name] = called(caller) if caller else ""

    sys.argv = [PACKAGE, *words]
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        from assetstore.cli import main

        main()
    finally:  # it exits
        sys.setprofile(None)
        ours = [m for m in sys.modules if m.partition(".")[0] == PACKAGE]
        out.write_text(json.dumps([callers, len(ours)]))


def follow(tree: Path, words: list[str], folder: Path) -> Way:
    """Run a command of a checkout in a fresh process that has its homes in a folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_UNWANTED)}
    environment = {
        **kept,
        **dict.fromkeys(_HOMES, str(folder)),
        "PYTHONPATH": str(tree.resolve()),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    out = folder / "way.json"
    # By its path: the other checkout may not have this module.
    script = [sys.executable, "-P", str(Path(__file__).resolve()), str(out), *words]
    done = subprocess.run(
        script, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr}")
    return Way(*json.loads(out.read_text()))


def ways(tree: Path) -> dict[str, Way]:
    """Archive a log with two pictures and restore it, each in a process of its own."""
    from benchmarks.make_log import line, message, uri

    pictures = [line("response_item", message("look", [uri(n)])) for n in (1, 2)]
    log = b"".join([line("session_meta", {"id": "0199-house", "cwd": "/x"}), *pictures])
    found: dict[str, Way] = {}
    with tempfile.TemporaryDirectory(prefix="assetstore-house-") as name:
        folder = Path(name).resolve()
        path = folder / "rollout.jsonl"
        path.write_bytes(log)
        for command in COMMANDS:
            found[command] = follow(tree, [command, str(path)], folder)
            assert (path.read_bytes() == log) == (command == "restore")
    return found


if __name__ == "__main__":
    trace(Path(sys.argv[1]), sys.argv[2:])
