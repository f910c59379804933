"""Tell agents about the MCP server."""

import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, printable
from assetstore.errors import SourceRefused
from assetstore.files.replace import Draft, absolute

_TABLE = re.compile(r"^\s*\[\s*mcp_servers\s*\.\s*\"?assetstore\"?\s*[\].]", re.M)


def install_outcome(
    client: str, store: str | None, paths: Sequence[Path], *, write: bool
) -> Outcome:
    """The lines that a client's configuration needs, written there if asked for.

    Raises:
        SourceRefused: There is something of that name already, or the file is not
            what it should be.
    """
    words = ["mcp"]
    if store:
        words += ["--store", os.path.abspath(store)]
    words += [os.path.abspath(path) for path in paths]
    program = shutil.which("assetstore")
    command = program or sys.executable
    if program is None:
        words = ["-m", "assetstore", *words]
    if client == "codex":
        home = Path(os.environ.get("CODEX_HOME") or Path.home() / ".codex")
        target = home / "config.toml"
        # A JSON string or list of strings is one in TOML, too.
        text = (
            "[mcp_servers.assetstore]\n"
            f"command = {json.dumps(command)}\nargs = {json.dumps(words)}\n"
        )
        changed = _with_table(target, text)
    else:
        folder = os.environ.get("CLAUDE_CONFIG_DIR")
        target = Path(folder or Path.home()) / ".claude.json"
        entry = {"type": "stdio", "command": command, "args": words}
        text = json.dumps({"mcpServers": {"assetstore": entry}}, indent=2) + "\n"
        changed = _with_entry(target, entry)
    if write:
        target.parent.mkdir(parents=True, exist_ok=True)
        with Draft(absolute(target)) as draft:
            draft.write(changed.encode())
            draft.publish(like=target.stat() if target.exists() else None)

    def view(output: Output) -> None:
        verb = "written to" if write else "for"
        output.line(text.rstrip("\n"))
        output.remark("note", f"{verb} {printable(str(target))}", "blue")

    return Outcome(
        result={"client": client, "file": str(target), "text": text, "written": write},
        view=view,
    )


def _with_table(path: Path, text: str) -> str:
    old = path.read_text("utf-8") if path.exists() else ""
    if _TABLE.search(old):
        raise _there(path)
    return old + ("\n" if old and not old.endswith("\n") else "") + text


def _with_entry(path: Path, entry: dict[str, Any]) -> str:
    try:
        old: dict[str, Any] = json.loads(path.read_text("utf-8"))
        servers: dict[str, Any] = old.setdefault("mcpServers", {})
        known = "assetstore" in servers
    except FileNotFoundError:
        old, servers, known = {}, {}, False
        old["mcpServers"] = servers
    except (ValueError, AttributeError, TypeError) as e:
        raise SourceRefused(f"{path} is not what it should be: {e}") from e
    if known:
        raise _there(path)
    servers["assetstore"] = entry
    return json.dumps(old, indent=2, ensure_ascii=False) + "\n"


def _there(path: Path) -> SourceRefused:
    return SourceRefused(
        f"{path} has a server called assetstore already",
        hint="Remove it there first.",
        path=str(path),
    )
