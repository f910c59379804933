"""What the newest Claude Code writes to disk, against what is known of it.

    python -m benchmarks.claude_disk [--version 2.1.332] [--write]

Looks up the newest version on npm, installs it as the tests do, lets it work on a
session (pictures pasted, named and read, a PDF, a notebook, a subagent, a compaction, a
fork), and compares files and records with `claude_disk.json`. Exits with 1 where
something is another: then docs/claude-code.md has to be looked through, and
``--write`` takes the new facts over.
"""

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.codex_disk import Facts, end, keys

HERE = Path(__file__).parent
FACTS = HERE / "claude_disk.json"
DOCS = HERE.parent / "docs" / "claude-code.md"
sys.path.insert(0, str(HERE.parent / "tests"))

from support.claude import Claude, image, install, text  # noqa: E402
from support.claude_scenarios import pdf  # noqa: E402
from support.mock_messages import MockMessages  # noqa: E402
from support.samples import b64, picture  # noqa: E402
from support.versions import CLAUDE_CODE, newest  # noqa: E402

# What it names anew each time.
_NAMES = (
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"agent-\w+"), "agent-ID"),
    (re.compile(r"projects/[^/]+"), "projects/FOLDER"),
    (re.compile(r"\b[0-9a-f]{12,}\b|\b\d{4,}\b"), "N"),
)
# What it was sent and answered, whose members are the API's, or the user's.
_OF_THE_API = ("message", "shape", "params", "blob", "input", "toolUseResult")
_DEEP = 3


def work(claude: Claude) -> None:
    """Let the client write whatever it writes."""
    (claude.work / "shot.png").write_bytes(picture(300, 200, 1))
    (claude.work / "doc.pdf").write_bytes(pdf())
    output = {"output_type": "display_data", "metadata": {}}
    output["data"] = {"image/png": b64(picture(60, 40, 2)), "text/plain": ["a figure"]}
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": 1}
    cell |= {"source": ["plot()"], "outputs": [output]}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (claude.work / "n.ipynb").write_text(json.dumps(notebook))
    session = claude.paste(text("look"), image(picture(200, 100, 3))).stem
    may = ("--allowedTools", "Bash,Read,Agent")

    def say(words: str) -> None:
        claude.say(words, "--resume", session, *may)

    say("what is in @shot.png and @doc.pdf and @n.ipynb ?")
    shot = claude.work / "shot.png"
    say(f'call Read {{"file_path":"{shot}"}}')
    say('call Bash {"command":"echo words","description":"d"}')
    prompt = f'call Read {{\\"file_path\\":\\"{shot}\\"}}'
    about = '"description":"d","subagent_type":"general-purpose"'
    say(f'call Agent {{{about},"prompt":"{prompt}"}}')
    say("/compact")
    say("go on")
    claude.say("in a fork", "--resume", session, "--fork-session")


def seen(home: Path) -> Facts:
    """What is in a home."""
    files: set[str] = set()
    records: dict[str, set[str]] = {}
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if not path.is_file():
            continue
        for pattern, short in _NAMES:
            name = pattern.sub(short, name)
        files.add(name)
        if path.suffix == ".jsonl" and "projects/" in name:
            for line in path.read_bytes().splitlines():
                _note(json.loads(line), records)
    known = {kind: sorted(found) for kind, found in sorted(records.items())}
    return {"files": {"": sorted(files)}, "records": known, "tables": {}}


def _note(record: dict[str, Any], records: dict[str, set[str]]) -> None:
    inner = record.get("attachment", {}).get("type") or record.get("subtype")
    kind = f"{record.get('type')} {inner}" if inner else str(record.get("type"))
    own = {k: None if k in _OF_THE_API else v for k, v in record.items()}
    records.setdefault(kind, set()).update(keys(own, _DEEP))


def main() -> None:
    """Look, and tell what is another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    version = given.version or newest(CLAUDE_CODE.package, "")
    program = install(version) if version else None
    if program is None:
        sys.exit("npm, or its registry, cannot be reached")
    with (
        tempfile.TemporaryDirectory(prefix="claude-disk-") as folder,
        MockMessages() as api,
    ):
        claude = Claude(program, Path(folder), api.url)
        work(claude)
        now = seen(claude.home)
        refused = [request.error for request in api.requests if request.error]
    told = [f"! the strict API refused: {error}" for error in refused]
    told += [f"! the API does not know {path}" for path in api.unknown]
    if version != CLAUDE_CODE.seen:
        told.append(f"! tests/support/versions.py has {CLAUDE_CODE.seen}")
    if version not in DOCS.read_text("utf-8"):
        told.append(f"! docs/claude-code.md does not name {version}")
    end("Claude Code", FACTS, {"version": version, **now}, told, write=given.write)


if __name__ == "__main__":
    main()
